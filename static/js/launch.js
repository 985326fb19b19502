// Launches between this portal and other systems (LTI). Every page with this file works without it:
// the link or the button on it does the same by hand.
"use strict";

/** How long a platform has to answer; those that keep nothing never do. Milliseconds. */
const PATIENCE = 800;

/** The frame of the platform that keeps things for us: one of its own, or the page around ours. */
function keeperFrame(name) {
  const around = window.opener || window.parent;
  if (around === window) return null;
  if (name === "_parent" || !name) return around;
  try { return around.frames[name] || around; } catch { return around; }
}

/** Ask the platform; `null` if nobody answers in time. Only its registered origins are listened to. */
function ask(frame, origins, message) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), PATIENCE);
    window.addEventListener("message", (event) => {
      const data = event.data;
      if (!origins.includes(event.origin) || !data || typeof data !== "object") return;
      if (data.subject !== `${message.subject}.response` || data.message_id !== message.message_id) return;
      clearTimeout(timer);
      resolve(data);
    });
    for (const origin of origins) frame.postMessage(message, origin);
  });
}

/** Tells answers apart; it is no secret. */
const newId = () => `${Date.now()}-${Math.random().toString(36).slice(2)}`;

/** A name for what is kept that says nothing of it. */
const keyOf = (state) => `launch_${state.slice(0, 12)}`;

async function keepState(place) {
  const link = place.querySelector("a[href]");
  const frame = keeperFrame(place.dataset.frame);
  const { state } = place.dataset;
  if (frame) {
    await ask(frame, place.dataset.origins.split(" "), {
      subject: "lti.put_data", message_id: newId(), key: keyOf(state), value: state,
    });
  }
  window.location.replace(link.href);
}

async function giveState(form) {
  // Browsers before Safari 16.4 do not tell the server that the page stands in a frame.
  if (window.top !== window) form.target = "_blank";
  const frame = keeperFrame("");
  if (!frame) return;
  const answer = await ask(frame, form.dataset.origins.split(" "), {
    subject: "lti.get_data", message_id: newId(), key: keyOf(form.dataset.state),
  });
  // An answer without a value means that this launch was begun in another browser.
  if (answer && !answer.error) form.elements.kept.value = answer.value || "-";
}

/** How long a second press of the same button is a double one. Milliseconds. */
const DOUBLE = 8000;
let sentAt = -Infinity;

/** A ticket is good once: all that a second press would bring is "used up". */
function sendOnce() {
  document.addEventListener("submit", (event) => {
    if (event.timeStamp - sentAt < DOUBLE) event.preventDefault();
    else sentAt = event.timeStamp;
  });
  // A page that the browser kept alive begins anew.
  addEventListener("pageshow", (event) => { if (event.persisted) sentAt = -Infinity; });
}

/** A page whose only use is to be sent on. */
function sendOn(form) {
  // This tells no listener.
  sentAt = performance.now();
  form.submit();
}

sendOnce();
document.addEventListener("DOMContentLoaded", () => {
  for (const [id, act] of [["keep-state", keepState], ["give-state", giveState], ["send-on", sendOn]]) {
    const place = document.getElementById(id);
    if (place) act(place);
  }
});
