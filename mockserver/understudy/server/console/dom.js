// Make elements. Text is always text: nothing here takes markup.

/**
 * Return an element. Functions among `props` are listeners, `true` is an attribute without a
 * value, and null, undefined and false are none.
 * @param {string} tag
 * @param {Record<string, any>} [props]
 * @param {...(Node|string|number|null|undefined|false)} children
 */
export function h(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (name === "value") made.value = value;
    else if (value === true) made.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value);
  }
  made.append(...children.filter((one) => one !== null && one !== undefined && one !== false).map((one) => (one instanceof Node ? one : String(one))));
  return made;
}

/** Return an element of a picture. */
export function svg(tag, props = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(props)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Return a button. */
export function button(text, click, props = {}) {
  return h("button", { type: "button", ...props, click }, text);
}

/** Return a labelled field. */
export function field(label, control, props = {}) {
  return h("label", { class: "field", ...props }, h("span", {}, label), control);
}

/** Return a choice among pairs of value and text. */
export function select(pairs, props = {}) {
  return h("select", props, ...pairs.map(([value, text]) => h("option", { value }, text)));
}

/** Return a status as it is shown everywhere. */
export function pill(status) {
  return h("span", { class: "pill", "data-class": Math.floor(status / 100) }, status || "none");
}

let clearing = 0;

/** Say something that the user caused: it is read out, and shown shortly unless it is `quiet`. */
export function say(text, kind = "") {
  const said = document.getElementById("said");
  said.textContent = text;
  said.dataset.kind = kind;
  said.classList.toggle("shown", kind !== "quiet");
  clearTimeout(clearing);
  clearing = setTimeout(() => said.classList.remove("shown"), kind === "bad" ? 8000 : 2500);
}

/** Copy text, and say so. */
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = h("textarea", { class: "away", "aria-hidden": "true", value: text });
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    document.execCommand("copy"); // the only way on plain HTTP
    area.remove();
  }
  say(`${what} copied`);
}

/** Show a dialog until it is closed; its element is returned. */
export function dialog(title, ...children) {
  const before = document.activeElement;
  const made = h("dialog", { "aria-label": title, class: "sheet" },
    h("header", {}, h("h2", {}, title), button("Close", () => made.close(), { class: "quiet" })),
    ...children);
  made.addEventListener("close", () => {
    made.remove();
    before?.focus?.();
  });
  document.body.append(made);
  made.showModal();
  return made;
}

/** Draw anew what is in `root`, with the focus where it was, or nearby if that is gone. */
export function redraw(root, ...children) {
  const had = document.activeElement;
  const inside = root.contains(had);
  const name = (one) => one.getAttribute("aria-label") ?? one.textContent;
  root.replaceChildren(...children);
  if (!inside || had.isConnected && document.activeElement === had) return;
  const all = [...root.querySelectorAll("a, button, summary, input")];
  (all.find((one) => name(one) === name(had)) ?? all[0])?.focus({ preventScroll: true });
}

/** Return a function that runs `act` once, a while after it was called last. */
export function later(act, milliseconds) {
  let waiting = 0;
  return (...said) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => act(...said), milliseconds);
  };
}
