// A JSON value as a tree: each leaf can be changed, each member removed, and others added.
import { button, h, say } from "./dom.js";

const AT_ONCE = 200;

/**
 * Return the tree of a value; `save` is given the whole value after a change. The members of a
 * `fixed` one are always the same.
 */
export function tree(value, path, save, fixed = false) {
  const isList = Array.isArray(value);
  const entries = Object.entries(value);
  const line = ([key, one]) => {
    const put = (changed) => save(isList ? value.with(Number(key), changed) : { ...value, [key]: changed });
    const remove = fixed ? null : () => save(isList ? value.toSpliced(Number(key), 1) : Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)));
    return member(key, one, `${path}/${key}`, put, remove);
  };
  return h("ul", { class: "members" }, ...entries.slice(0, AT_ONCE).map(line), rest(entries.slice(AT_ONCE), line, path), fixed ? null : h("li", { class: "add" }, adder(value, isList, path, save)));
}

/** Return a button that shows more of a long list. */
function rest(entries, line, path) {
  if (!entries.length) return null;
  const place = h("li", {}, button(`Show more of ${entries.length}`, () => {
    const shown = entries.slice(0, AT_ONCE).map(line);
    place.replaceWith(...shown, ...[rest(entries.slice(AT_ONCE), line, path)].filter(Boolean));
    shown[0].querySelector("button, summary").focus();
  }, { class: "quiet", "data-path": `${path} more` }));
  return place;
}

/** Open the members at these paths again. */
export function reopen(root, paths) {
  for (const box of root.querySelectorAll("details")) {
    if (paths.has(box.dataset.path)) {
      box.open = true;
      box.dispatchEvent(new Event("toggle")); // which comes too late by itself
      reopen(box, paths);
    }
  }
}

function member(key, value, path, put, remove) {
  const drop = remove && button("×", remove, { class: "icon drop", "aria-label": `Remove ${key}`, "data-path": `${path} remove` });
  if (value === null || typeof value !== "object") {
    return h("li", {}, h("span", { class: "member" }, key, ": "), leaf(key, value, path, put), drop);
  }
  const size = Array.isArray(value) ? `${value.length} items` : `${Object.keys(value).length} members`;
  const hint = value.title ?? value.name ?? value.id;
  const box = h("details", { "data-path": path }, h("summary", { "data-path": `${path} open` }, h("span", { class: "member" }, key), " ",
    h("span", { class: "muted" }, size, typeof hint === "string" ? ` · ${hint.slice(0, 60)}` : "")));
  const fill = () => box.childElementCount === 1 && box.append(tree(value, path, put));
  box.addEventListener("toggle", fill);
  return h("li", {}, box, drop);
}

function leaf(key, value, path, put) {
  const shown = button(JSON.stringify(value), edit, { class: `leaf t-${value === null ? "word" : typeof value}`, "aria-label": `${key}: ${JSON.stringify(value)}, change`, "data-path": path });
  function edit() {
    const input = h("input", { value: JSON.stringify(value), spellcheck: "false", "aria-label": `New value of ${key}, as JSON`, class: "edit" });
    let open = true;
    const done = (kept) => {
      if (!open) return;
      open = false; // leaving the document is a blur, too
      input.replaceWith(shown);
      shown.focus();
      if (kept && input.value !== JSON.stringify(value)) put(read(input.value));
    };
    input.addEventListener("keydown", (happened) => {
      if (happened.key === "Enter") done(true);
      else if (happened.key === "Escape") done(false);
      else return;
      happened.preventDefault();
      happened.stopPropagation();
    });
    input.addEventListener("blur", () => done(false));
    shown.replaceWith(input);
    input.focus();
    input.select();
  }
  return shown;
}

/** Return text as JSON, or as the text that it is. */
function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function adder(value, isList, path, save) {
  const open = button(isList ? "Add an item" : "Add a member", () => {
    const name = h("input", { "aria-label": "Name", placeholder: "name", required: true, spellcheck: "false" });
    const said = h("input", { "aria-label": "Value, as JSON", placeholder: "value, as JSON", spellcheck: "false" });
    const form = h("form", { class: "line", submit: (happened) => {
      happened.preventDefault();
      if (!isList && name.value in value) return say(`There is a ${name.value} already`, "bad");
      return save(isList ? [...value, read(said.value)] : { ...value, [name.value]: read(said.value) });
    } }, isList ? null : name, said, h("button", {}, "Add"), button("Cancel", () => form.replaceWith(open), { class: "quiet" }));
    open.replaceWith(form);
    (isList ? said : name).focus();
  }, { class: "quiet", "data-path": `${path} add` });
  return open;
}
