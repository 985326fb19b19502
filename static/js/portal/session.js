"use strict";
/* Shared devices: what has to be gone when a person leaves, and when they forget to. */
const ACTIVE_AT = "active-at";
const LEAVING = "signing-out";
const LEFT_AT = "left-at";
/** So long the next child waits for a slow line at most. */
const HAND_OVER_MS = 3000;

const session = {
  /** The page that asks for a password is the server's word that nobody is signed in. */
  signedOut() {
    if (document.querySelector("form[data-signout]")) return false;
    return Boolean(document.querySelector("input[type=password]:not([data-again])"));
  },

  wasIdle() {
    const minutes = Number(meta("idle-minutes"));
    const at = Number(localStorage.getItem(ACTIVE_AT));
    return minutes > 0 && at > 0 && Date.now() - at > minutes * 60000;
  },

  /** Whether this page was made before somebody left, and only now begins. Both are server time. */
  isFromBefore() {
    return Number(meta("at")) < Number(localStorage.getItem(LEFT_AT));
  },

  active() {
    // Written now and then only: it is read by the minute, and other tabs have to see it.
    const now = Date.now();
    if (now - (this.at ?? 0) < 5000) return;
    this.at = now;
    localStorage.setItem(ACTIVE_AT, now);
  },

  async leave(form) {
    for (const draft of Draft.open) {
      if (draft.dirty && draft.form.dataset.draft) await draft.keep();
    }
    // On a device that many share, the server keeps drafts; what it could not be told stays sealed.
    if (meta("shared")) await this.handOver().catch(() => {});
    await device.lock().catch(() => {});
    for (const name of (await globalThis.caches?.keys()) ?? []) {
      if (!name.startsWith("shell-")) await caches.delete(name);
    }
    // Without a connection the server cannot end the session: it is asked at the next page.
    localStorage.setItem(LEAVING, meta("person") ?? "");
    this.others?.postMessage("left");
    HTMLFormElement.prototype.submit.call(form);
  },

  /** Sends what is not sent yet, and forgets what the server has. */
  async handOver() {
    const late = new Promise((resolve) => setTimeout(resolve, HAND_OVER_MS));
    await Promise.race([Draft.sendAll(), late]);
    await device.forgetSent();
  },

  checkIdle() {
    const form = document.querySelector("form[data-signout]");
    if (form && this.wasIdle()) this.leave(form);
  },

  listen() {
    // Who sees with a pupil's eyes has no name on the page, and leaves like everybody else.
    const form = document.querySelector("form[data-signout]");
    const person = meta("person");
    if (globalThis.BroadcastChannel) {
      this.others = new BroadcastChannel("aarportal");
      this.others.onmessage = ({ data }) => {
        if (data === "left") form && location.reload();
        else outbox.settledElsewhere(data);
      };
    }
    const leaving = localStorage.getItem(LEAVING);
    if (this.signedOut() && leaving !== null) {
      localStorage.removeItem(LEAVING);
      // Another tab may have loaded again a moment before the server knew: now it does.
      localStorage.setItem(LEFT_AT, meta("at"));
      this.others?.postMessage("left");
    }
    if (form && this.isFromBefore()) {
      // Once and not again, whatever the server's clock says.
      localStorage.removeItem(LEFT_AT);
      location.reload();
      return false;
    }
    // A view has no name: whoever left from it is whoever is here.
    if (form && [person, ""].includes(leaving)) {
      this.leave(form);
      return false;
    }
    form?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.leave(form);
    });
    // A page that the browser kept alive may belong to someone who has left.
    addEventListener("pageshow", (event) => event.persisted && location.reload());
    if (form) {
      this.at = 0;
      const seen = () => this.active();
      seen();
      for (const name of ["pointerdown", "keydown", "input"]) document.addEventListener(name, seen);
      document.addEventListener("visibilitychange", () => document.hidden || this.checkIdle());
      setInterval(() => this.checkIdle(), 15000);
    }
    return true;
  },
};
