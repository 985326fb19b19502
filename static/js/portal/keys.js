"use strict";
/* The teacher's keys for the reading queue; off while typing, and off for good with a switch. */
const KEYS_OFF = "keys-off";

const keys = {
  places: { j: "next", k: "prev", c: "comment", r: "read" },

  press(event) {
    const root = document.querySelector("[data-keys]");
    if (!root || event.isComposing || event.altKey || event.metaKey || event.repeat) return;
    if (localStorage.getItem(KEYS_OFF)) return;
    const key = event.key.toLowerCase();
    if (event.ctrlKey) {
      if (key === "enter") this.use(event, root.querySelector("[data-key-answer]"));
      return;
    }
    const typing = "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])";
    if (event.shiftKey || event.target.matches?.(typing)) return;
    if (/^[1-9]$/.test(key)) {
      const stamps = root.querySelectorAll("[data-key-stamps] input[type=radio]");
      this.use(event, stamps[key - 1]);
    } else if (this.places[key]) {
      this.use(event, root.querySelector(`[data-key-${this.places[key]}]`));
    }
  },

  use(event, control) {
    if (!control || control.disabled) return;
    event.preventDefault();
    if (control.matches("textarea, input[type=text]")) control.focus();
    else control.click();
  },

  settle(root) {
    for (const box of root.querySelectorAll("[data-keys-toggle]")) {
      box.checked = !localStorage.getItem(KEYS_OFF);
    }
  },

  listen() {
    document.addEventListener("keydown", (event) => this.press(event));
    document.addEventListener("change", (event) => {
      if (!event.target.matches("[data-keys-toggle]")) return;
      if (event.target.checked) localStorage.removeItem(KEYS_OFF);
      else localStorage.setItem(KEYS_OFF, "1");
    });
  },
};
