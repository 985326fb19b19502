"use strict";
/* Small help while writing: seeds of words, remaining characters, blocks that depend on a choice. */
const writing = {
  insert(button) {
    const area = document.getElementById(button.getAttribute("aria-controls"));
    if (!area || area.disabled || area.readOnly) return;
    const text = button.dataset.insert || plainText(button);
    const { selectionStart: from, selectionEnd: to, value } = area;
    const length = value.length - (to - from) + text.length;
    area.focus();
    if (area.maxLength >= 0 && length > area.maxLength) return;
    area.setRangeText(text, from, to, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  },

  count(area) {
    for (const place of document.querySelectorAll("[data-count-for]")) {
      const counted = document.getElementById(place.dataset.countFor);
      if (area && counted !== area) continue;
      if (!(counted?.maxLength >= 0)) continue;
      const number = place.querySelector("[data-left]") ?? place;
      number.textContent = counted.maxLength - counted.value.length;
    }
  },

  /** `data-show-when="name=value"`, or `name=one|two` for any of several values. */
  reveal(root) {
    for (const block of root.querySelectorAll("[data-show-when]")) {
      const [name, values] = block.dataset.showWhen.split("=");
      const form = block.closest("form");
      if (!form) continue;
      const chosen = new FormData(form).getAll(name);
      block.hidden = !values.split("|").some((value) => chosen.includes(value));
    }
  },

  settle(root) {
    this.count();
    this.reveal(root);
  },

  /** A second press while the first is on its way does nothing; the pressed button keeps its name. */
  once(event) {
    const form = event.target;
    const plain = form.method === "post" && !form.hasAttribute("hx-post");
    if (event.defaultPrevented || !plain) return;
    if ("sending" in form.dataset) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "";
    const { submitter } = event;
    // Disabled only after the browser has read the form, or its name and value would be missing.
    setTimeout(() => submitter && (submitter.disabled = true));
    // An answer that is a file leaves the page standing: let it be pressed again.
    setTimeout(() => {
      delete form.dataset.sending;
      if (submitter) submitter.disabled = false;
    }, 8000);
  },

  listen() {
    document.addEventListener("click", (event) => {
      const seed = event.target.closest("[data-insert]");
      if (seed) this.insert(seed);
    });
    document.addEventListener("input", (event) => this.count(event.target));
    document.addEventListener("change", () => this.reveal(document));
    document.addEventListener("portal:filled", () => this.settle(document));
    // Last in line: a submit that the outbox or the sign-out took over is prevented by now.
    document.addEventListener("submit", (event) => this.once(event));
  },
};
