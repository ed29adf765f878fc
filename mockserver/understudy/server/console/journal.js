// The lines of the journal: the last ten thousand, as they come, with what is wrong with them.
import { call, follow } from "./api.js";

const MOST = 10_000;
const FIRST = 200;
const PAGE = 1000;
const JUDGED_AT_ONCE = 20;
const JUDGED_UNASKED = 1000;

/**
 * @typedef {{id: string, worker: number, number: number, started: string, event?: string,
 *   milliseconds?: number, session?: string, contract?: string, operation?: string, rule?: string,
 *   method?: string, target?: string, status?: number, size?: number,
 *   text: string, findings: any[] | null}} Line
 */

/** All lines, oldest first. */
class Journal extends EventTarget {
  /** @type {Line[]} */
  lines = [];
  state = "waiting";
  judged = 0;
  judgesAll = false;
  #byId = new Map();
  #paused = false;
  #held = [];
  #round = 0;
  #judging = false;

  get paused() {
    return this.#paused;
  }

  set paused(paused) {
    this.#paused = paused;
    if (!paused) this.#add(this.#held.splice(0));
    this.#tell();
  }

  /** How many came while this was paused. */
  get held() {
    return this.#held.length;
  }

  /** Return the line of an entry. */
  find(id) {
    return this.#byId.get(id);
  }

  /** Read what there is, then follow; begin anew when the server does. */
  async run() {
    for (;;) {
      try {
        await this.#read();
      } catch {
        this.#turn("lost");
      }
      await new Promise((done) => setTimeout(done, 1000));
    }
  }

  /** Forget the exchanges of a session; without one, all. */
  async clear(session) {
    await call("DELETE", "journal", { query: session === "" ? { unnamed: true } : { session } });
    this.#round += 1;
    this.#reset(session === undefined ? [] : this.lines.filter((one) => one.session !== session));
  }

  /** Judge more than the last lines. */
  judgeAll(wanted) {
    this.judgesAll = wanted;
    this.#judge();
  }

  async #read() {
    const { lines } = await call("GET", "journal/lines", { query: { last: FIRST } });
    this.#reset(lines.map(line));
    const last = lines.at(-1);
    const opened = () => this.#turn("live");
    this.#older(lines.length === FIRST ? lines[0] : null, (this.#round += 1)).catch(() => {});
    let batch = [];
    const take = (_kind, told) => {
      batch.push(line(told));
      if (batch.length === 1) queueMicrotask(() => this.#take(batch.splice(0)));
    };
    await follow("journal/lines/stream", { last: last ? name(last) : "0-0", opened }, take);
    batch = [];
  }

  /** Read page after page of what was there before. */
  async #older(first, round) {
    while (first && this.lines.length < MOST && round === this.#round) {
      const { lines } = await call("GET", "journal/lines", { query: { last: PAGE, before: name(first) } });
      if (round !== this.#round || !lines.length) return;
      const fresh = lines.map(line).filter((one) => !this.#byId.has(one.id));
      for (const one of fresh) this.#byId.set(one.id, one);
      this.lines = [...fresh, ...this.lines];
      this.#trim();
      this.#tell();
      first = lines[0];
    }
  }

  #take(lines) {
    if (!this.#paused) return this.#add(lines);
    this.#held.push(...lines);
    this.#held.splice(0, this.#held.length - MOST);
    return this.#tell();
  }

  #add(lines) {
    for (const one of lines) {
      if (!this.#byId.has(one.id)) {
        this.#byId.set(one.id, one);
        this.lines.push(one);
      }
    }
    if (this.lines.length > MOST * 1.1) this.#trim();
    this.#tell();
  }

  #trim() {
    const gone = this.lines.splice(0, Math.max(0, this.lines.length - MOST));
    for (const one of gone) this.#byId.delete(one.id);
  }

  #reset(lines) {
    this.lines = lines;
    this.#byId = new Map(lines.map((one) => [one.id, one]));
    this.#held = [];
    this.#tell();
  }

  #turn(state) {
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }

  #due = 0;

  /** Tell of changes, some times in a second at most. */
  #tell() {
    this.#due ||= setTimeout(() => {
      this.#due = 0;
      this.dispatchEvent(new Event("change"));
      this.#judge();
    }, 60);
  }

  /** Ask what is wrong with lines, newest first and a few at a time: it costs the server time. */
  async #judge() {
    if (this.#judging) return;
    this.#judging = true;
    try {
      for (let ids = this.#unjudged(); ids.length; ids = this.#unjudged()) {
        const began = performance.now();
        const { entries } = await call("POST", "journal/findings", { body: { entries: ids } });
        const found = new Map(entries.map((one) => [one.entry, one.findings]));
        for (const id of ids) {
          const known = this.#byId.get(id);
          if (known) known.findings = found.get(id) ?? [];
        }
        this.dispatchEvent(new Event("change"));
        await new Promise((done) => setTimeout(done, Math.max(100, performance.now() - began)));
      }
    } catch { // the next change is another chance
    } finally {
      this.#judging = false;
    }
  }

  #unjudged() {
    const wanted = [];
    const least = this.judgesAll ? 0 : Math.max(0, this.lines.length - JUDGED_UNASKED);
    for (let index = this.lines.length - 1; index >= least && wanted.length < JUDGED_AT_ONCE; index -= 1) {
      if (this.lines[index].findings === null) wanted.push(this.lines[index].id);
    }
    return document.hidden ? [] : wanted;
  }
}

const name = (told) => `${told.worker}-${told.number}`;

/** @returns {Line} */
function line(told) {
  const words = [told.method, told.target, told.status, told.operation, told.contract, told.session, told.rule, told.event];
  return { ...told, id: name(told), text: words.filter(Boolean).join(" ").toLowerCase(), findings: told.event ? [] : null };
}

export const journal = new Journal();
