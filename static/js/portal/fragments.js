"use strict";
/* The rules for fragments that htmx fetches: whose they are, when they may land, where focus goes. */
const fragments = {
  before(event) {
    const { elt, target } = event.detail;
    // Polling rests with the page; a hidden tab of forty would ask for nobody.
    if (document.hidden && elt.getAttribute("hx-trigger")?.includes("every")) {
      event.preventDefault();
      return;
    }
    target?.setAttribute("aria-busy", "true");
  },

  swap(event) {
    const { xhr, target, requestConfig } = event.detail;
    const foreign = xhr.getResponseHeader("X-App") !== APP;
    display.reached(!foreign && xhr.status < 500);
    if (xhr.status === 401) display.point(display.show("data-signed-out"));
    const sent = requestConfig?.triggeringEvent?.type === "submit";
    if (foreign || xhr.status === 401 || (!sent && typingIn(target))) {
      event.detail.shouldSwap = false;
    }
  },

  settled(event) {
    const { elt, requestConfig } = event.detail;
    settle(elt.parentElement ?? document);
    // Only what a person asked for may move the focus: never a fragment that came by itself.
    if (requestConfig?.triggeringEvent?.type === "submit") focusFirst(elt);
  },

  listen() {
    const on = (name, action) => document.addEventListener(`htmx:${name}`, action);
    on("configRequest", ({ detail }) => {
      if (detail.verb !== "get") detail.headers["X-CSRFToken"] = net.token ?? meta("csrf-token");
    });
    on("beforeRequest", (event) => this.before(event));
    on("afterRequest", ({ detail }) => detail.target?.removeAttribute("aria-busy"));
    on("beforeSwap", (event) => this.swap(event));
    on("afterSettle", (event) => this.settled(event));
    for (const name of ["sendError", "timeout"]) on(name, () => display.reached(false));
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) document.body.dispatchEvent(new Event("portal:visible"));
    });
  },
};
