/**
 * Entry ids of the event log: `attempt-seq`, two whole numbers without leading zeros.
 *
 * An id is the resume token of its lane and the guard against showing an entry twice, so ids are
 * compared as numbers: as text "1-10" would sort before "1-9".
 */

export const FIRST_ID = "0-0";

function parse(id: string): [number, number] {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(id);
  if (!match) throw new RangeError(`Not an entry id: ${JSON.stringify(id)}`);
  return [Number(match[1]), Number(match[2])];
}

/** Negative when `a` is older than `b`, 0 when equal, positive when newer. */
export function compareIds(a: string, b: string): number {
  const [attemptA, seqA] = parse(a);
  const [attemptB, seqB] = parse(b);
  return attemptA - attemptB || seqA - seqB;
}

export function isNewer(id: string, than: string | undefined): boolean {
  return compareIds(id, than ?? FIRST_ID) > 0;
}
