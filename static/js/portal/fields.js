"use strict";
/* A form as a list of [name, value] pairs, and back. */
const NEVER_KEPT = ["csrf_token", "csrf"];

const fields = {
  read(form, submitter) {
    const pairs = [...new FormData(form)];
    if (submitter?.name) pairs.push([submitter.name, submitter.value]);
    return pairs.filter(
      ([name, value]) => typeof value === "string" && !NEVER_KEPT.includes(name),
    );
  },

  /** Only what the person wrote or chose: hidden fields change with every page. */
  written(form, pairs = this.read(form)) {
    const names = new Set();
    for (const control of form.elements) {
      if (control.name && !["hidden", "submit", "button"].includes(control.type)) {
        names.add(control.name);
      }
    }
    // A browser posts line ends as CRLF, a text area holds them as LF.
    return pairs
      .filter(([name]) => names.has(name))
      .map(([name, value]) => [name, value.replaceAll("\r\n", "\n")]);
  },

  /** Whether somebody changed the form since the server drew it. */
  touched(form) {
    return [...form.elements].some(({ type, value, defaultValue, checked, defaultChecked }) =>
      ["radio", "checkbox"].includes(type)
        ? checked !== defaultChecked
        : defaultValue !== undefined && value !== defaultValue,
    );
  },

  same(form, some, others) {
    const sorted = (pairs) => {
      const filled = this.written(form, pairs).filter(([, value]) => value !== "");
      return JSON.stringify(filled.map((pair) => pair.join("\n")).sort());
    };
    return sorted(some) === sorted(others);
  },

  /** The pairs of a JSON object; a list stands for a name that occurs several times. */
  ofObject(content) {
    return Object.entries(content ?? {}).flatMap(([name, value]) =>
      [value].flat().map((one) => [name, String(one ?? "")]),
    );
  },

  fill(form, pairs) {
    const values = new Map();
    for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
    for (const control of form.elements) {
      if (!control.name || ["hidden", "submit", "button"].includes(control.type)) continue;
      const given = values.get(control.name);
      if (["radio", "checkbox"].includes(control.type)) {
        control.checked = Boolean(given?.includes(control.value));
      } else if (given?.length) {
        control.value = given.shift();
      }
    }
    form.dispatchEvent(new CustomEvent("portal:filled", { bubbles: true }));
  },

  /** One paragraph for each thing written or chosen; the words of others stay text. */
  paragraphs(form, pairs) {
    const lines = this.written(form, pairs).map(([name, value]) => {
      const choice = [...form.elements].find(
        (control) => control.name === name && control.type !== "hidden" && control.value === value,
      );
      return ["radio", "checkbox"].includes(choice?.type) ? labelText(choice) : value;
    });
    return lines.filter(Boolean).map((line) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = line;
      return paragraph;
    });
  },
};

/** The text of a label or button without the readings above its kanji. */
function plainText(element) {
  const copy = element.cloneNode(true);
  for (const reading of copy.querySelectorAll("rt, rp")) reading.remove();
  return copy.textContent.trim();
}

function labelText(control) {
  return control.labels?.[0] ? plainText(control.labels[0]) : control.value;
}

/** True while a person is in the middle of a text inside this element. */
function typingIn(element) {
  const active = document.activeElement;
  return (
    element.contains(active) &&
    active.matches("textarea, input:not([type=radio], [type=checkbox], [type=hidden])") &&
    active.value !== active.defaultValue
  );
}
