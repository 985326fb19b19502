"use strict";
/*
 * The order in which things begin. The files of this folder are one classic script when served;
 * each only declares, so their order does not matter. The HTML they work on is described in
 * tests/browser/harness.py, which plays the server.
 */

/** The version of all static files, a part of their address: /static/<version>/js/portal.js. */
const VERSION = /\/static\/([^/]+)\//.exec(document.currentScript?.src)?.[1];

/** Takes new HTML into service: the page at first, then whatever replaces a part of it. */
async function settle(root) {
  wizard.settle(root);
  writing.settle(root);
  keys.settle(root);
  display.draw();
  for (const form of root.querySelectorAll("form[data-draft], form[data-outbox]")) {
    if (Draft.of.has(form)) continue;
    if ("sheet" in form.dataset) {
      await openSheet(form);
      continue;
    }
    const draft = new Draft(form);
    if (!device.key) continue;
    if (!(await lockIfWaiting(draft))) await draft.restore();
  }
}

document.addEventListener("DOMContentLoaded", async () => {
  if (!session.listen()) return;
  net.listen();
  outbox.listen();
  Draft.listen();
  wizard.listen();
  writing.listen();
  keys.listen();
  fragments.listen();
  if (!navigator.onLine) display.reached(false);
  await device.unlock().catch(() => {});
  await settle(document);
  await net.run();
  document.documentElement.dataset.ready = "";
  if (VERSION) {
    const worker = navigator.serviceWorker?.register(`/sw.js?v=${VERSION}`, { updateViaCache: "none" });
    worker?.catch(() => {});
  }
});
