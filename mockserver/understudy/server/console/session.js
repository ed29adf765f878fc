// The session that is looked at, and those there are.
import { call } from "./api.js";
import { dialog, field, h, say } from "./dom.js";

const KEY = "understudy-session";
const NEW = "\n";
const picker = document.getElementById("session");
const listeners = new Set();
const prefixed = location.pathname.match(/^\/~([^/]+)\//)?.[1] ?? "";

/** What is looked at; the name of that of everybody else is empty. */
export let current = prefixed ? decodeURIComponent(prefixed) : sessionStorage.getItem(KEY) ?? "";
/** All sessions, as the control API tells them. */
export let sessions = [];

/** Call `act` whenever another session is chosen, or one has changed. */
export function watch(act) {
  listeners.add(act);
}

/** Look at another session. */
export function choose(name) {
  current = name;
  sessionStorage.setItem(KEY, name);
  fill();
  for (const act of listeners) act();
}

/** Ask which sessions there are. */
export async function refresh() {
  ({ sessions } = await call("GET", "sessions"));
  fill();
  return sessions;
}

/** Return how the session is called. */
export const shown = (name) => name || "default";

/** Return the query that names the session that is looked at. */
export const named = () => ({ session: current });

let listed = "";

function fill() {
  const names = new Set(["", ...sessions.map((one) => one.name), current]);
  const now = JSON.stringify([...names]);
  if (now === listed) { // and may be open
    picker.value = current;
    return;
  }
  listed = now;
  const options = [...names].map((name) => h("option", { value: name }, shown(name)));
  picker.replaceChildren(...options, h("option", { value: NEW }, "new session …"));
  picker.value = current;
}

/** Ask for the name of a session that is to begin. */
export function begin() {
  const input = h("input", { required: true, pattern: "[A-Za-z0-9][A-Za-z0-9._\\-]{0,63}", autocomplete: "off", spellcheck: "false" });
  const asked = dialog("New session",
    h("form", { submit: async (happened) => {
      happened.preventDefault();
      asked.close();
      await call("GET", "state", { query: { session: input.value } }); // one that is named begins
      choose(input.value);
      await refresh();
      say(`Session ${input.value} has begun`);
    } },
    h("p", {}, "A session is a world of its own: data, seed, clock and scenarios. Clients name it in the header field X-Understudy-Session."),
    field("Name", input),
    h("p", { class: "row" }, h("button", { class: "main" }, "Begin"))));
  input.focus();
}

picker.addEventListener("change", () => {
  if (picker.value !== NEW) return choose(picker.value);
  picker.value = current;
  return begin();
});
