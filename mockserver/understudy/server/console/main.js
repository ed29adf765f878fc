// The console: which view is shown, what keys do, light and dark.
import { forget } from "./contracts.js";
import * as coverage from "./coverage.js";
import { dialog, h, say } from "./dom.js";
import { journal } from "./journal.js";
import * as operations from "./operations.js";
import * as requests from "./requests.js";
import { refresh } from "./session.js";
import * as sessions from "./sessions.js";
import * as state from "./state.js";

const VIEWS = { requests, operations, sessions, state, coverage };
const SHORTCUTS = [
  ["1 … 5", "the views, from Requests to Coverage"],
  ["/", "filter what is listed"],
  ["↑ ↓ or j k", "go through the list; Home, End and pages too"],
  ["Enter", "go into what is chosen"],
  ["Esc", "back to the list"],
  ["c", "Requests: copy as curl"],
  ["s", "Requests: make this a scenario"],
  ["p", "Requests: pause, and go on"],
  ["Shift X", "Requests: clear"],
  ["n", "Sessions: new session; State: new snapshot"],
  ["r", "State: read again"],
  ["t", "light or dark"],
  ["?", "this list"],
];
const OFF = "understudy-keys-off";

const built = new Set();
let shown = "";

async function route() {
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/").map(decoded);
  const wanted = name in VIEWS ? name : "requests";
  if (shown !== wanted) change(wanted);
  try {
    await VIEWS[wanted].enter(name in VIEWS ? rest : []);
  } catch (error) {
    say(error.message, "bad");
  }
}

function change(wanted) {
  VIEWS[shown]?.leave?.();
  for (const view of document.querySelectorAll(".view")) view.hidden = view.id !== wanted;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === wanted) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  forget(); // contracts are followed by the server
  if (!built.has(wanted)) {
    built.add(wanted);
    VIEWS[wanted].build(document.getElementById(wanted));
  }
  if (shown) document.getElementById("main").focus({ preventScroll: true });
  shown = wanted;
  document.title = `${wanted[0].toUpperCase()}${wanted.slice(1)} · Understudy`;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function theme() {
  const { dataset } = document.documentElement;
  const dark = dataset.theme ? dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  dataset.theme = dark ? "light" : "dark";
  localStorage.setItem("understudy-theme", dataset.theme);
  say(dark ? "Light" : "Dark");
}

function help() {
  const off = h("input", { type: "checkbox", change: () => localStorage.setItem(OFF, off.checked ? "1" : "") });
  off.checked = Boolean(localStorage.getItem(OFF));
  dialog("Keyboard shortcuts",
    h("dl", { class: "shortcuts" }, ...SHORTCUTS.flatMap(([keys, does]) => [h("dt", {}, ...keys.split(" ").map((one) => (/^(or|…)$/.test(one) ? ` ${one} ` : h("kbd", {}, one)))), h("dd", {}, does)])),
    h("label", { class: "check" }, off, "Turn the shortcuts off, except this list"));
}

const everywhere = { "?": help, t: theme };

function press(happened) {
  if (happened.defaultPrevented || happened.ctrlKey || happened.metaKey || happened.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  const typing = happened.target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
  if (typing && happened.key === "Escape") return happened.target.blur();
  if (typing || (localStorage.getItem(OFF) && !["?", "Escape"].includes(happened.key))) return undefined;
  const view = Object.keys(VIEWS)[Number(happened.key) - 1];
  const act = everywhere[happened.key] ?? VIEWS[shown].keys?.[happened.key] ?? (view && (() => (location.hash = `#/${view}`)));
  if (!act) return undefined;
  happened.preventDefault();
  return Promise.resolve(act()).catch((error) => say(error.message, "bad"));
}

const live = document.getElementById("live");
journal.addEventListener("state", () => {
  live.dataset.state = journal.state;
  live.textContent = journal.state === "live" ? "live" : "no connection";
});
document.getElementById("theme").addEventListener("click", theme);
document.getElementById("shortcuts").addEventListener("click", help);
document.querySelector(".skip").addEventListener("click", (happened) => {
  happened.preventDefault();
  document.getElementById("main").focus();
});
addEventListener("keydown", press);
addEventListener("hashchange", route);
addEventListener("unhandledrejection", (happened) => say(happened.reason?.message ?? String(happened.reason), "bad"));

const known = new Set();
journal.addEventListener("change", () => {
  const fresh = journal.lines.filter((one) => one.session && !known.has(one.session));
  for (const one of fresh) known.add(one.session);
  if (fresh.length) refresh().catch(() => {});
});

route();
journal.run();
refresh().catch(() => {});
