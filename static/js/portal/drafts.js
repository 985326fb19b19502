"use strict";
/*
 * Autosave: every change is sealed on this device within a quarter of a second and sent to the
 * server a moment later. The server counts revisions; when two places wrote, both texts are kept
 * and the person chooses. Nothing is merged, and nothing that is being typed is replaced.
 */
const KEEP_AFTER_MS = 250;
const SEND_AFTER_MS = 1200;
const SEND_AT_LATEST_MS = 6000;
const SHEET_REMEMBERS_MS = 24 * 60 * 60 * 1000;

class Draft {
  static of = new WeakMap();
  static open = new Set();

  constructor(form) {
    this.form = form;
    this.name = form.dataset.draft ?? "form";
    this.key = form.dataset.draftKey ?? new URL(form.action).pathname;
    this.changes = 0;
    this.confirmed = 0;
    this.closed = false;
    this.choosing = false;
    this.sending = null;
    this.writing = Promise.resolve();
    Draft.of.set(form, this);
    Draft.open.add(this);
  }

  get id() {
    return `${this.name}:${this.key}`;
  }

  get dirty() {
    return this.changes !== this.confirmed;
  }

  get content() {
    return {
      name: this.name,
      key: this.key,
      url: this.form.dataset.draftUrl,
      action: this.form.getAttribute("action"),
      rev: this.form.dataset.rev ?? "0",
      fields: fields.read(this.form),
      unsent: this.dirty,
    };
  }

  /** A person changed something; a tap is sent at once, typing when the hand rests. */
  changed(tapped) {
    if (this.closed) return;
    const now = Date.now();
    if (!this.dirty) this.dirtySince = now;
    this.changes += 1;
    this.keepTimer ??= setTimeout(() => this.keep(), KEEP_AFTER_MS);
    const latest = Math.max(0, this.dirtySince + SEND_AT_LATEST_MS - now);
    clearTimeout(this.sendTimer);
    this.sendTimer = setTimeout(() => this.send(), tapped ? 0 : Math.min(SEND_AFTER_MS, latest));
  }

  /** Seals the form as it is now; writes follow each other, so the last one is the newest. */
  keep() {
    clearTimeout(this.keepTimer);
    this.keepTimer = null;
    this.writing = this.writing
      .then(() => this.closed || device.keep("drafts", this.id, this.content))
      .catch(() => {});
    return this.writing;
  }

  /** Answers true when nothing is left to send. */
  async send({ leaving = false } = {}) {
    clearTimeout(this.sendTimer);
    const { form } = this;
    if (this.closed || this.choosing || !this.dirty || !form.dataset.draftUrl) return true;
    if (this.sending && (!leaving || this.trying === this.changes)) return true;
    const upTo = this.changes;
    this.trying = upTo;
    const tried = fields.read(form);
    const body = tried.filter(([name]) => name !== "rev");
    body.push(["rev", form.dataset.rev ?? "0"]);
    this.sending = new AbortController();
    const response = await net.post(form.dataset.draftUrl, body, {
      headers: { "X-Draft": this.chosen ? "chosen" : "1" },
      keepalive: leaving,
      control: this.sending,
    });
    const answer = await response?.json().catch(() => null);
    this.sending = null;
    if (this.closed) return true;
    if (response?.status === 410 || answer?.done) {
      // It was handed in from elsewhere: a draft never comes before what was handed in.
      this.closed = true;
      return true;
    }
    if (response?.ok && answer) {
      this.chosen = false;
      form.dataset.rev = answer.rev;
      this.confirmed = upTo;
      if (!this.dirty) display.saved(form, answer.saved_at);
    } else if (response?.status === 409 && answer) {
      this.conflict(answer, tried);
    }
    this.tried = tried;
    await this.keep();
    if (!response?.ok && device.key && !this.choosing) display.savedHere(form);
    if (response?.status === 401) display.show("data-signed-out");
    if (response?.ok && this.dirty) this.sendTimer = setTimeout(() => this.send(), SEND_AFTER_MS);
    return Boolean(response);
  }

  conflict({ rev, content }, tried) {
    const { form } = this;
    const theirs = fields.ofObject(content);
    const echoes = [this.tried, tried, fields.read(form)].filter(Boolean);
    if (echoes.some((mine) => fields.same(form, mine, theirs))) {
      // The reply to our own last save was lost: the other text is ours.
      form.dataset.rev = rev;
      this.sendTimer = setTimeout(() => this.send(), 0);
      return;
    }
    this.choosing = true;
    this.offer("data-conflict", theirs, rev);
  }

  /** Shows another text beside the form, to take or to leave. */
  offer(attribute, pairs, rev) {
    const block = display.show(attribute, { form: this.form });
    if (!block) return;
    this.other = { attribute, pairs, rev };
    block
      .querySelector("[data-other]")
      ?.replaceChildren(...fields.paragraphs(this.form, pairs));
  }

  /** Changes places with the other text, which stays in sight until one of them is kept. */
  take() {
    const { attribute, pairs, rev } = this.other;
    const mine = fields.read(this.form);
    fields.fill(this.form, pairs);
    this.offer(attribute, mine, rev);
    this.choose();
  }

  async leave() {
    display.show(this.other.attribute, { form: this.form, visible: false });
    this.choose();
    await device.forget("drafts", `${this.id}:other`);
  }

  choose() {
    if (this.choosing) {
      this.form.dataset.rev = this.other.rev;
      this.chosen = true;
    }
    this.choosing = false;
    this.changed(true);
  }

  /** Brings back what this device kept, when the server does not have it. */
  async restore() {
    const { form } = this;
    // A hand can be faster than the script: what it wrote stays, and is saved like the rest.
    const touched = fields.touched(form);
    const kept = await device.find("drafts", this.id);
    if (kept?.unsent && !fields.same(form, kept.fields, fields.read(form))) {
      if (kept.rev === (form.dataset.rev ?? "0") && !this.dirty && !touched) {
        fields.fill(form, kept.fields);
        this.tried = kept.fields;
        display.show("data-restored", { form });
        this.changed(true);
      } else {
        await device.keep("drafts", `${this.id}:other`, { ...kept, other: true });
      }
    }
    if (touched && !this.dirty) this.changed();
    const other = await device.find("drafts", `${this.id}:other`);
    if (other) this.offer("data-offer", other.fields, form.dataset.rev);
    // The offline sheet learns from this row which text the person was at.
    if (form.dataset.draft && !this.dirty) await this.keep();
  }

  /** No save, not even one on its way, may follow a submitted text. */
  async close() {
    this.changed(true);
    clearTimeout(this.sendTimer);
    this.sending?.abort();
    const kept = this.keep();
    await kept;
    this.closed = true;
    clearTimeout(this.sendTimer);
  }

  static async forget(id) {
    await device.forget("drafts", id);
    await device.forget("drafts", `${id}:other`);
  }

  static async sendAll() {
    const open = [...Draft.open].filter((draft) => draft.form.isConnected);
    const done = await Promise.all(open.map((draft) => draft.send()));
    return done.every(Boolean);
  }

  /** The page is going away, perhaps in the middle of a word. */
  static leave() {
    for (const draft of Draft.open) {
      if (!draft.dirty || draft.closed || !draft.form.dataset.draft) continue;
      draft.keep();
      draft.send({ leaving: true });
    }
  }

  static listen() {
    const changed = (event) => {
      const draft = Draft.of.get(event.target.form);
      const tapped = ["radio", "checkbox", "select-one"].includes(event.target.type);
      // A text was already saved as it was typed; its change event on leaving brings nothing new.
      if (!draft?.form.dataset.draft || tapped !== (event.type === "change")) return;
      draft.changed(tapped);
    };
    document.addEventListener("input", changed);
    document.addEventListener("change", changed);
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-take], [data-keep]");
      const draft = button && Draft.of.get(button.form);
      if (!draft?.other) return;
      event.preventDefault();
      if (button.matches("[data-take]")) draft.take();
      else draft.leave();
    });
    // The first comes before the next page is asked for, so that page can have the text already;
    // not every browser has it.
    addEventListener("beforeunload", () => Draft.leave());
    addEventListener("pagehide", () => Draft.leave());
    document.addEventListener("visibilitychange", () => document.hidden && Draft.leave());
    net.errands.push(() => Draft.sendAll());
  }
}

/** Gives the anonymous offline sheet to the one who is signed in, with the text they were at. */
async function openSheet(form) {
  if (!device.key) {
    display.show("data-sheet-locked");
    return;
  }
  const recent = (await device.all("drafts")).filter(
    (draft) =>
      draft.name === form.dataset.draft &&
      !draft.other &&
      Date.now() - draft.at < SHEET_REMEMBERS_MS,
  );
  const last = recent.pop();
  if (last) {
    form.setAttribute("action", last.action);
    Object.assign(form.dataset, { draftKey: last.key, rev: last.rev });
    if (last.url) form.dataset.draftUrl = last.url;
    const present = new Set([...form.elements].map((control) => control.name));
    for (const [name, value] of last.fields) {
      // What the sheet has no control for (a later step, the idempotency key) travels along.
      if (!present.has(name)) form.append(hiddenField(name, value));
      else if (form.elements[name].type === "hidden") form.elements[name].value = value;
    }
    fields.fill(form, last.fields);
  }
  const idem = form.elements.idem;
  if (idem && !idem.value) idem.value = crypto.randomUUID();
  const draft = new Draft(form);
  if (last?.unsent) draft.changed(true);
  form.hidden = false;
  await lockIfWaiting(draft);
}

function hiddenField(name, value) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name, value });
  return field;
}
