// How the handlers answer: which answer a request gets, and how pages are cut.

import { HttpResponse } from "msw";

const calls = new Map();

/** Begin the scenario anew, as for each test. */
export const restart = () => calls.clear();

/** Answer with what is told for the parameters in `by`. */
export const answers = (told, options) =>
  guarded(told, options, (asked) => {
    const found = own(told.answers, keyOf(asked, options.by));
    return echoed(found ?? otherwise(told, options), asked, options.echo);
  });

/** Answer with a page of a list. */
export const list = (told, options) =>
  guarded(told, options, ({ params, query }) => {
    const { items, ...reply } =
      own(told.answers, keyOf({ params, query }, options.by)) ?? {};
    if (!items) return undefined;
    const fitting = filtered(items, query, options.filters);
    const page = pageOf(fitting.length, query, options);
    const found = fitting.slice(page.start, page.start + page.size);
    page.count = found.length;
    let body = put(structuredClone(reply.body), options.items, found);
    for (const [pointer, rule] of Object.entries(options.around ?? {}))
      body = put(body, pointer, around[rule](page));
    const headers = new Headers(reply.headers);
    if (options.total) headers.set(options.total, page.total);
    return { ...reply, headers, body };
  });

/** Answer with one item of the list that `listed` tells of. */
export const member = (told, listed, options) =>
  guarded(told, options, (asked) => {
    const items = own(listed.answers, keyOf(asked, options.by))?.items;
    const wanted = valueOf(asked, options.named);
    const found = items?.find((item) => text(at(item, options.id)) === wanted);
    if (!found) return items && told.missing;
    let body = structuredClone(found);
    for (const [pointer, { query, usual }] of Object.entries(
      options.last ?? {},
    )) {
      const most = numberOf(asked.query, query, usual);
      const entries = at(body, pointer);
      if (most !== undefined && Array.isArray(entries))
        body = put(body, pointer, most ? entries.slice(-most) : []);
    }
    return { ...told.found, body };
  });

/** Answer with a documented error. */
export const failure = (told, status) => () => {
  const reply = told.errors?.[status];
  if (!reply) throw new Error(`no error ${status} is documented`);
  return send(reply);
};

const around = {
  total: (page) => page.total,
  count: (page) => page.count,
  size: (page) => page.size,
  start: (page) => page.start,
  number: (page) =>
    Math.floor(page.start / Math.max(page.size, 1)) + page.first,
  pages: (page) => Math.ceil(page.total / Math.max(page.size, 1)),
  more: (page) => page.start + page.size < page.total,
  before: (page) => page.start > 0,
};

/** Refuse who shows no credential, take the steps of a scenario, or answer as ever. */
function guarded(told, { security = [] }, answer) {
  return async ({ request, params, cookies }) => {
    const query = new URL(request.url).searchParams;
    const asked = { request, params, query, cookies };
    const step = stepOf(told);
    if (step?.early) return send(step);
    if (security.length && !security.some((one) => isShown(one, asked)))
      return send(told.unauthorized);
    if (step) return send(step);
    if (hasJson(request)) asked.body = await jsonOf(request);
    const reply = answer(asked);
    return reply && send(reply);
  };
}

function stepOf(told) {
  if (!told.steps) return undefined;
  const call = calls.get(told) ?? 0;
  calls.set(told, call + 1);
  return told.steps[Math.min(call, told.steps.length - 1)];
}

const credentials = {
  bearer: ({ request }) => /^bearer +[!-~]+$/i.test(authorization(request)),
  basic: ({ request }) => /^basic +[\w+/]+=*$/i.test(authorization(request)),
  scheme: ({ request }, name) =>
    authorization(request).toLowerCase().startsWith(`${name} `),
  header: ({ request }, name) => Boolean(request.headers.get(name)?.trim()),
  query: ({ query }, name) => Boolean(query.get(name)),
  cookie: ({ cookies }, name) => Boolean(cookies[name]),
  nothing: () => true,
};

/** Tell whether a request shows all of one alternative, as in "bearer and query key". */
function isShown(alternative, asked) {
  return alternative.split(" and ").every((one) => {
    const [kind, name] = one.split(" ");
    return credentials[kind](asked, name);
  });
}

const authorization = (request) => request.headers.get("authorization") ?? "";

const hasJson = (request) =>
  /[/+]json\b/.test(request.headers.get("content-type") ?? "");

const jsonOf = (request) =>
  request
    .clone()
    .json()
    .catch(() => undefined);

function send({ status, headers, body, text, base64 }) {
  const content =
    base64 === undefined
      ? (text ?? (body === undefined ? null : JSON.stringify(body)))
      : Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
  return new HttpResponse(content, { status, headers });
}

function otherwise(told, { other }) {
  return other === undefined ? told.missing : told.answers[other];
}

/** Repeat in an answer what the body of a request says. */
function echoed(reply, asked, echo = {}) {
  let body = reply && structuredClone(reply.body);
  for (const [pointer, said] of Object.entries(echo)) {
    const value = at(asked.body, said);
    if (value !== undefined && at(body, pointer) !== undefined)
      body = put(body, pointer, value);
  }
  return reply && { ...reply, body };
}

function filtered(items, query, filters = {}) {
  const wanted = Object.entries(filters).filter(([name]) => query.has(name));
  return items.filter((item) =>
    wanted.every(
      ([name, pointer]) => text(at(item, pointer)) === query.get(name),
    ),
  );
}

function pageOf(total, query, { size, offset, page, first = 1, usual }) {
  const most = numberOf(query, size, usual ?? total);
  const start = page
    ? (numberOf(query, page, first) - first) * most
    : numberOf(query, offset, 0);
  return { total, size: most, start, first };
}

function numberOf(query, name, usual) {
  const number = Number.parseFloat((name && query.get(name)) ?? "");
  return Number.isNaN(number) ? usual : Math.max(number, 0);
}

const keyOf = (asked, by = []) =>
  by.map((one) => encodeURIComponent(valueOf(asked, one))).join("/");

/** Return the text of a parameter: "path id" or "query id". */
function valueOf({ params, query }, parameter) {
  const [place, name] = parameter.split(" ");
  return (place === "path" ? params[name] : query.get(name)) ?? "";
}

const own = (object, key) =>
  Object.hasOwn(object, key) ? object[key] : undefined;

const text = (value) =>
  typeof value === "string" ? value : JSON.stringify(value);

const tokensOf = (pointer) =>
  pointer
    .split("/")
    .slice(1)
    .map((one) => one.replaceAll("~1", "/").replaceAll("~0", "~"));

/** Return what a JSON Pointer leads to. */
const at = (value, pointer) =>
  tokensOf(pointer).reduce((found, token) => found?.[token], value);

/** Return a body with a value where a JSON Pointer leads to. */
function put(body, pointer, value) {
  const tokens = tokensOf(pointer);
  const last = tokens.pop();
  if (last === undefined) return value;
  tokens.reduce((found, token) => found[token], body)[last] = value;
  return body;
}
