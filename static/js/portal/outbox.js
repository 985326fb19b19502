"use strict";
/*
 * The outbox: a form is sealed on this device before it is sent, and leaves the device only when
 * our server said that it has it. The idempotency key in the form makes a second delivery of the
 * same entry harmless, so an entry may be sent as often as it takes.
 */
const outbox = {
  sending: new Set(),

  async count() {
    display.waiting = (await device.all("outbox")).length;
    display.draw();
    return display.waiting;
  },

  /** Takes over a submit when the entry can be kept; otherwise the browser posts as ever. */
  submit(event) {
    const form = event.target;
    const idem = form.elements.idem?.value;
    if (event.defaultPrevented || !("outbox" in form.dataset) || !idem || !device.key) return;
    event.preventDefault();
    this.send(form, event.submitter, idem);
  },

  async send(form, submitter, idem) {
    const draft = Draft.of.get(form) ?? new Draft(form);
    const entry = {
      idem,
      url: target(form, submitter),
      fields: fields.read(form, submitter),
      draft: draft.id,
      page: location.pathname,
    };
    // The words are in the entry now: what is typed from here on would be in neither place.
    form.inert = true;
    form.setAttribute("aria-busy", "true");
    if (submitter) submitter.disabled = true;
    this.sending.add(idem);
    try {
      await draft.close();
      await device.keep("outbox", idem, entry);
    } catch {
      // No room on the device, or a private window: the browser posts it itself.
      postPlainly(form, submitter);
      return;
    }
    const outcome = await this.deliver(entry);
    this.sending.delete(idem);
    form.inert = false;
    form.removeAttribute("aria-busy");
    if (outcome === "refused") {
      // The server has a page for this answer: an ordinary post shows it. The draft stays kept.
      postPlainly(form, submitter);
    } else if (outcome === "kept") {
      lock(form);
      display.point(display.show("data-kept", { form }));
      navigator.storage?.persist?.();
      const worker = await navigator.serviceWorker?.getRegistration();
      worker?.sync?.register("outbox").catch(() => {});
    }
  },

  /** One attempt: "sent", "returned" (to be mended), "refused" (for good) or "kept". */
  async deliver(entry) {
    const response = await net.post(entry.url, entry.fields, { headers: { "X-Outbox": "1" } });
    const form = formWith(entry.idem);
    let outcome = "kept";
    const next = response?.headers.get("X-Location");
    // Only the address of the answer proves that the form was taken: a sign-in page is a 200 too.
    if (response?.ok && next) {
      outcome = "sent";
      await Draft.forget(entry.draft);
    } else if (response?.status === 422) {
      outcome = "returned";
    } else if (response && !response.ok && response.status !== 401) {
      outcome = "refused";
    }
    if (outcome !== "kept") await device.forget("outbox", entry.idem);
    await this.count();
    if (outcome !== "kept") {
      session.others?.postMessage({ idem: entry.idem, next: outcome === "sent" && next });
    }
    if (outcome === "sent" && form) goTo(next);
    if (outcome === "returned" && form) await showReply(response);
    if (response?.status === 401) display.show("data-signed-out");
    return outcome;
  },

  /** Another tab sent what this one shows, or got it back into the draft. */
  settledElsewhere({ idem, next }) {
    if (!formWith(idem)) this.count();
    else if (next) goTo(next);
    else location.reload();
  },

  /** Sends what waits, oldest first, from one tab only. Answers true when nothing is left. */
  async flush() {
    if (!(await this.count())) return true;
    return navigator.locks.request("outbox", { ifAvailable: true }, async (alone) => {
      if (!alone) return false;
      const session = await net.renew();
      if (session === "signed-out") display.show("data-signed-out");
      if (session !== "renewed" && session !== "same") return session !== "unreachable";
      for (const entry of await device.all("outbox")) {
        if (this.sending.has(entry.idem)) continue;
        const shown = formWith(entry.idem);
        const outcome = await this.deliver(entry);
        if (outcome === "kept") return false;
        // The words are back in the draft of the page where they were written.
        if (outcome === "refused" || (outcome === "returned" && !shown)) {
          const notice = display.show("data-returned");
          notice?.querySelector("a")?.setAttribute("href", entry.page);
        }
      }
      return true;
    });
  },

  listen() {
    document.addEventListener("submit", (event) => this.submit(event));
    net.errands.push(() => this.flush());
  },
};

/** Where the pressed button posts to. */
function target(form, submitter) {
  return submitter?.hasAttribute("formaction") ? submitter.formAction : form.action;
}

function formWith(idem) {
  return [...document.querySelectorAll("form[data-outbox]")].find(
    (form) => form.elements.idem?.value === idem,
  );
}

/** Shows what waits to be sent without letting it change: an edit now would be lost. */
function lock(form) {
  form.dataset.locked = "";
  for (const control of form.elements) control.disabled = true;
}

/** A reload finds the text in the outbox and must not ask for it a second time. */
async function lockIfWaiting(draft) {
  const { form } = draft;
  const entries = form.dataset.draft ? await device.all("outbox") : [];
  const waiting = entries.findLast((entry) => entry.draft === draft.id);
  if (!waiting) return false;
  draft.closed = true;
  fields.fill(form, waiting.fields);
  form.elements.idem.value = waiting.idem;
  lock(form);
  display.show("data-kept", { form });
  return true;
}

function postPlainly(form, submitter) {
  for (const control of form.elements) control.disabled = false;
  form.setAttribute("action", target(form, submitter));
  if (submitter?.name) form.append(hiddenField(submitter.name, submitter.value));
  const token = form.elements.csrf_token;
  if (token && net.token) token.value = net.token;
  HTMLFormElement.prototype.submit.call(form);
}

function goTo(address) {
  const to = new URL(address, location.href);
  location.assign(to);
  // An address that differs by its fragment only would not load anything.
  if (to.hash && to.href.split("#")[0] === location.href.split("#")[0]) location.reload();
}

/** Puts the server's page with its messages in place of ours, as a plain post would have. */
async function showReply(response) {
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const main = page.querySelector("main");
  if (!main) return;
  document.title = page.title;
  document.querySelector("main").replaceWith(document.adoptNode(main));
  globalThis.htmx?.process(main);
  await settle(main);
  focusFirst(main);
}

/** The error summary if there is one, else the heading. */
function focusFirst(root) {
  display.point(root.querySelector("[data-errors]") ?? root.querySelector("h1"));
}
