"use strict";
/*
 * Talking to the server, and knowing whether it is the server that answered.
 *
 * A school's web filter or a captive portal answers 200 with a page of its own, so an answer counts
 * only when it carries our X-App header. Whatever could not be delivered is an errand: it is tried
 * again after 1, 5 and 30 s, and at every sign that the connection is back.
 */
const APP = "manabinowa";
const TIMEOUT_MS = 8000;
const BACK_OFF_MS = [1000, 5000, 30000];
const BUSY = [408, 425, 429];

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content;

const net = {
  token: null,
  errands: [],
  failures: 0,
  timer: null,
  running: false,

  /** The Response, or null when our server did not answer: no line, too late, 5xx, a stranger. */
  async ask(url, options = {}) {
    const { control = new AbortController(), ...rest } = options;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      control.abort();
    }, TIMEOUT_MS);
    try {
      const response = await fetch(url, { ...rest, signal: control.signal });
      const ours = response.headers.get("X-App") === APP;
      const reached = ours && response.status < 500 && !BUSY.includes(response.status);
      display.reached(reached);
      return reached ? response : null;
    } catch {
      // Given up by ourselves (the form was sent, the page is going) says nothing about the line.
      if (late || !control.signal.aborted) display.reached(false);
      return null;
    } finally {
      clearTimeout(timer);
    }
  },

  /** A fresh CSRF token: "renewed", "same", "signed-out", "stranger" or "unreachable". */
  async renew() {
    const response = await this.ask("/csrf", { cache: "no-store" });
    if (!response) return "unreachable";
    const { token, person } = response.ok ? await response.json() : {};
    if (!person) return "signed-out";
    // Someone else signed in on this device: these words must never be sent under that name.
    if (person !== (meta("person") ?? device.person)) return "stranger";
    const outcome = token === this.token ? "same" : "renewed";
    this.token = token;
    return outcome;
  },

  /** Posts name-value pairs; a stale token is renewed once. A stranger's session answers null. */
  async post(url, fields, { headers = {}, ...options } = {}) {
    const send = () => {
      this.token ??= meta("csrf-token");
      const body = new URLSearchParams(fields);
      const all = { ...headers, "X-CSRFToken": this.token ?? "" };
      return this.ask(url, { method: "POST", body, headers: all, ...options });
    };
    const response = await send();
    if (response?.status !== 400) return response;
    const outcome = await this.renew();
    if (outcome === "stranger") {
      location.reload();
      return null;
    }
    return outcome === "renewed" ? send() : response;
  },

  /** Errands answer true when nothing of theirs is left waiting. */
  async run() {
    if (this.running) return;
    this.running = true;
    clearTimeout(this.timer);
    this.timer = null;
    let left = false;
    for (const errand of this.errands) {
      left = !(await errand().catch(() => false)) || left;
    }
    // Nothing to send, but the chip still says that there is no connection: look again.
    if (!left && display.down) left = (await this.renew()) === "unreachable";
    this.running = false;
    if (left) this.later();
    else this.failures = 0;
  },

  later() {
    if (this.timer || this.running) return;
    const step = Math.min(this.failures, BACK_OFF_MS.length - 1);
    this.failures += 1;
    this.timer = setTimeout(() => this.run(), BACK_OFF_MS[step]);
  },

  listen() {
    const now = () => {
      this.failures = 0;
      this.run();
    };
    addEventListener("online", now);
    addEventListener("offline", () => display.reached(false));
    document.addEventListener("visibilitychange", () => document.hidden || now());
    navigator.serviceWorker?.addEventListener("message", (event) => {
      if (event.data === "outbox") now();
    });
    setInterval(() => this.run(), 30000);
  },
};
