// Sessions, and of the one that is looked at: seed, clock, scenarios.
import { call } from "./api.js";
import { button, field, h, redraw, say } from "./dom.js";
import { begin, choose, current, named, refresh, shown, watch } from "./session.js";

const STEPS = [["+1 minute", 60], ["+1 hour", 3600], ["+1 day", 86_400]];
const MODES = { standing: "stands; seconds still pass for limits of rates", running: "moves with the time of day", frozen: "nothing passes" };

const MOST = 200;

const table = h("tbody");
const title = h("h2");
const seed = h("input", { type: "number", min: "0", max: "9007199254740991", step: "1", required: true });
const now = h("p", { class: "now", id: "clock-now" });
const setting = h("input", { pattern: "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?", title: "2026-03-01 12:00:00", required: true, autocomplete: "off" });
const seconds = h("input", { type: "number", min: "0", max: "31536000", step: "any", value: "90", required: true, "aria-label": "Seconds" });
const modes = h("div", { class: "choices", role: "radiogroup", "aria-label": "How time passes" });
const switches = h("div", { class: "switches" });
const words = h("input", { type: "search", placeholder: "Filter scenarios …", "aria-label": "Filter scenarios" });
let visible = false;

/** Build the view. */
export function build(view) {
  view.append(
    h("h1", { class: "away" }, "Sessions"),
    h("div", { class: "columns" },
      h("section", { class: "card wide", "aria-label": "All sessions" },
        h("header", { class: "top" }, h("h2", {}, "All sessions"), h("span", { class: "row" }, button("New session …", begin), button("Reset all", resetAll))),
        h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table of sessions" },
          h("table", {}, h("thead", {}, h("tr", {}, ...["Name", "Seed", "Clock", "Scenarios", ""].map((one) => h("th", { scope: "col" }, one || h("span", { class: "away" }, "Actions"))))), table))),
      h("section", { class: "card", "aria-label": "Scenarios" },
        h("header", { class: "top" }, title, words), switches),
      h("section", { class: "card", "aria-label": "Seed and clock" },
        h("h2", {}, "Seed"),
        form(async () => change("PUT", "seed", { seed: Number(seed.value) }, `Seed ${seed.value}`), field("Another seed is another world", seed), submit("Set")),
        h("h2", {}, "Clock"), now, modes,
        h("p", { class: "row" }, ...STEPS.map(([text, by]) => button(text, () => advance(by)))),
        form(() => advance(Number(seconds.value)), field("Seconds", seconds), submit("Advance")),
        form(() => change("PUT", "clock", { now: instant(setting.value) }, "The clock is set"), field("Date and time (UTC)", setting), submit("Set")))));
  for (const [mode, about] of Object.entries(MODES)) {
    modes.append(h("label", { class: "check" }, h("input", { type: "radio", name: "mode", value: mode, change: () => change("PUT", "clock", { mode }, `The clock is ${mode}`) }), h("span", {}, mode, " ", h("span", { class: "muted" }, about))));
  }
  words.addEventListener("input", filter);
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

export const keys = { "/": () => words.focus(), n: () => begin() };

const instant = (text) => `${text.replace(" ", "T")}${text.length === 16 ? ":00" : ""}Z`;

const submit = (text) => h("button", {}, text);

function form(act, ...children) {
  return h("form", { class: "line", submit: (happened) => {
    happened.preventDefault();
    act();
  } }, ...children);
}

async function fill() {
  const all = await refresh();
  const { scenarios } = await call("GET", "scenarios", { query: named() });
  const session = all.find((one) => one.name === current) ?? all[0];
  const more = all.length > MOST ? [h("tr", {}, h("td", { colspan: 5, class: "muted" }, `and ${all.length - MOST} more`))] : [];
  redraw(table, ...all.slice(0, MOST).map(row), ...more);
  title.textContent = `Scenarios of ${shown(current)}`;
  const at = new Date(session.clock.now);
  if (document.activeElement !== seed) seed.value = session.seed;
  now.textContent = `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
  if (document.activeElement !== setting) setting.value = at.toISOString().slice(0, 19).replace("T", " ");
  modes.querySelector(`[value=${session.clock.mode}]`).checked = true;
  draw(scenarios, session.scenarios);
}

function row(session) {
  const name = shown(session.name);
  return h("tr", { "aria-current": session.name === current ? "true" : null },
    h("th", { scope: "row" }, button(name, () => choose(session.name), { class: "quiet", title: "Look at this session" })),
    h("td", { class: "number" }, session.seed),
    h("td", {}, session.clock.now.slice(0, 19).replace("T", " "), " ", h("span", { class: "muted" }, session.clock.mode)),
    h("td", {}, session.scenarios.join(", ") || h("span", { class: "muted" }, "none")),
    h("td", { class: "row end" },
      button("Reset", () => reset(session.name), { class: "quiet", "aria-label": `Reset ${name}` }),
      session.name && button("Remove", () => remove(session.name), { class: "quiet", "aria-label": `Remove ${name}` })));
}

function draw(scenarios, on) {
  const byName = new Map();
  for (const one of scenarios) byName.set(one.name, [...(byName.get(one.name) ?? []), one]);
  const focused = document.activeElement?.dataset?.scenario;
  switches.replaceChildren(...[...byName].map(([name, all]) => {
    const input = h("input", { type: "checkbox", role: "switch", "data-scenario": name, change: () => turn(name, input.checked, on) });
    input.checked = on.includes(name);
    return h("label", { class: "switch" }, input,
      h("span", {}, h("strong", {}, name), " ", h("span", { class: "muted" }, all.map((one) => one.contract).join(", ")),
        ...[...new Set(all.map((one) => one.description))].slice(0, 1).map((text) => h("span", { class: "hint" }, text))));
  }));
  if (!scenarios.length) switches.replaceChildren(h("p", { class: "muted" }, "There are none. They are files in scenarios/ beside a contract."));
  if (focused) switches.querySelector(`[data-scenario="${CSS.escape(focused)}"]`)?.focus();
  filter();
}

function filter() {
  for (const one of switches.querySelectorAll("label")) one.hidden = !one.textContent.toLowerCase().includes(words.value.toLowerCase());
}

const turn = (name, isOn, on) => change("PUT", "scenarios", { scenarios: isOn ? [...on, name] : on.filter((one) => one !== name) }, `${name} is ${isOn ? "on" : "off"}`);

const advance = (by) => change("POST", "clock/advance", { seconds: by }, `${by} seconds have passed`);

async function change(method, path, body, told) {
  try {
    await call(method, path, { query: named(), body });
    say(told);
  } catch (error) {
    say(error.message, "bad");
  }
  await fill();
}

async function reset(name) {
  await call("POST", "reset", { query: { session: name } });
  say(`${shown(name)} is as it was when it began`);
  await fill();
}

async function resetAll() {
  await call("POST", "reset", { query: { all: true } });
  say("Every session is as it was when it began");
  await fill();
}

async function remove(name) {
  await call("DELETE", `sessions/${encodeURIComponent(name)}`);
  if (name === current) choose("");
  say(`${name} is gone`);
  await fill();
}
