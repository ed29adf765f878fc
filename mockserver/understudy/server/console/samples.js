// One request in the words of curl, fetch and httpx.

/**
 * @typedef {{method: string, url: string, headers: [string, string][], body: string | null}} Wanted
 */

/** The samples there are, by the name of each. */
export const SAMPLES = { curl, fetch: script, httpx: python };

/** @param {Wanted} wanted */
function curl({ method, url, headers, body }) {
  const asks = { GET: "", HEAD: "--head " }[method] ?? `--request ${method} `;
  const words = [`curl ${asks}${shell(url)}`];
  for (const [name, value] of headers) words.push(`--header ${shell(value.trim() ? `${name}: ${value}` : `${name};`)}`);
  if (body !== null) words.push(`--data-raw ${shell(body)}`);
  return words.join(" \\\n  ");
}

/** @param {Wanted} wanted */
function script({ method, url, headers, body }) {
  const options = [];
  if (method !== "GET") options.push(`  method: ${JSON.stringify(method)},`);
  if (headers.length) {
    options.push("  headers: {", ...headers.map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)},`), "  },");
  }
  if (body !== null) {
    const value = parsed(body);
    options.push(`  body: ${value === undefined ? JSON.stringify(body) : `JSON.stringify(${indented(JSON.stringify(value, null, 2))})`},`);
  }
  const more = options.length ? `, {\n${options.join("\n")}\n}` : "";
  return `const response = await fetch(${JSON.stringify(url)}${more});\nconst answer = await response.json();`;
}

/** @param {Wanted} wanted */
function python({ method, url, headers, body }) {
  const value = body === null ? undefined : parsed(body);
  const given = value === undefined ? headers : headers.filter(([name]) => name.toLowerCase() !== "content-type");
  const lines = [`    ${JSON.stringify(method)},`, `    ${JSON.stringify(url)},`];
  if (given.length) {
    lines.push("    headers={", ...given.map(([name, one]) => `        ${JSON.stringify(name)}: ${JSON.stringify(one)},`), "    },");
  }
  if (value !== undefined) lines.push(`    json=${literal(value, "    ")},`);
  else if (body !== null) lines.push(`    content=${JSON.stringify(body)},`);
  return `import httpx\n\nresponse = httpx.request(\n${lines.join("\n")}\n)\nresponse.raise_for_status()\nanswer = response.json()`;
}

/** Return the value of a JSON text; undefined for another, and for numbers that would change. */
function parsed(body) {
  if (/\d{16}/.test(body)) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const shell = (text) => (/^[A-Za-z0-9_./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
const indented = (text) => text.replaceAll("\n", "\n  ");

/** Return a value as Python writes it. */
function literal(value, margin) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  const inner = `${margin}    `;
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map((one) => `${inner}${literal(one, inner)},`)
    : Object.entries(value).map(([name, one]) => `${inner}${JSON.stringify(name)}: ${literal(one, inner)},`);
  const [open, close] = isList ? "[]" : "{}";
  return parts.length ? `${open}\n${parts.join("\n")}\n${margin}${close}` : open + close;
}
