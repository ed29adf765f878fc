// Write JSON values as YAML 1.2 in block style. What is not plainly a word is quoted as in JSON.

const PLAIN = /^[A-Za-z/_][A-Za-z0-9/_.,()*' -]*$/;
const WORDS = /^(y|n|yes|no|on|off|true|false|null|nan|inf)$/i;

/** Return a value as a YAML document. */
export function yaml(value) {
  return after(value, "").replace(/^[\n ]/, "");
}

function after(value, margin) {
  if (Array.isArray(value) && value.length) return `\n${items(value, margin)}`;
  if (value && typeof value === "object" && Object.keys(value).length) return `\n${members(value, margin)}`;
  return ` ${leaf(value)}\n`;
}

function members(value, margin) {
  return Object.entries(value).map(([name, one]) => `${margin}${key(name)}:${after(one, `${margin}  `)}`).join("");
}

function items(value, margin) {
  return value.map((one) => {
    const nested = after(one, `${margin}  `);
    return nested.startsWith("\n") ? `${margin}- ${nested.slice(1).slice(margin.length + 2)}` : `${margin}-${nested}`;
  }).join("");
}

const key = (name) => (name === "on" ? name : leaf(name));

function leaf(value) {
  if (typeof value !== "string") return JSON.stringify(value);
  if (PLAIN.test(value) && !WORDS.test(value) && !/[ ,]$/.test(value)) return value;
  return JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029\ufeff\ud800-\udfff]/gu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
