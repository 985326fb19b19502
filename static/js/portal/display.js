"use strict";
/* Shows the ready-made texts of the page: the script itself carries no words. */
const display = {
  down: false,
  waiting: 0,

  reached(yes) {
    this.down = !yes;
    this.draw();
    if (!yes) net.later();
  },

  /** The sync chip: what waits is said before the missing connection, which has its own banner. */
  draw() {
    const state = this.waiting ? "pending" : this.down ? "offline" : "saved";
    for (const chip of document.querySelectorAll("[data-sync]")) {
      if (chip.dataset.state !== state) chip.dataset.state = state;
      const count = chip.querySelector("[data-count]");
      if (count && count.textContent !== String(this.waiting)) count.textContent = this.waiting;
      for (const text of chip.querySelectorAll("[data-when]")) {
        text.hidden = text.dataset.when !== state;
      }
    }
    for (const banner of document.querySelectorAll("[data-offline]")) banner.hidden = !this.down;
  },

  /** The elements with this attribute, of the form if it has any (a wizard has one a step). */
  parts(name, form) {
    const own = form ? [...form.querySelectorAll(`[${name}]`)] : [];
    return own.length ? own : [...document.querySelectorAll(`[${name}]:not(form *)`)];
  },

  /** Shows or hides them; answers the first. */
  show(name, { form, time, visible = true } = {}) {
    const parts = this.parts(name, form);
    for (const part of parts) {
      const clock = time && part.querySelector("time");
      if (clock) clock.textContent = time;
      part.hidden = !visible;
    }
    return parts[0] ?? null;
  },

  saved(form, time) {
    this.show("data-saved", { form, time });
    this.show("data-saved-here", { form, visible: false });
  },

  savedHere(form) {
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    const time = `${two(now.getHours())}:${two(now.getMinutes())}`;
    if (this.show("data-saved-here", { form, time })) {
      this.show("data-saved", { form, visible: false });
    }
  },

  /** Brings a banner into view and under the keyboard. */
  point(part) {
    if (!part) return;
    part.tabIndex = -1;
    part.focus();
  },
};
