"use strict";
/*
 * One question at a time. The server draws all steps and hides all but one; here the buttons that
 * would post (name=go) only change which one is hidden, and Back in the browser goes one step back.
 */
const wizard = {
  steps(form) {
    return [...form.querySelectorAll("fieldset[data-step]")];
  },

  current(form) {
    return this.steps(form).find((step) => !step.hidden) ?? this.steps(form)[0];
  },

  show(form, number, { focus = true } = {}) {
    const step = this.steps(form).find((one) => one.dataset.step === String(number));
    if (!step) return false;
    for (const one of this.steps(form)) one.hidden = one !== step;
    for (const place of document.querySelectorAll("[data-path] > [data-step-of]")) {
      const ahead = place.dataset.stepOf - number;
      if (ahead === 0) place.setAttribute("aria-current", "step");
      else place.removeAttribute("aria-current");
      if (ahead < 0) place.dataset.state = "done";
      else delete place.dataset.state;
    }
    if (focus) {
      display.point(step.querySelector("h1") ?? step.querySelector("legend"));
      scrollTo(0, 0);
    }
    return true;
  },

  go(form, where) {
    const steps = this.steps(form);
    const here = steps.indexOf(this.current(form));
    const by = { next: 1, back: -1 }[where];
    const to = by ? steps[here + by]?.dataset.step : where;
    if (!this.show(form, to)) return false;
    history.pushState({ step: to }, "", `#step-${to}`);
    return true;
  },

  settle(root) {
    for (const form of root.querySelectorAll("form[data-wizard]")) {
      const asked = /^#step-(\d+)$/.exec(location.hash)?.[1];
      const refused = form.querySelector("[aria-invalid=true], [data-errors]");
      if (asked && !refused) this.show(form, asked, { focus: false });
      history.replaceState({ step: this.current(form)?.dataset.step }, "");
    }
  },

  listen() {
    document.addEventListener("click", (event) => {
      const button = event.target.closest("form[data-wizard] [data-go]");
      if (button && this.go(button.closest("form"), button.dataset.go)) event.preventDefault();
    });
    addEventListener("popstate", (event) => {
      const form = document.querySelector("form[data-wizard]");
      if (form && event.state?.step) this.show(form, event.state.step);
    });
    document.addEventListener("keydown", (event) => {
      // Enter presses the first button of a form, and that one lies in a step that is hidden.
      // The Enter that ends a Japanese conversion is none.
      const { target } = event;
      if (event.key !== "Enter" || event.isComposing) return;
      if (!target.matches("form[data-wizard] input:not([type=submit], [type=button])")) return;
      event.preventDefault();
      const onwards = "button:not([type=button], [data-go=back])";
      [...this.current(target.form).querySelectorAll(onwards)].at(-1)?.click();
    });
  },
};
