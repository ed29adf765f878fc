// A JSON Schema as an outline: members with their types; references open when they are asked for.
import { h } from "./dom.js";

const PREFIX = "#/components/schemas/";
const FACTS = [
  "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
  "multipleOf", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "default",
];
const OPEN = 2;

/** Return the outline of a schema; `schemas` are those that references lead to. */
export function outline(schema, schemas, label) {
  return h("div", { class: "schema", role: "region", "aria-label": `Schema ${label}`, tabindex: "0" },
    h("p", { class: "kind" }, label), ...node(schema, schemas, 0));
}

/** Return the name of the type of a schema. */
export function typeOf(schema, schemas) {
  const [found, name] = resolved(schema, schemas);
  if (found === true || found === undefined) return "anything";
  if (found === false) return "nothing";
  if (found.const !== undefined) return JSON.stringify(found.const);
  if (found.enum) return "one of";
  const kinds = [found.type ?? (found.properties ? "object" : found.items ? "array" : "anything")].flat();
  const told = kinds.map((kind) => (kind === "array" && found.items !== undefined ? `array of ${typeOf(found.items, schemas)}` : kind));
  const alternative = ["oneOf", "anyOf", "allOf"].find((key) => found[key]);
  const text = found.type || !alternative ? told.join(" or ") : { oneOf: "one of several", anyOf: "any of several", allOf: "all of several" }[alternative];
  return name ? `${name}` : text;
}

function resolved(schema, schemas) {
  const name = schema?.$ref?.startsWith?.(PREFIX) ? schema.$ref.slice(PREFIX.length) : "";
  return name in schemas && name ? [schemas[name], name] : [schema, ""];
}

/** Yield what a schema says about its members. */
function* node(schema, schemas, depth) {
  const [found] = resolved(schema, schemas);
  if (typeof found !== "object" || found === null) return;
  if (found.type !== "object" && found.items !== undefined) {
    yield* depth ? node(found.items, schemas, depth) : [line("each item", found.items, schemas, false, depth)];
  }
  const members = Object.entries(found.properties ?? {});
  if (members.length) {
    yield h("ul", {}, ...members.map(([name, one]) => line(name, one, schemas, found.required?.includes(name), depth)));
  } else if (!depth && found.items === undefined) yield h("p", {}, described(found, schemas));
  for (const key of ["allOf", "oneOf", "anyOf"]) {
    if (found[key]) {
      yield h("p", { class: "muted" }, { allOf: "All of:", oneOf: "One of:", anyOf: "Any of:" }[key]);
      yield h("ul", {}, ...found[key].map((one, index) => line(String(index + 1), one, schemas, false, depth)));
    }
  }
}

function line(name, schema, schemas, required, depth) {
  const [found] = resolved(schema, schemas);
  const head = [h("code", { class: "member" }, name), required ? h("span", { class: "required", title: "required" }, "*", h("span", { class: "away" }, "required")) : null, " ", described(schema, schemas)];
  const inner = typeof found === "object" && found !== null && (found.properties || found.items?.$ref || found.items?.properties || found.allOf || found.oneOf || found.anyOf);
  if (!inner) return h("li", {}, ...head);
  const box = h("details", {}, h("summary", {}, ...head));
  const fill = () => box.childElementCount === 1 && box.append(...node(schema, schemas, depth + 1));
  box.addEventListener("toggle", fill);
  if (depth < OPEN - 1) {
    box.open = true;
    fill();
  }
  return h(name === "each item" ? "div" : "li", {}, box);
}

function described(schema, schemas) {
  const [found] = resolved(schema, schemas);
  const type = h("span", { class: "type" }, typeOf(schema, schemas));
  if (typeof found !== "object" || found === null) return type;
  const facts = FACTS.filter((key) => found[key] !== undefined).map((key) => (key === "format" ? found.format : `${key} ${JSON.stringify(found[key])}`));
  const values = found.enum?.map((one) => JSON.stringify(one)).join(", ");
  return h("span", {}, type, " ", h("span", { class: "muted" }, [values, ...facts].filter(Boolean).join(", ")),
    found.description ? h("span", { class: "about" }, found.description) : null);
}
