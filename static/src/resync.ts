/**
 * Which event stands beside which once a prediction has left the real execution.
 *
 * The twin of `traces/resync.py`; see there for why this way. Events are aligned inside their own
 * activation (a call is one item of its caller), items whose place and state occur once on both
 * sides are anchors, and between anchors the heaviest pairing within a band is searched: a pair
 * weighs 3 plus the share of its locals that are equal. Weights are whole numbers (64ths), and ties
 * are broken as in Python, so that both give the same rows.
 */

import { canonicalValue } from "./canonical.js";
import type { TraceEvent } from "./protocol.gen.js";

const BAND = 64;
const MAX_EXTRA_BAND = 192;
/** Anchors in a row with the same shift that are believed: a lone one may be a coincidence. */
const ANCHOR_RUN = 3;
const PLACE_WEIGHT = 192;
const STATE_WEIGHT = 64;

export interface Pair {
  predicted: number;
  actual: number;
  /** Whether the values agree as well as the place. */
  equal: boolean;
}

/** All locals of one event as sorted numbers, and the same as a key. */
interface State {
  ids: readonly number[];
  key: string;
}

/** An item of an activation: the event's index, its place, its state. */
interface Item {
  index: number;
  place: number;
  state: State;
  /** The items of the activation that this call opened. */
  inside: Item[] | null;
}

/** Small numbers for (name, canonical value) pairs and for places. */
class Interner {
  private readonly ids = new Map<string, number>();
  private readonly values = new Map<string, string>();

  id(key: string): number {
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    this.ids.set(key, this.ids.size);
    return this.ids.size - 1;
  }

  value(name: string, text: string): number {
    let canonical = this.values.get(text);
    if (canonical === undefined) {
      canonical = canonicalValue(text);
      this.values.set(text, canonical);
    }
    return this.id(`${name}=${canonical}`);
  }
}

/** One lane's tail as a tree of items; `levels[0]` is the innermost activation open at its start. */
class Side {
  readonly levels: Item[][];
  private readonly locals: Map<string, number>[] = [];
  private readonly open: Item[][];
  private readonly root: Item[] = [];
  private returned = false;

  constructor(
    events: readonly TraceEvent[],
    start: number,
    private readonly interner: Interner,
  ) {
    for (const event of events.slice(0, start)) this.fold(event);
    this.open = this.locals.map(() => []);
    this.levels = [...this.open].reverse();
    this.levels.push(this.root);
    for (let index = start; index < events.length; index++) {
      this.place(index, events[index] as TraceEvent);
    }
  }

  private fold(event: TraceEvent): Map<string, number> {
    if (this.returned) this.locals.pop();
    if (event.kind === "call" || this.locals.length === 0) this.locals.push(new Map());
    const top = this.locals[this.locals.length - 1] as Map<string, number>;
    for (const name of event.removed ?? []) top.delete(name);
    for (const [name, text] of Object.entries(event.changed ?? {})) {
      top.set(name, this.interner.value(name, text));
    }
    this.returned = event.kind === "return";
    return top;
  }

  private place(index: number, event: TraceEvent): void {
    if (this.returned) this.open.pop();
    const items = this.open[this.open.length - 1] ?? this.root;
    const locals = this.fold(event);
    const hasValue = event.kind === "return" || event.kind === "exception";
    const ids = hasValue
      ? [event.value == null ? -1 : this.interner.value("", event.value)]
      : [...locals.values()].sort((a, b) => a - b);
    const item: Item = {
      index,
      place: this.interner.id(`${event.kind}@${Math.abs(event.line)}`),
      state: { ids, key: ids.join() },
      inside: event.kind === "call" ? [] : null,
    };
    items.push(item);
    if (item.inside) this.open.push(item.inside);
  }
}

/** The pairs among the events from `start` on, in order. All events before must be equal. */
export function alignTails(
  predicted: readonly TraceEvent[],
  actual: readonly TraceEvent[],
  start: number,
): Pair[] {
  const interner = new Interner();
  const ours = new Side(predicted, start, interner);
  const theirs = new Side(actual, start, interner);
  const todo = ours.levels.map((items, level): [Item[], Item[]] => [
    items,
    theirs.levels[level] ?? [],
  ]);
  const pairs: Pair[] = [];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    for (const [left, right] of alignItems(...next)) {
      const equal = left.state.key === right.state.key;
      pairs.push({ predicted: left.index, actual: right.index, equal });
      if (left.inside && right.inside) todo.push([left.inside, right.inside]);
    }
  }
  return pairs.sort((a, b) => a.predicted - b.predicted);
}

type Match = [Item, Item];

const keyOf = (item: Item): string => `${item.place}:${item.state.key}`;

/** Pairs among the items of one activation: equal head, then anchors, then the search. */
function alignItems(left: readonly Item[], right: readonly Item[]): Match[] {
  const matches: Match[] = [];
  const shorter = Math.min(left.length, right.length);
  let head = 0;
  while (head < shorter && keyOf(left[head] as Item) === keyOf(right[head] as Item)) {
    matches.push([left[head] as Item, right[head] as Item]);
    head += 1;
  }
  let [i, j] = [head, head];
  for (const [nextI, nextJ] of anchors(left, right, head)) {
    matches.push(...search(left.slice(i, nextI), right.slice(j, nextJ)));
    matches.push([left[nextI] as Item, right[nextJ] as Item]);
    [i, j] = [nextI + 1, nextJ + 1];
  }
  matches.push(...search(left.slice(i), right.slice(j)));
  return matches;
}

/** Position of every item from `start` on whose place and state occur once there. */
function unique(items: readonly Item[], start: number): Map<string, number> {
  const found = new Map<string, number>();
  for (let position = start; position < items.length; position++) {
    const key = keyOf(items[position] as Item);
    found.set(key, found.has(key) ? -1 : position);
  }
  for (const [key, position] of found) if (position < 0) found.delete(key);
  return found;
}

/** The longest chain of unique equal items, as positions in both lists. */
function anchors(left: readonly Item[], right: readonly Item[], start: number): [number, number][] {
  const inRight = unique(right, start);
  const shared: [number, number][] = [];
  for (const [key, i] of unique(left, start)) {
    const j = inRight.get(key);
    if (j !== undefined) shared.push([i, j]);
  }
  const tails: number[] = []; // Smallest last position (right) of a chain of each length.
  const tailAt: number[] = []; // Which of `shared` that is.
  const before: number[] = []; // The one before it in its chain, -1 for none.
  shared.forEach(([, j], at) => {
    const length = lowerBound(tails, j, 0);
    before.push(length > 0 ? (tailAt[length - 1] as number) : -1);
    tails[length] = j;
    tailAt[length] = at;
  });
  const chain: [number, number][] = [];
  for (let at = tailAt[tailAt.length - 1] ?? -1; at >= 0; at = before[at] as number) {
    chain.push(shared[at] as [number, number]);
  }
  chain.reverse();
  const isWithinReach = Math.abs(left.length - right.length) <= MAX_EXTRA_BAND;
  return isWithinReach ? runs(chain) : chain;
}

/** The anchors that stand in a row of enough with the same shift. */
function runs(chain: readonly [number, number][]): [number, number][] {
  const kept: [number, number][] = [];
  let run: [number, number][] = [];
  for (const anchor of chain) {
    const [before] = run;
    if (before && before[1] - before[0] !== anchor[1] - anchor[0]) run = [];
    run.push(anchor);
    if (run.length === ANCHOR_RUN) kept.push(...run);
    else if (run.length > ANCHOR_RUN) kept.push(anchor);
  }
  return kept;
}

/** First position from `from` on whose value is at least `value`; the list must not fall. */
function lowerBound(sorted: readonly number[], value: number, from: number): number {
  let [low, high] = [from, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One row of the search: best weights for prefixes of the right side from `first` on. */
interface Row {
  first: number;
  best: number[];
}

/** The heaviest pairing of two lists of items within the band. */
function search(left: readonly Item[], right: readonly Item[]): Match[] {
  if (left.length === 0 || right.length === 0) return [];
  const positions = new Map<number, number[]>();
  right.forEach((item, position) => {
    const list = positions.get(item.place);
    if (list) list.push(position);
    else positions.set(item.place, [position]);
  });
  const extra = Math.max(-MAX_EXTRA_BAND, Math.min(MAX_EXTRA_BAND, right.length - left.length));
  const below = BAND + Math.max(0, -extra);
  const above = BAND + Math.max(0, extra);
  const width = Math.min(above, right.length) + 1;
  const table: Row[] = [{ first: 0, best: new Array<number>(width).fill(0) }];
  left.forEach((item, n) => {
    const previous = table[n] as Row;
    const first = Math.min(Math.max(0, n + 1 - below), right.length);
    const best = previous.best.slice(first - previous.first);
    if (n + 1 + above <= right.length) best.push(previous.best[previous.best.length - 1] as number);
    const row = { first, best };
    fillRow(row, previous, item, right, positions.get(item.place) ?? []);
    table.push(row);
  });
  return traceBack(table, left, right);
}

/** Raise the row wherever pairing `item` with one of `candidates` is better. */
function fillRow(
  row: Row,
  previous: Row,
  item: Item,
  right: readonly Item[],
  candidates: readonly number[],
): void {
  const { best, first } = row;
  const lowest = Math.max(first - 1, previous.first);
  const highest = first + best.length - 2;
  for (let at = lowerBound(candidates, lowest, 0); at < candidates.length; at++) {
    const j = candidates[at] as number;
    if (j > highest) break;
    const base = previous.best[j - previous.first] as number;
    const cell = j + 1 - first;
    // The largest weight of any pair cannot beat what is there: no need to compute it.
    if (base + PLACE_WEIGHT + STATE_WEIGHT <= (best[cell] as number)) continue;
    const weight = base + pairWeight(item.state, (right[j] as Item).state);
    if (weight > (best[cell] as number)) best.fill(weight, cell, lowerBound(best, weight, cell));
  }
}

function pairWeight(a: State, b: State): number {
  if (a.key === b.key) return PLACE_WEIGHT + STATE_WEIGHT;
  let [i, j, equal] = [0, 0, 0];
  while (i < a.ids.length && j < b.ids.length) {
    const difference = (a.ids[i] as number) - (b.ids[j] as number);
    if (difference === 0) equal += 1;
    if (difference <= 0) i += 1;
    if (difference >= 0) j += 1;
  }
  const largest = Math.max(a.ids.length, b.ids.length);
  return PLACE_WEIGHT + Math.floor((STATE_WEIGHT * equal) / largest);
}

/** The pairs behind the best weight: ending earliest, and paired latest before that. */
function traceBack(table: readonly Row[], left: readonly Item[], right: readonly Item[]): Match[] {
  const matches: Match[] = [];
  let i = left.length;
  const last = table[i] as Row;
  let j = last.first + lowerBound(last.best, last.best[last.best.length - 1] as number, 0);
  while (i > 0) {
    const here = table[i] as Row;
    const best = here.best[j - here.first] as number;
    if (best === 0) break;
    const previous = table[i - 1] as Row;
    if (isPaired(previous, best, left[i - 1] as Item, right[j - 1], j)) {
      matches.push([left[i - 1] as Item, right[j - 1] as Item]);
      i -= 1;
      j -= 1;
    } else if (previous.best[j - previous.first] === best) i -= 1;
    else j -= 1;
  }
  return matches.reverse();
}

/** Whether the best weight of (left.., right up to j) comes from pairing its two last items. */
function isPaired(
  previous: Row,
  best: number,
  left: Item,
  right: Item | undefined,
  j: number,
): boolean {
  if (j <= previous.first || right === undefined || left.place !== right.place) return false;
  const base = previous.best[j - 1 - previous.first] as number;
  return base + pairWeight(left.state, right.state) === best;
}
