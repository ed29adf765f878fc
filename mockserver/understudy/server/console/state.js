// What clients created, changed and deleted, as a tree that can be edited.
import { call } from "./api.js";
import { button, field, h, redraw, say } from "./dom.js";
import { choose, current, named, refresh, shown, watch } from "./session.js";
import { reopen, tree } from "./tree.js";

const title = h("h2");
const root = h("div", { class: "tree", id: "tree" });
const text = h("textarea", { rows: "18", spellcheck: "false", class: "code", "aria-label": "The whole state as JSON" });
const name = h("input", { required: true, pattern: "[A-Za-z0-9][A-Za-z0-9._\\-]{0,63}", autocomplete: "off", spellcheck: "false" });
const kept = h("ul", { class: "kept" });
let visible = false;

/** Build the view. */
export function build(view) {
  view.append(h("h1", { class: "away" }, "State"),
    h("div", { class: "columns" },
      h("section", { class: "card", "aria-label": "What is kept" },
        h("header", { class: "top" }, title, h("span", { class: "row" }, button("Read again", fill, { title: "r" }), button("Reset", reset))), root,
        h("details", { class: "raw" }, h("summary", {}, "Edit as JSON"), text,
          h("p", { class: "row" }, button("Replace the state", replace, { class: "main" })))),
      h("section", { class: "card", "aria-label": "Snapshots" },
        h("h2", {}, "Snapshots"),
        h("p", { class: "muted" }, "A snapshot keeps data, seed, clock and scenarios of this session."),
        h("form", { class: "line", submit: (happened) => {
          happened.preventDefault();
          snapshot();
        } }, field("Name", name), h("button", {}, "Take")), kept)));
  watch(() => visible && fill());
}

/** Show what is now. */
export async function enter() {
  visible = true;
  await fill();
}

/** Nothing is shown any more. */
export function leave() {
  visible = false;
}

export const keys = { r: () => fill(), n: () => name.focus() };

async function fill() {
  const [held, all] = await Promise.all([call("GET", "state", { query: named() }), refresh()]);
  draw(held);
  const session = all.find((one) => one.name === current);
  const snapshots = session?.snapshots ?? [];
  redraw(kept, ...snapshots.map((one) => h("li", {}, h("code", {}, one), button("Roll back", () => back(one), { "aria-label": `Roll back to ${one}` }))));
  if (!snapshots.length) kept.replaceChildren(h("li", { class: "muted" }, "None yet."));
}

function draw(held) {
  title.textContent = `State of ${shown(current)}`;
  text.value = JSON.stringify(held, null, 2);
  const { collections, tallies, states } = held;
  const parts = collections.map((one, index) => collection(one, index));
  if (Object.keys(states).length) parts.push(plain("States of scenarios", states, "states"));
  if (Object.keys(tallies).length) parts.push(plain("Counts", tallies, "tallies"));
  if (!parts.length) parts.push(h("p", { class: "nothing" }, "Clients have created, changed and deleted nothing. What is shown to them is generated."));
  const open = new Set([...root.querySelectorAll("details[open]")].map((one) => one.dataset.path));
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.path : undefined;
  root.replaceChildren(...parts);
  reopen(root, open);
  if (focused !== undefined) [...root.querySelectorAll("[data-path]")].find((one) => one.dataset.path === focused && one.tagName !== "DETAILS")?.focus();
}

function collection(one, index) {
  const save = (changed) => patch({ collections: [changed] });
  const head = [h("strong", {}, one.resource), " ", h("span", { class: "muted" }, `${one.contract}${one.parent === "" || one.parent === undefined ? "" : ` · of ${one.parent}`}`)];
  const facts = `· ${one.created?.length ?? 0} created, ${Object.keys(one.changed ?? {}).length} changed or deleted`;
  return h("details", { open: true, class: "collection", "data-path": `c${index}` }, h("summary", {}, ...head, " ", h("span", { class: "muted" }, facts)),
    tree({ created: one.created ?? [], changed: one.changed ?? {} }, `c${index}`, (value) => save({ ...one, ...value }), true));
}

function plain(label, value, member) {
  return h("details", { open: true, class: "collection", "data-path": member }, h("summary", {}, h("strong", {}, label)),
    tree(value, member, (changed) => put((held) => ({ ...held, [member]: changed }))));
}

const patch = (body) => change("PATCH", body, "Saved");

const put = async (make) => change("PUT", make(await call("GET", "state", { query: named() })), "Saved");

async function replace() {
  let body;
  try {
    body = JSON.parse(text.value);
  } catch (error) {
    return say(`This is no JSON: ${error.message}`, "bad");
  }
  return change("PUT", body, "The state is replaced");
}

async function change(method, body, told) {
  try {
    draw(await call(method, "state", { query: named(), body }));
    say(told);
  } catch (error) {
    say(error.message, "bad");
  }
}

async function snapshot() {
  const { value } = name;
  await call("POST", "state/snapshot", { query: named(), body: { name: value } });
  name.value = "";
  say(`Snapshot ${value} is taken`);
  await fill();
}

async function back(one) {
  await call("POST", "state/rollback", { query: named(), body: { name: one } });
  say(`${shown(current)} is as it was in ${one}`);
  choose(current);
}

async function reset() {
  await call("POST", "reset", { query: named() });
  say(`${shown(current)} is as it was when it began`);
  await fill();
}
