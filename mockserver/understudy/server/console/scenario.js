// Write a scenario that repeats an exchange, in the notation of scenario files.
import { yaml } from "./yaml.js";

const NOT_SAID = /^(content-length|content-type|date|connection|keep-alive|transfer-encoding|preference-applied|understudy-.*|access-control-.*|set-cookie|vary|location)$/i;

/** Return the YAML of a scenario in which requests like this one are answered like this one. */
export function scenario(entry) {
  const { request, response } = entry;
  const rule = { on: entry.operation };
  const when = condition(entry.valid ?? {}, request);
  if (Object.keys(when).length) rule.when = when;
  rule.answer = answer(response);
  if (entry.findings.some((one) => one.in === "response" && one.check && one.severity === "error")) rule["breaks-contract"] = true;
  const description = `${request.method} ${request.target.split("?")[0]} is answered ${response.status}, as it was at ${entry.started.slice(0, 19)}Z.`;
  const cut = response.body.cut ? "# The body was too long to be kept whole; the usual one is answered.\n" : "";
  return cut + yaml({ description, rules: [rule] });
}

/** Return which requests are like this one: valid parameters that were sent, and valid members. */
function condition(valid, request) {
  const sent = new URLSearchParams(request.target.split("?")[1] ?? "");
  const when = {};
  const query = Object.entries(valid.query ?? {}).filter(([name]) => sent.has(name));
  for (const [place, pairs] of [["path", Object.entries(valid.path ?? {})], ["query", query]]) {
    if (pairs.length) when[place] = Object.fromEntries(pairs.map(([name, value]) => [name, exactly(value)]));
  }
  const body = valid.body;
  if (body && typeof body === "object" && !Array.isArray(body)) {
    const plain = Object.entries(body).filter(([, value]) => value === null || typeof value !== "object");
    if (plain.length) when.body = Object.fromEntries(plain.map(([name, value]) => [`/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, value]));
  }
  return when;
}

/** A mapping would be taken for a schema. */
const exactly = (value) => (value && typeof value === "object" && !Array.isArray(value) ? { const: value } : value);

function answer(response) {
  const said = { status: response.status };
  const fields = response.headers.filter((one) => !NOT_SAID.test(one.name)).map((one) => [one.name, one.value]);
  const kind = response.headers.find((one) => one.name.toLowerCase() === "content-type")?.value;
  const { body } = response;
  if ("json" in body) said.body = body.json;
  else if ("text" in body && !body.cut) {
    said.body = body.text;
    if (kind) fields.push(["Content-Type", kind]);
  }
  if (fields.length) said.headers = Object.fromEntries(fields);
  return said;
}
