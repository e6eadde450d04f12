/**
 * What a person typed, kept in the browser so that a reload or a closed tab loses nothing.
 *
 * One draft for a page without a run ("new") and one per run whose input was edited afterwards.
 */

import type { Program } from "./config.js";

/** Enough for a term of looking at things; the oldest go first. */
const MAX_DRAFTS = 20;

/** A kind of input, and how it is kept. */
export interface DraftKind<Input> {
  prefix: string;
  /** The input within what was stored, or null where that is damaged. */
  read(stored: Readonly<Record<string, unknown>>): Input | null;
}

export class Drafts<Input extends object> {
  constructor(
    private readonly kind: DraftKind<Input>,
    private readonly storage: Storage | null,
    private readonly now: () => number = Date.now,
  ) {}

  load(key: string): Input | null {
    const stored = this.stored(this.kind.prefix + key);
    return stored && this.kind.read(stored);
  }

  save(key: string, input: Input): void {
    const name = this.kind.prefix + key;
    try {
      const isNew = this.storage?.getItem(name) == null;
      this.storage?.setItem(name, JSON.stringify({ ...input, at: this.now() }));
      if (isNew) this.prune();
    } catch {
      // Storage can be full, or switched off for a site; the page works without it.
    }
  }

  forget(key: string): void {
    try {
      this.storage?.removeItem(this.kind.prefix + key);
    } catch {
      // As above.
    }
  }

  private stored(name: string): Record<string, unknown> | null {
    try {
      const value: unknown = JSON.parse(this.storage?.getItem(name) ?? "null");
      return typeof value === "object" ? (value as Record<string, unknown> | null) : null;
    } catch {
      return null; // Damaged or switched off.
    }
  }

  private prune(): void {
    const { storage } = this;
    if (!storage) return;
    const names = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
    const drafts = names
      .filter((name) => name.startsWith(this.kind.prefix))
      .map((name) => ({ name, at: Number(this.stored(name)?.at ?? 0) }))
      .sort((a, b) => b.at - a.at);
    for (const { name } of drafts.slice(MAX_DRAFTS)) storage.removeItem(name);
  }
}

/** The program within what was stored, or null where that is damaged. */
export function readProgram({
  source,
  entry,
  stdin,
}: Readonly<Record<string, unknown>>): Program | null {
  const isWhole = [source, entry, stdin].every((text) => typeof text === "string");
  return isWhole ? ({ source, entry, stdin } as Program) : null;
}

const PROGRAM: DraftKind<Program> = { prefix: "draft:", read: readProgram };

export function programDrafts(storage: Storage | null, now?: () => number): Drafts<Program> {
  return new Drafts(PROGRAM, storage, now);
}

/** The program alone of whatever holds one. */
export function programOf({ source, entry, stdin }: Program): Program {
  return { source, entry, stdin };
}

/** The browser's storage, or null where a setting forbids even to look at it. */
export function browserStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
