// Ask the control API. Addresses are relative, so that a prefix of the path may name a session.
import { dialog, field, h } from "./dom.js";

const BASE = new URL(".", location.href.split("#")[0]);
const KEY = "understudy-token";
let asking = null;

/** A refusal of the control API, in its words. */
export class Refusal extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

/**
 * Return what the control API answers; undefined for nothing. Asks for the token where there is one.
 * @param {string} method
 * @param {string} path
 * @param {{query?: Record<string, any>, body?: any}} [options]
 */
export async function call(method, path, { query = {}, body } = {}) {
  const answered = await send(method, path, query, body === undefined ? {} : {
    body: JSON.stringify(body), headers: { "Content-Type": "application/json" },
  });
  return answered.status === 204 ? undefined : answered.json();
}

/**
 * Follow events until `signal` aborts; ends when the server does. `opened` is told of the start.
 * @param {(kind: string, data: any) => void} take
 */
export async function follow(path, { query = {}, last, signal, opened }, take) {
  const answered = await send("GET", path, query, { signal, headers: last ? { "Last-Event-ID": last } : {} });
  opened?.();
  const reader = answered.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) event(block, take);
  }
}

function event(block, take) {
  let kind = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) kind = line.slice(7);
    else if (line.startsWith("data: ")) data.push(line.slice(6));
  }
  if (data.length) take(kind, JSON.parse(data.join("\n")));
}

async function send(method, path, query, init) {
  const url = new URL(path, BASE);
  for (const [name, value] of Object.entries(query)) {
    if (value !== "" && value !== undefined) url.searchParams.set(name, value);
  }
  const token = sessionStorage.getItem(KEY);
  const headers = { ...init.headers, ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  const answered = await fetch(url, { cache: "no-store", ...init, method, headers });
  if (answered.status === 401) {
    await (asking ??= ask(token));
    return send(method, path, query, init);
  }
  if (!answered.ok) throw new Refusal(answered.status, await reason(answered));
  return answered;
}

async function reason(answered) {
  try {
    const told = await answered.json();
    const errors = (told.errors ?? []).map((one) => `${one.pointer ?? ""} ${one.detail ?? ""}`.trim());
    return [told.detail ?? told.title, ...errors].filter(Boolean).join("; ") || `Status ${answered.status}`;
  } catch {
    return `Status ${answered.status}`;
  }
}

/** Ask for the token of the server, until one is given. */
function ask(tried) {
  return new Promise((given) => {
    const input = h("input", { type: "password", autocomplete: "off", required: true, name: "token" });
    const shown = dialog("Control token",
      h("form", { submit: (happened) => {
        happened.preventDefault();
        sessionStorage.setItem(KEY, input.value.trim());
        shown.close();
      } },
      h("p", {}, tried ? "This token is not the one of the server." : "The server was started with --control-token. The token is kept until this tab is closed."),
      field("Token", input),
      h("p", { class: "row" }, h("button", { class: "main" }, "Continue"))));
    input.focus();
    shown.addEventListener("close", () => {
      asking = null;
      given();
    });
  });
}
