// Show bodies: JSON with its kinds in colours, anything else as text.
import { button, copy, h } from "./dom.js";

const TOKENS = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|(true|false|null)/g;
const SHOWN = 24_000;

/** Return a body of an entry as an element. */
export function bodyView(body) {
  if (!body.size) return h("p", { class: "muted" }, "No body.");
  const note = body.cut && h("p", { class: "muted" }, `Of ${body.size.toLocaleString("en")} bytes only the beginning was kept.`);
  if ("json" in body) return code(JSON.stringify(body.json, null, 2), "Body", true);
  const text = body.text ?? body.base64;
  const isJson = Boolean(body.cut) && /^\s*[[{]/.test(text ?? "");
  return h("div", {}, note, text === undefined ? null : code(isJson ? laid(text) : text, "Body", isJson));
}

/** Return text as a block of code that can be copied; of a long one, the beginning at first. */
export function code(text, label, isJson) {
  const pre = h("pre", { class: "code", tabindex: "0", role: "region", "aria-label": label });
  const fill = (part) => pre.replaceChildren(...(isJson ? coloured(part) : [part]));
  fill(text.slice(0, SHOWN));
  const more = text.length > SHOWN && button("Show all of it", () => {
    pre.textContent = text;
    more.remove();
    pre.focus();
  }, { class: "quiet" });
  return h("div", { class: "block" }, button("Copy", () => copy(text, label), { class: "quiet corner", "aria-label": `Copy: ${label}` }), pre, more);
}

/** Return JSON of which the end may be missing with a line for each member. */
function laid(text) {
  const found = [];
  let margin = "\n";
  for (const [part] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[{][\]}]|[^"]/g)) {
    if (part === "[" || part === "{") found.push(part, (margin += "  "));
    else if (part === "]" || part === "}") found.push((margin = margin.slice(0, -2) || "\n"), part);
    else if (part === ",") found.push(part, margin);
    else if (part === ":") found.push(": ");
    else if (part.trim()) found.push(part);
  }
  return found.join("");
}

function* coloured(text) {
  let at = 0;
  for (const found of text.matchAll(TOKENS)) {
    if (found.index > at) yield text.slice(at, found.index);
    const [whole, string, colon, number] = found;
    const kind = colon ? "key" : string ? "string" : number ? "number" : "word";
    yield h("span", { class: `t-${kind}` }, string ?? whole);
    if (colon) yield colon;
    at = found.index + whole.length;
  }
  yield text.slice(at);
}
