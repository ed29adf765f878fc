// The requests as they come: filter, list, and one of them in full.
import { button, h, later, pill, say, select } from "./dom.js";
import { show } from "./exchange.js";
import { journal } from "./journal.js";
import { VirtualList } from "./list.js";
import { sessions, shown } from "./session.js";

const STATUSES = [["", "any status"], ["2", "2xx"], ["3", "3xx"], ["4", "4xx"], ["5", "5xx"], ["0", "no answer"]];
const ROW = 30;
const UUID = /\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;

const text = h("input", { type: "search", placeholder: "Filter: text, path, operation …", "aria-label": "Filter by text", title: "/", spellcheck: "false" });
const status = select(STATUSES, { "aria-label": "Filter by status" });
const operation = select([["", "any operation"]], { "aria-label": "Filter by operation" });
const session = select([["*", "any session"]], { "aria-label": "Filter by session" });
const wrong = h("input", { type: "checkbox", id: "only-findings" });
const count = h("span", { class: "count", id: "count" });
const pause = button("Pause", () => toggle(), { id: "pause", title: "p", "aria-pressed": "false" });
const clear = button("Clear", () => empty(), { id: "clear", title: "Forget these requests (Shift+X)" });
const root = h("div", { id: "lines" });
const nothing = h("div", { class: "nothing" });
const detail = h("div", { id: "exchange", class: "detail", role: "region", "aria-label": "Exchange", hidden: true });
let list;
let open = "";

/** Build the view. */
export function build(view) {
  view.append(
    h("h1", { class: "away" }, "Requests"),
    h("form", { class: "filters", role: "search", submit: (happened) => happened.preventDefault() },
      text, status, operation, session,
      h("label", { class: "check" }, wrong, "only with findings"),
      count, h("span", { class: "grow" }), pause, clear),
    h("div", { class: "split" },
      h("div", { class: "lines" },
        h("div", { class: "head row-grid", "aria-hidden": "true" },
          ...["Time", "Method", "Status", "Target", "Operation", "Session", "ms", ""].map((one) => h("span", {}, one))),
        root, nothing),
      detail));
  list = new VirtualList(root, {
    height: ROW, label: "Requests, newest first", key: (line) => line.id, version: (line) => line.findings, draw,
    choose: (line, opened) => go(line.id, opened),
  });
  journal.addEventListener("change", () => refresh());
  const changed = later(() => {
    journal.judgeAll(wrong.checked);
    refresh();
    say(`${list.items.length.toLocaleString("en")} requests`, "quiet");
  }, 80);
  for (const one of [text, status, operation, session, wrong]) one.addEventListener("input", changed);
  text.addEventListener("keydown", (happened) => {
    if (happened.key === "ArrowDown" || happened.key === "Enter") list.focus();
  });
  refresh();
}

/** Show the entry that the address names. */
export function enter([id = ""]) {
  open = id;
  list.mark(id);
  detail.hidden = !id;
  detail.parentElement.classList.toggle("opened", Boolean(id));
  if (id) show(detail, id, close);
}

/** What keys do here. */
export const keys = {
  "/": () => text.focus(),
  p: () => toggle(),
  X: () => empty(),
  j: () => list.step(1),
  k: () => list.step(-1),
  c: () => detail.querySelector("[data-act=curl]")?.click(),
  s: () => detail.querySelector("[data-act=scenario]")?.click(),
  Escape: () => close(),
};

function go(id, opened) {
  if (id !== open) history.replaceState(null, "", `#/requests/${id}`);
  enter([id]);
  if (opened) detail.focus();
}

function close() {
  if (!open) return;
  history.replaceState(null, "", "#/requests");
  enter([]);
  list.focus();
}

function toggle() {
  journal.paused = !journal.paused;
  pause.setAttribute("aria-pressed", journal.paused);
  say(journal.paused ? "Paused" : "Going on");
}

async function empty() {
  const one = session.value;
  await journal.clear(one === "*" ? undefined : one);
  close();
  say(one === "*" ? "All requests are forgotten" : `The requests of ${shown(one)} are forgotten`);
}

function refresh() {
  choices();
  const found = matching();
  list.items = found;
  const all = journal.lines.length;
  const number = (one) => one.toLocaleString("en");
  count.textContent = found.length === all ? `${number(all)}` : `${number(found.length)} of ${number(all)}`;
  pause.textContent = journal.paused ? `Go on${journal.held ? ` (${number(journal.held)})` : ""}` : "Pause";
  nothing.hidden = found.length > 0;
  if (!found.length) nothing.replaceChildren(...(all ? [h("p", {}, "No request fits the filter.")] : welcome()));
}

function welcome() {
  return [
    h("p", {}, "Nothing was asked yet."),
    h("p", { class: "muted" }, "Point your app at ", h("code", {}, location.origin), ", or ",
      h("a", { href: "#/operations" }, "try an operation"), "."),
  ];
}

/** Return the lines that fit the filter, newest first. */
function matching() {
  const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
  const [wantedStatus, wantedOperation, wantedSession] = [status.value, operation.value, session.value];
  const found = [];
  for (let index = journal.lines.length - 1; index >= 0; index -= 1) {
    const line = journal.lines[index];
    if (wantedSession !== "*" && line.session !== wantedSession) continue;
    if (wantedStatus && (line.event || Math.floor(line.status / 100) !== Number(wantedStatus))) continue;
    if (wantedOperation && `${line.contract} ${line.operation}` !== wantedOperation) continue;
    if (wrong.checked && !line.findings?.some((one) => one.check)) continue;
    if (words.every((word) => line.text.includes(word))) found.push(line);
  }
  return found;
}

const known = { operations: new Set(), sessions: new Set() };

/** Offer the operations and sessions that there are. */
function choices() {
  const operations = new Map();
  const names = new Map([["", "default"], ...sessions.map((one) => [one.name, shown(one.name)])]);
  for (const line of journal.lines) {
    if (line.operation) operations.set(`${line.contract} ${line.operation}`, line.operation);
    if (line.session) names.set(line.session, line.session);
  }
  offer(operation, [["", "any operation"]], operations, known.operations);
  offer(session, [["*", "any session"]], names, known.sessions);
}

function offer(control, first, pairs, had) {
  if (pairs.size === had.size && [...pairs.keys()].every((one) => had.has(one))) return;
  had.clear();
  for (const one of pairs.keys()) had.add(one);
  const { value } = control;
  const sorted = [...pairs].sort(([a], [b]) => (a < b ? -1 : 1));
  control.replaceChildren(...[...first, ...sorted].map(([name, label]) => h("option", { value: name }, label)));
  control.value = pairs.has(value) ? value : first[0][0];
}

function draw(line) {
  const time = h("span", { class: "time" }, clock(line.started));
  if (line.event) return [h("span", { class: "row-grid event" }, time, h("span", { class: "wide" }, line.event))];
  const marks = (line.findings ?? []).filter((one) => one.check);
  const bad = marks.some((one) => one.severity === "error");
  return [h("span", { class: "row-grid" },
    time,
    h("span", { class: "method", "data-method": line.method }, line.method),
    pill(line.status),
    h("span", { class: "target", title: line.target }, h("bdi", {}, line.target.replace(UUID, "$1…"))),
    h("span", { class: "operation" }, line.operation || "—"),
    h("span", { class: "session" }, line.session),
    h("span", { class: "number" }, line.milliseconds < 10 ? line.milliseconds.toFixed(1) : Math.round(line.milliseconds)),
    h("span", { class: "marks" }, mark(line, marks, bad)))];
}

function mark(line, marks, bad) {
  if (marks.length) {
    return h("span", { class: bad ? "mark bad" : "mark warn", title: marks.map((one) => one.check).join(", ") },
      marks.length, h("span", { class: "away" }, marks.length === 1 ? " finding" : " findings"));
  }
  return line.rule && h("span", { class: "mark rule", title: `scenario ${line.rule}` }, "◆", h("span", { class: "away" }, " by a scenario"));
}

/** Return the time of day. */
function clock(started) {
  const at = new Date(started);
  const two = (one) => String(one).padStart(2, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}
