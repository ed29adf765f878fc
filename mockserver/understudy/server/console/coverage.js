// How much of the contract the traffic so far has reached: answers and parameters, as a picture.
import { contracts } from "./contracts.js";
import { h, redraw, select, svg } from "./dom.js";
import { journal } from "./journal.js";

const MANY = 40;
const WIDEST = 1100;
const MOST = 400;
const numbers = h("div", { class: "numbers" });
const picture = h("div", { class: "picture" });
const rows = h("div", { class: "coverage" });
const picked = select([["", "all operations"], ["partly", "not fully reached"], ["never", "never asked"]], { "aria-label": "Which operations" });
let told = [];
let drawn = "";
let visible = false;

/** Build the view. */
export function build(view) {
  view.append(h("h1", { class: "away" }, "Coverage"),
    h("div", { class: "filters" }, picked, h("span", { class: "muted" }, "of the requests that the journal holds; every square is a documented answer")),
    numbers, picture, rows);
  picked.addEventListener("input", draw);
  journal.addEventListener("change", () => visible && draw());
}

/** Show what is reached now. */
export async function enter() {
  visible = true;
  told = await contracts();
  drawn = "";
  draw();
}

/** Nothing is shown any more. */
export function leave() {
  visible = false;
}

export const keys = { "/": () => picked.focus() };

/** Return what was seen of each operation, by contract and id. */
function seen() {
  const found = new Map();
  for (const line of journal.lines) {
    if (!line.operation) continue;
    const key = JSON.stringify([line.contract, line.operation]);
    let one = found.get(key);
    if (!one) found.set(key, (one = { statuses: new Map(), names: new Set(), count: 0 }));
    one.count += 1;
    one.statuses.set(line.status, (one.statuses.get(line.status) ?? 0) + 1);
    const query = line.target.indexOf("?");
    if (query >= 0) {
      for (const pair of line.target.slice(query + 1).split("&")) one.names.add(pair.split("=")[0]);
    }
  }
  return found;
}

function reached(contract, operation, all) {
  const one = all.get(JSON.stringify([contract.name, operation.id])) ?? { statuses: new Map(), names: new Set(), count: 0 };
  const names = new Set([...one.names].map(decoded));
  const left = new Map(one.statuses);
  left.delete(0);
  const answers = operation.statuses.filter((status) => /^\d+$/.test(status)).map((status) => {
    const count = left.get(Number(status)) ?? 0;
    left.delete(Number(status));
    return { status, count };
  });
  for (const range of operation.statuses.filter((status) => !/^\d+$/.test(status))) {
    const fits = [...left].filter(([status]) => range === "default" || String(status)[0] === range[0]);
    for (const [status] of fits) left.delete(status);
    answers.push({ status: range, count: fits.reduce((sum, [, count]) => sum + count, 0) });
  }
  const queried = operation.parameters.filter((each) => each.in === "query").map((each) => ({ ...each, seen: names.has(each.name) || [...names].some((name) => name.startsWith(`${each.name}[`)) }));
  return { contract, operation, count: one.count, answers, parameters: queried, others: [...left] };
}

const decoded = (text) => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
};

function draw() {
  const all = seen();
  const each = told.flatMap((contract) => contract.operations.map((operation) => reached(contract, operation, all)));
  const now = JSON.stringify([picked.value, each.map((one) => [one.count, one.answers, one.parameters, one.others])]);
  if (now === drawn) return;
  drawn = now;
  const answers = each.flatMap((one) => one.answers);
  const parameters = each.flatMap((one) => one.parameters);
  numbers.replaceChildren(
    share("Operations", each.filter((one) => one.count).length, each.length),
    share("Answers", answers.filter((one) => one.count).length, answers.length),
    share("Query parameters", parameters.filter((one) => one.seen).length, parameters.length));
  picture.replaceChildren(...told.map((contract) => mosaic(contract, each.filter((one) => one.contract === contract))));
  const wanted = { "": () => true, never: (one) => !one.count, partly: (one) => one.answers.some((a) => !a.count) || one.parameters.some((p) => !p.seen) }[picked.value];
  const shown = each.filter(wanted);
  const more = shown.length > MOST ? [h("p", { class: "muted" }, `and ${shown.length - MOST} more`)] : [];
  redraw(rows, ...shown.slice(0, MOST).map(row), ...more);
}

function share(label, part, whole) {
  const percent = whole ? (100 * part) / whole : 100;
  const told = percent > 0 && percent < 1 ? "< 1 %" : `${Math.floor(percent)} %`;
  const bar = svg("svg", { viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { width: 100, height: 4, class: "rest" }), svg("rect", { width: percent, height: 4, class: "part" }));
  return h("div", { class: "share" }, h("span", { class: "muted" }, label), h("strong", {}, told), h("span", {}, `${part.toLocaleString("en")} of ${whole.toLocaleString("en")}`), bar);
}

/** Return a picture: a strip for each operation, a square for each of its answers. */
function mosaic(contract, each) {
  const size = each.length > MANY ? 7 : 16;
  const longest = Math.max(1, ...each.map((one) => one.answers.length));
  const strip = longest * size + size;
  const perLine = each.length > MANY ? Math.max(1, Math.floor(WIDEST / strip)) : 1;
  const width = Math.min(each.length, perLine) * strip;
  const height = Math.ceil(each.length / perLine) * size;
  const made = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${contract.title}: ${each.filter((one) => one.count).length} of ${each.length} operations reached` });
  each.forEach((one, place) => {
    one.answers.forEach(({ status, count }, index) => {
      made.append(svg("rect", {
        x: (place % perLine) * strip + index * size + 1, y: Math.floor(place / perLine) * size + 1,
        width: size - 2, height: size - 2, rx: size / 6, class: count ? "reached" : "open", "data-class": status[0],
      }, svg("title", {}, `${one.operation.id} ${status}: ${count}`)));
    });
  });
  return h("figure", {}, made, h("figcaption", { class: "muted" }, contract.title));
}

function row(one) {
  const { contract, operation } = one;
  return h("div", { class: "reach" },
    h("div", { class: "name" },
      h("span", { class: "method", "data-method": operation.method }, operation.method), " ",
      h("a", { href: `#/operations/${encodeURIComponent(contract.name)}/${encodeURIComponent(operation.id)}` }, operation.path), " ",
      h("span", { class: "muted" }, one.count ? `${one.count.toLocaleString("en")} requests` : "never asked")),
    h("ul", { class: "chips", "aria-label": `Answers of ${operation.id}` },
      ...one.answers.map(({ status, count }) => h("li", { class: count ? "chip reached" : "chip", "data-class": status[0] }, status, h("span", { class: count ? "times" : "away" }, count ? ` ${count.toLocaleString("en")}` : " not reached"))),
      ...one.others.map(([status, count]) => h("li", { class: "chip undocumented" }, `${status} ${count} not documented`))),
    one.parameters.length > 0 && h("ul", { class: "chips", "aria-label": `Query parameters of ${operation.id}` },
      ...one.parameters.map((each) => h("li", { class: each.seen ? "chip name reached" : "chip name" }, each.name, h("span", { class: "away" }, each.seen ? " seen" : " not seen")))));
}
