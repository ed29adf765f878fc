// A list of any length of which only what is seen is there: a listbox with an active option.

let lists = 0;

/** @template T */
export class VirtualList {
  #root;
  #space = document.createElement("div");
  #options;
  #items = [];
  #rows = new Map();
  #active = -1;
  #key;
  #id = `list${(lists += 1)}`;

  /**
   * @param {HTMLElement} root
   * @param {{height: number, label: string, key: (item: T) => string, version: (item: T) => any,
   *   draw: (item: T) => Node[], choose: (item: T, opened: boolean) => void}} options
   */
  constructor(root, options) {
    this.#root = root;
    this.#options = options;
    root.setAttribute("role", "listbox");
    root.setAttribute("aria-label", options.label);
    root.tabIndex = 0;
    root.classList.add("list");
    this.#space.setAttribute("role", "presentation");
    root.append(this.#space);
    root.addEventListener("scroll", () => this.#draw(), { passive: true });
    root.addEventListener("keydown", (happened) => this.#press(happened));
    root.addEventListener("click", (happened) => this.#click(happened));
    new ResizeObserver(() => this.#draw()).observe(root);
  }

  /** What is listed; what is seen stays where it is, unless that is the beginning. */
  set items(items) {
    const { height, key } = this.#options;
    const top = Math.floor(this.#root.scrollTop / height);
    const anchor = top > 0 ? this.#items[top] : undefined;
    this.#items = items;
    this.#active = this.#key === undefined ? -1 : items.findIndex((one) => key(one) === this.#key);
    this.#space.style.height = `${items.length * height}px`;
    this.#root.hidden = !items.length;
    const moved = anchor === undefined ? -1 : items.indexOf(anchor);
    if (moved > 0 && moved !== top) this.#root.scrollTop += (moved - top) * height;
    this.#draw();
  }

  get items() {
    return this.#items;
  }

  /** Go to the option that is so far from the active one. */
  step(by) {
    this.#go(this.#active < 0 ? 0 : this.#active + by, false);
  }

  /** Let the item with this key be the active one; none has an empty one. */
  mark(key) {
    this.#key = key || undefined;
    this.#active = key ? this.#items.findIndex((one) => this.#options.key(one) === key) : -1;
    this.#draw();
  }

  focus() {
    this.#root.focus({ preventScroll: true });
  }

  #go(index, opened) {
    if (!this.#items.length) return;
    const at = Math.max(0, Math.min(this.#items.length - 1, index));
    const item = this.#items[at];
    this.#active = at;
    this.#key = this.#options.key(item);
    const { height } = this.#options;
    const { scrollTop, clientHeight } = this.#root;
    if (at * height < scrollTop) this.#root.scrollTop = at * height;
    else if ((at + 1) * height > scrollTop + clientHeight) this.#root.scrollTop = (at + 1) * height - clientHeight;
    this.#draw();
    this.#options.choose(item, opened);
  }

  #press(happened) {
    if (happened.ctrlKey || happened.metaKey || happened.altKey) return;
    const page = Math.max(1, Math.floor(this.#root.clientHeight / this.#options.height) - 1);
    const to = {
      ArrowDown: this.#active + 1, ArrowUp: this.#active - 1, PageDown: this.#active + page,
      PageUp: this.#active - page, Home: 0, End: this.#items.length - 1,
    }[happened.key];
    if (to !== undefined) this.#go(to, false);
    else if (happened.key === "Enter") this.#go(this.#active, true);
    else return;
    happened.preventDefault();
  }

  #click(happened) {
    const row = happened.target.closest("[role=option]");
    if (row) this.#go(Number(row.getAttribute("aria-posinset")) - 1, true);
  }

  #draw() {
    const { height, key, version, draw } = this.#options;
    const first = Math.max(0, Math.floor(this.#root.scrollTop / height) - 4);
    const last = Math.min(this.#items.length, Math.ceil((this.#root.scrollTop + this.#root.clientHeight) / height) + 4);
    const wanted = new Map();
    for (let index = first; index < last; index += 1) {
      const item = this.#items[index];
      const name = key(item);
      const now = version(item);
      let row = this.#rows.get(name);
      if (!row || row.version !== now) {
        const element = row?.element ?? document.createElement("div");
        element.replaceChildren(...draw(item));
        row = { element, version: now };
      }
      this.#place(row.element, index, name);
      wanted.set(name, row);
    }
    for (const [name, { element }] of this.#rows) if (!wanted.has(name)) element.remove();
    this.#rows = wanted;
    let next = this.#space.firstElementChild;
    for (const { element } of wanted.values()) {
      if (element === next) next = next.nextElementSibling;
      else this.#space.insertBefore(element, next);
    }
    const active = this.#rows.get(this.#key);
    if (active) this.#root.setAttribute("aria-activedescendant", active.element.id);
    else this.#root.removeAttribute("aria-activedescendant");
  }

  #place(element, index, name) {
    element.id = `${this.#id}-${index}`;
    element.className = "option";
    element.setAttribute("role", "option");
    element.setAttribute("aria-posinset", index + 1);
    element.setAttribute("aria-setsize", this.#items.length);
    element.setAttribute("aria-selected", name === this.#key);
    element.style.transform = `translateY(${index * this.#options.height}px)`;
  }
}
