// The operations of all contracts, and one of them to be tried.
import { contracts, operationOf } from "./contracts.js";
import { h, later, pill } from "./dom.js";
import { VirtualList } from "./list.js";
import { outline } from "./schema.js";
import { trial } from "./trial.js";

const LONG = 400;

const text = h("input", { type: "search", placeholder: "Filter operations …", "aria-label": "Filter operations", spellcheck: "false" });
const root = h("div", { id: "operation-list" });
const count = h("span", { class: "count" });
const place = h("div", { class: "detail operation", id: "operation", role: "region", "aria-label": "Operation", tabindex: "-1" });
let list;
let all = [];
let split;
let asked = "";
let several = false;

/** Build the view. */
export function build(view) {
  split = h("div", { class: "split choice" },
    h("div", { class: "lines" }, h("div", { class: "filters" }, text, count), root), place);
  view.append(h("h1", { class: "away" }, "Operations"), split);
  list = new VirtualList(root, {
    height: 46, label: "Operations", key: (one) => one.key, version: () => 0, draw,
    choose: (one, opened) => {
      history.replaceState(null, "", address(one));
      show(one.contract, one.id, opened);
    },
  });
  text.addEventListener("input", later(filter, 60));
  text.addEventListener("keydown", (happened) => {
    if (happened.key === "ArrowDown" || happened.key === "Enter") list.focus();
  });
}

/** Show the operation that the address names, or the first. */
export async function enter([contract, id]) {
  const told = await contracts();
  several = told.length > 1;
  all = told.flatMap((one) => one.operations.map((each) => ({
    ...each, contract: one.name, url: one.url, key: JSON.stringify([one.name, each.id]),
    text: `${each.method} ${each.path} ${each.id} ${each.summary} ${one.name}`.toLowerCase(),
  })));
  filter();
  split.classList.toggle("opened", Boolean(id));
  const found = all.find((one) => one.contract === contract && one.id === id) ?? all[0];
  if (found) await show(found.contract, found.id, false);
}

/** What keys do here. */
export const keys = {
  "/": () => text.focus(),
  j: () => list.step(1),
  k: () => list.step(-1),
  Escape: () => {
    split.classList.remove("opened");
    list.focus();
  },
};

const address = (one) => `#/operations/${encodeURIComponent(one.contract)}/${encodeURIComponent(one.id)}`;

function filter() {
  const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
  list.items = all.filter((one) => words.every((word) => one.text.includes(word)));
  count.textContent = `${list.items.length}${words.length ? ` of ${all.length}` : ""}`;
}

function draw(one) {
  return [h("span", { class: one.deprecated ? "entry old" : "entry" },
    h("span", { class: "method", "data-method": one.method }, one.method),
    h("span", { class: "target", title: one.path }, h("bdi", {}, one.path)),
    h("span", { class: "muted about" }, [several && one.contract, one.summary || one.id].filter(Boolean).join(" · ")))];
}

async function show(contract, id, opened) {
  const key = JSON.stringify([contract, id]);
  asked = key;
  list.mark(key);
  if (opened) split.classList.add("opened");
  if (place.dataset.key !== key) {
    const operation = await operationOf(contract, id);
    if (asked !== key) return;
    const brief = all.find((one) => one.key === key);
    place.dataset.key = key;
    place.replaceChildren(...parts(operation, brief));
    place.scrollTop = 0;
  }
  if (opened) place.focus();
}

function parts(operation, brief) {
  return [
    h("header", { class: "top" },
      h("h2", {}, h("span", { class: "method", "data-method": operation.method }, operation.method), " ", h("span", { class: "target" }, operation.path)),
      h("button", { type: "button", class: "icon narrow", "aria-label": "Back to the operations", click: keys.Escape }, "×")),
    h("p", { class: "facts" }, h("code", {}, operation.id), h("span", {}, operation.contract), operation.deprecated && h("span", { class: "mark warn" }, "deprecated")),
    operation.summary && h("p", {}, operation.summary),
    operation.description && operation.description !== operation.summary && about(operation.description),
    trial(operation, brief.url),
    h("section", { class: "part", "aria-label": "Documented answers" }, h("h3", {}, "Documented answers"),
      ...operation.responses.map((one) => answer(operation, one))),
  ].filter(Boolean);
}

function about(text) {
  const whole = h("p", { class: "muted prose" }, text);
  return text.length < LONG ? whole : h("details", { class: "answer" }, h("summary", {}, "What it is about"), whole);
}

function answer(operation, response) {
  const kinds = Object.entries(response.content);
  const head = h("summary", {}, pillOf(response.status), " ", response.description);
  const box = h("details", { class: "answer" }, head);
  box.addEventListener("toggle", () => {
    if (box.childElementCount > 1) return;
    for (const [kind, schema] of kinds) box.append(outline(schema, operation.schemas, kind));
    if (!kinds.length) box.append(h("p", { class: "muted" }, "No body."));
    if (response.headers.length) box.append(h("p", { class: "muted" }, `Header fields: ${response.headers.join(", ")}`));
  });
  return box;
}

function pillOf(status) {
  const shown = pill(Number.parseInt(status, 10) || 0);
  shown.textContent = status;
  return shown;
}
