// A form for one operation: fill it in, send it, take it along as code.
import { field, h, pill, say, select } from "./dom.js";
import { code } from "./json.js";
import { SAMPLES } from "./samples.js";
import { current, shown, watch } from "./session.js";
import { typeOf } from "./schema.js";

const FORBIDDEN = new Set(["cookie", "host", "content-length"]);
let repaint = () => {};
watch(() => repaint());

/** Return the form for an operation that is served at `base`. */
export function trial(operation, base) {
  const inputs = operation.parameters.map((one) => ({ ...one, input: control(one, operation.schemas) }));
  const credentials = operation.credentials.map((one) => ({ ...one, input: h("input", { value: one.value, spellcheck: "false", autocomplete: "off" }) }));
  const body = operation.body && h("textarea", { rows: Math.min(16, pretty(operation.body.example).split("\n").length + 1), value: pretty(operation.body.example), spellcheck: "false" });
  const prefer = select([["", "the usual answer"], ...operation.statuses.filter((one) => /^\d+$/.test(one)).map((one) => [one, one])]);
  const where = h("span", { class: "muted" });
  const sample = h("div", { class: "sample" });
  const answered = h("div", { class: "answered" });
  const tabs = Object.keys(SAMPLES).map((name, index) => h("label", { class: "tab" },
    h("input", { type: "radio", name: "sample", value: name, checked: index === 0 }), h("span", {}, name)));
  const wanted = () => request(operation, base, inputs, credentials, body?.value, prefer.value);
  const paint = () => {
    const { value } = form.querySelector("input[name=sample]:checked");
    where.textContent = `in session ${shown(current)}`;
    sample.replaceChildren(code(SAMPLES[value](wanted()), `Sample for ${value}`, false));
  };
  const form = h("form", { class: "trial", input: paint, submit: (happened) => {
    happened.preventDefault();
    send(wanted(), answered);
  } },
  inputs.length > 0 && h("fieldset", {}, h("legend", {}, "Parameters"), ...inputs.map((one) => labelled(one, operation.schemas))),
  credentials.length > 0 && h("fieldset", {}, h("legend", {}, "Credentials"), ...credentials.map((one) => field(`${one.name} (${one.in}, ${one.kind})`, one.input))),
  body && h("fieldset", {}, h("legend", {}, "Body"), field(operation.body.media_type, body, { class: "field whole" })),
  h("p", { class: "row" }, h("button", { class: "main" }, "Send"), field("Prefer", prefer, { class: "field inline" }), where),
  answered,
  h("fieldset", { class: "samples" }, h("legend", {}, "As code"), h("div", { class: "tabs" }, ...tabs), sample));
  repaint = () => form.isConnected && paint();
  paint();
  return form;
}

function labelled(one, schemas) {
  const note = `${one.in} · ${typeOf(one.schema, schemas)}${one.required ? " · required" : ""}`;
  return h("label", { class: "field" },
    h("span", {}, h("code", {}, one.name), " ", h("span", { class: "muted" }, note)),
    one.input,
    one.description ? h("span", { class: "hint" }, one.description) : null);
}

function control(parameter, schemas) {
  const schema = parameter.schema?.$ref ? schemas[parameter.schema.$ref.split("/").pop()] ?? {} : parameter.schema;
  const first = parameter.required || parameter.in === "path" ? written(parameter.example) : "";
  const values = schema.enum ?? (schema.type === "boolean" ? [true, false] : null);
  if (!values) return h("input", { value: first, placeholder: written(parameter.example), spellcheck: "false", autocomplete: "off", required: parameter.required });
  const pairs = values.filter((one) => one !== null).map((one) => [String(one), String(one)]);
  return select(parameter.required ? pairs : [["", "—"], ...pairs], { value: first });
}

const written = (value) => (value === null || value === undefined ? "" : typeof value === "object" ? (Array.isArray(value) && value.every((one) => typeof one !== "object") ? value.join(",") : JSON.stringify(value)) : String(value));

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Return the request that the form describes. */
function request(operation, base, inputs, credentials, body, prefer) {
  let path = operation.path;
  const query = [];
  const headers = [];
  for (const { name, in: place, value } of credentials.map((one) => ({ ...one, value: one.input.value }))) {
    if (place === "query" && value) query.push([name, value]);
    else if (place === "header" && value) headers.push([name, value]);
    else if (place === "cookie" && value) headers.push(["Cookie", `${name}=${value}`]);
  }
  for (const one of inputs) {
    const { value } = one.input;
    if (one.in === "path") path = path.replace(`{${one.name}}`, encodeURIComponent(value));
    else if (value !== "" && one.in === "query") query.push(...pairs(one, value));
    else if (value !== "") headers.push(one.in === "cookie" ? ["Cookie", `${one.name}=${value}`] : [one.name, value]);
  }
  if (prefer) headers.push(["Prefer", `code=${prefer}`]);
  if (current) headers.push(["X-Understudy-Session", current]);
  if (body) headers.push(["Content-Type", operation.body.media_type]);
  const search = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value).replaceAll("%2C", ",")}`).join("&");
  return { method: operation.method, url: `${location.origin}${base}${path}${search ? `?${search}` : ""}`, headers, body: body || null };
}

/** Return the pairs of a query parameter: lists are written with commas, mappings as JSON. */
function pairs(one, value) {
  if (one.style === "deepObject") {
    try {
      return Object.entries(JSON.parse(value)).map(([key, member]) => [`${one.name}[${key}]`, String(member)]);
    } catch {
      return [[one.name, value]];
    }
  }
  const isList = one.schema?.type === "array";
  return isList && one.explode !== false && (one.style || "form") === "form" ? value.split(",").map((part) => [one.name, part]) : [[one.name, value]];
}

async function send(wanted, place) {
  const began = performance.now();
  const headers = wanted.headers.filter(([name]) => !FORBIDDEN.has(name.toLowerCase()));
  const cookies = wanted.headers.filter(([name]) => name === "Cookie");
  for (const [, pair] of cookies) document.cookie = `${pair}; path=/; SameSite=Strict`;
  try {
    const answered = await fetch(wanted.url, { method: wanted.method, headers, body: wanted.body, cache: "no-store", credentials: "same-origin" });
    const text = await answered.text();
    const took = Math.round(performance.now() - began);
    const isJson = (answered.headers.get("content-type") ?? "").includes("json");
    say(`Answered ${answered.status}`, "quiet");
    place.replaceChildren(
      h("p", { class: "facts" }, pill(answered.status), h("span", {}, `${took} ms`), h("span", { class: "muted" }, answered.headers.get("content-type") ?? "no body")),
      ...(text ? [code(isJson ? pretty(text) : text, "Answer", isJson)] : []));
  } catch (error) {
    say("No answer", "quiet");
    place.replaceChildren(h("p", { class: "bad" }, `No answer: ${error.message}. A fault of a scenario looks like this.`));
  } finally {
    for (const [, pair] of cookies) document.cookie = `${pair.split("=")[0]}=; path=/; Max-Age=0`;
  }
}
