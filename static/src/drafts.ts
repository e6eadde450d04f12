/**
 * What a person typed, kept in the browser so that a reload or a closed tab loses nothing.
 *
 * One draft for the front page ("new") and one per run whose program was edited afterwards.
 */

import type { Program } from "./config.js";

const PREFIX = "draft:";

/** Enough for a term of looking at things; the oldest go first. */
const MAX_DRAFTS = 20;

interface StoredDraft extends Program {
  at: number;
}

export class Drafts {
  constructor(
    private readonly storage: Storage | null,
    private readonly now: () => number = Date.now,
  ) {}

  load(key: string): Program | null {
    try {
      const draft = parseDraft(this.storage?.getItem(PREFIX + key) ?? null);
      return draft && { source: draft.source, entry: draft.entry, stdin: draft.stdin };
    } catch {
      return null; // Storage can be switched off for a site; the page works without it.
    }
  }

  save(key: string, { source, entry, stdin }: Program): void {
    const draft: StoredDraft = { source, entry, stdin, at: this.now() };
    try {
      const isNew = this.storage?.getItem(PREFIX + key) == null;
      this.storage?.setItem(PREFIX + key, JSON.stringify(draft));
      if (isNew) this.prune();
    } catch {
      // Full or switched off: as above.
    }
  }

  forget(key: string): void {
    try {
      this.storage?.removeItem(PREFIX + key);
    } catch {
      // As above.
    }
  }

  private prune(): void {
    const { storage } = this;
    if (!storage) return;
    const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
    const drafts = keys
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => ({ key, at: parseDraft(storage.getItem(key))?.at ?? 0 }))
      .sort((a, b) => b.at - a.at);
    for (const { key } of drafts.slice(MAX_DRAFTS)) storage.removeItem(key);
  }
}

function parseDraft(text: string | null): StoredDraft | null {
  if (text === null) return null;
  try {
    const value = JSON.parse(text) as Partial<StoredDraft> | null;
    const { source, entry, stdin, at } = value ?? {};
    if (typeof source !== "string" || typeof entry !== "string" || typeof stdin !== "string") {
      return null;
    }
    return { source, entry, stdin, at: typeof at === "number" ? at : 0 };
  } catch {
    return null;
  }
}

/** The browser's storage, or null where a setting forbids even to look at it. */
export function browserStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

export function sameProgram(a: Program, b: Program): boolean {
  return a.source === b.source && a.entry === b.entry && a.stdin === b.stdin;
}
