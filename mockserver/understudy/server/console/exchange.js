// One exchange in full: what was wrong, what was asked and answered, and the schema beside it.
import { call } from "./api.js";
import { button, copy, dialog, h, pill } from "./dom.js";
import { bodyView } from "./json.js";
import { operationOf, responseOf } from "./contracts.js";
import { outline } from "./schema.js";
import { scenario } from "./scenario.js";
import { shown } from "./session.js";

let asked = "";

/** Show the entry of this id in `place`. */
export async function show(place, id, close) {
  if (place.dataset.entry === id) return;
  asked = id;
  place.dataset.entry = id;
  place.tabIndex = -1;
  try {
    const entry = await call("GET", `journal/entries/${id}`);
    const operation = entry.operation ? await operationOf(entry.contract, entry.operation) : null;
    if (asked === id) {
      place.replaceChildren(...(entry.event ? told(entry, close) : parts(entry, operation, close)));
      place.scrollTop = 0;
    }
  } catch (error) {
    if (asked !== id) return;
    place.replaceChildren(heading("Exchange", close), h("p", { class: "nothing" }, error.message));
    delete place.dataset.entry;
  }
}

function told(entry, close) {
  return [heading("Event", close), h("p", {}, entry.event), h("p", { class: "muted" }, entry.started)];
}

function heading(text, close, ...more) {
  return h("header", { class: "top" }, h("h2", {}, ...more, h("span", { class: "target" }, text)),
    button("×", close, { class: "icon", "aria-label": "Close", title: "Esc" }));
}

function parts(entry, operation, close) {
  const { request, response } = entry;
  const documented = operation && response && responseOf(operation, response.status);
  return [
    heading(request.target, close, h("span", { class: "method", "data-method": request.method }, request.method), " "),
    h("p", { class: "facts" },
      pill(response?.status ?? 0),
      h("span", {}, `${entry.milliseconds} ms`),
      operation ? h("a", { href: `#/operations/${entry.contract}/${encodeURIComponent(entry.operation)}` }, entry.operation) : h("span", {}, "no operation"),
      h("span", {}, `session ${shown(entry.session)}`),
      entry.rule && h("span", { class: "mark rule" }, `scenario ${entry.rule}`),
      h("span", { class: "muted" }, new Date(entry.started).toLocaleString())),
    h("p", { class: "row" },
      button("Copy as curl", () => copy(entry.curl, "The curl command is"), { "data-act": "curl", title: "c" }),
      button("Make this a scenario", () => offer(entry), { "data-act": "scenario", title: "s", disabled: !entry.operation || !response })),
    findings(entry.findings),
    h("div", { class: "beside" },
      section("Answer", response
        ? [fields(response.headers), bodyView(response.body)]
        : [h("p", { class: "muted" }, "The connection ended without an answer.")]),
      operation && section(`Schema${documented ? ` of ${documented.status}` : ""}`, schemaOf(operation, documented, response))),
    section("Request", [fields(request.headers), bodyView(request.body)]),
  ];
}

function section(title, children) {
  return h("section", { class: "part", "aria-label": title }, h("h3", {}, title), ...children.filter(Boolean));
}

function findings(all) {
  if (!all.length) return h("p", { class: "fine" }, "✓ Request and answer keep the contract.");
  return h("ul", { class: "findings", "aria-label": "Findings" }, ...all.map((one) => (one.check
    ? h("li", { "data-severity": one.severity },
      h("strong", {}, one.check), " ", h("span", { class: "muted" }, `${one.in}${one.subject ? `, ${one.subject}` : ""}`),
      h("p", {}, one.expected && `expected ${one.expected}, `, one.got))
    : h("li", { "data-severity": "note" }, one.note))));
}

function fields(all) {
  return h("details", { class: "fields" }, h("summary", {}, `${all.length} header fields`),
    h("dl", {}, ...all.flatMap((one) => [h("dt", {}, one.name), h("dd", {}, one.value)])));
}

function schemaOf(operation, documented, response) {
  if (!documented) return [h("p", { class: "bad" }, `Status ${response?.status ?? "none"} is not documented.`)];
  const kinds = Object.entries(documented.content);
  if (!kinds.length) return [h("p", { class: "muted" }, documented.description || "No body is documented.")];
  const sent = response.headers.find((one) => one.name.toLowerCase() === "content-type")?.value ?? "";
  const [kind, schema] = kinds.find(([name]) => sent.startsWith(name)) ?? kinds[0];
  return [h("p", { class: "muted" }, documented.description), outline(schema, operation.schemas, kind)];
}

/** Show the scenario that repeats an exchange. */
function offer(entry) {
  const text = scenario(entry);
  const name = `${entry.operation.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "").toLowerCase() || "scenario"}-${entry.response.status}`;
  const save = h("a", {
    class: "button", download: `${name}.yaml`, href: URL.createObjectURL(new Blob([text], { type: "application/yaml" })),
  }, "Download");
  const made = dialog("A scenario of this exchange",
    h("p", {}, "Keep it as ", h("code", {}, `scenarios/${name}.yaml`), " beside the contract, or give it to ", h("code", {}, `understudy serve --scenario ${name}.yaml`), "."),
    h("pre", { class: "code", tabindex: "0", id: "scenario-text", "aria-label": "Scenario" }, text),
    h("p", { class: "row" }, button("Copy", () => copy(text, "The scenario is"), { class: "main" }), save));
  made.addEventListener("close", () => URL.revokeObjectURL(save.href));
}
