/**
 * One spelling for what CPython spells in several ways; the twin of `traces/canonical.py`.
 *
 * Reprs come from a student's program or from a model. They are scanned once, never evaluated, and
 * text that is no literal comes back as it is.
 */

/** Stands for a value that a trace does not tell. */
export const UNRESOLVED = "..";

/** A repr longer than this keeps its sets as they are printed. */
const MAX_PARSED_CHARS = 64 * 1024;
/** Deeper reprs too: sorting copies a text once per level of nesting. */
const MAX_NESTING = 64;

const MARKER = /[ \t]*#[ \t]*<<[ \t]*START_OF_TRACE[ \t]*$/;
const ADDRESS = / at 0x[0-9a-fA-F]+/g;
const MODULE = /<module '([^'<>]+)' (?:from '[^'<>]*'|\([^()<>]*\))>/g;
const SUSPECT = /\{|<|set\(| at 0x|dict_(?:keys|items)\(|str_ascii_iterator/;
const UNORDERED_CALL = /(?:^|[^\w.])(?:frozenset|set|dict_keys|dict_items)\($/;
const QUOTES = "'\"";
const OPENERS = "([{";
const CLOSERS = new Map([
  [")", "("],
  ["]", "["],
  ["}", "{"],
]);

const INT = /^-?\d+$/;
const FLOAT = /^(?:-?(?:\d+\.\d*(?:e[+-]?\d+)?|\d+e[+-]?\d+|inf)|nan)$/;
const COMPLEX = /^\(?-?[\d.e+-]*(?:inf|nan)?[\d.e+-]*j\)?$/;
const CALL = /^([A-Za-z_][\w.]*)\(/;
const CLASS = /^<([A-Za-z_][\w.]*)[ >]/;
const CONSTANTS = new Map([
  ["None", "NoneType"],
  ["True", "bool"],
  ["False", "bool"],
  ["Ellipsis", "ellipsis"],
]);

/** A source line without the trace marker and without blanks at its end. */
export function canonicalSource(line: string): string {
  const text = line.trimEnd();
  return text.endsWith("START_OF_TRACE") ? text.replace(MARKER, "").trimEnd() : text;
}

/** A `repr` in canonical spelling. */
export function canonicalValue(value: string): string {
  if (!SUSPECT.test(value) || /^b?['"]/.test(value)) return value;
  const text = value
    .replace(ADDRESS, "")
    .replaceAll("str_ascii_iterator", "str_iterator")
    .replace(MODULE, "<module '$1'>");
  return text.length > MAX_PARSED_CHARS ? text : sortSets(text);
}

/** Index just after the string literal whose quote is at `start`; the end if it never closes. */
function stringEnd(text: string, start: number): number {
  const quote = text[start];
  let i = start + 1;
  while (i < text.length) {
    if (text[i] === "\\") i += 2;
    else if (text[i] === quote) return i + 1;
    else i += 1;
  }
  return text.length;
}

/** One open bracket: its finished elements, and the text of the current one. */
class Group {
  private readonly elements: string[] = [];
  private part = "";
  private isDict = false;

  constructor(
    readonly opener: string,
    /** The brackets of a call that prints something without order, `dict_keys([...])`. */
    private readonly inUnordered: boolean,
  ) {}

  add(text: string): void {
    if (text === ":" && this.opener === "{") this.isDict = true;
    if (text === "," && this.isUnordered) this.closeElement();
    else this.part += text;
  }

  close(closer: string): string {
    const sorted = this.isUnordered;
    this.closeElement();
    if (sorted) this.elements.sort();
    return this.opener + this.elements.join(", ") + closer;
  }

  get text(): string {
    return this.part;
  }

  private get isUnordered(): boolean {
    return this.inUnordered || (this.opener === "{" && !this.isDict);
  }

  private closeElement(): void {
    this.elements.push(this.isUnordered ? this.part.trim() : this.part);
    this.part = "";
  }
}

/** The pieces of a repr: whole string literals, and single characters; each with its place. */
function* pieces(text: string): Generator<[string, number]> {
  let i = 0;
  while (i < text.length) {
    const end = QUOTES.includes(text[i] as string) ? stringEnd(text, i) : i + 1;
    yield [text.slice(i, end), i];
    i = end;
  }
}

/** `text` with the elements of every set in a fixed order; unchanged where it is no literal. */
function sortSets(text: string): string {
  const stack = [new Group("", false)];
  for (const [piece, at] of pieces(text)) {
    const isUnordered = piece === "[" && UNORDERED_CALL.test(text.slice(Math.max(0, at - 12), at));
    if (!addPiece(stack, piece, isUnordered)) return text;
  }
  return stack.length === 1 ? (stack[0] as Group).text : text;
}

/** Hand one piece to the innermost open bracket; false where the text is no literal. */
function addPiece(stack: Group[], piece: string, isUnordered: boolean): boolean {
  const top = stack[stack.length - 1] as Group;
  if (piece === "<") return false; // An object's repr: its braces need not be those of a set.
  if (OPENERS.includes(piece)) {
    stack.push(new Group(piece, isUnordered));
    return stack.length <= MAX_NESTING;
  }
  if (!CLOSERS.has(piece)) {
    top.add(piece);
    return true;
  }
  if (top.opener !== CLOSERS.get(piece)) return false;
  stack.pop();
  (stack[stack.length - 1] as Group).add(top.close(piece));
  return true;
}

/** The type a `repr` shows, e.g. "int", "dict", "Point"; "" where it does not say. */
export function typeName(text: string): string {
  const constant = CONSTANTS.get(text);
  if (constant !== undefined) return constant;
  if (/^['"]/.test(text)) return "str";
  if (/^b['"]/.test(text)) return "bytes";
  if (text.startsWith("[")) return "list";
  if (text.startsWith("{")) return text === "{}" || hasTopLevelColon(text) ? "dict" : "set";
  return numberType(text) || namedType(text);
}

function numberType(text: string): string {
  if (INT.test(text)) return "int";
  // Longer than any float's repr; only an int can be a longer number.
  if (text.length <= 64 && FLOAT.test(text)) return "float";
  if (text.length <= 64 && COMPLEX.test(text)) return "complex";
  return text.startsWith("(") ? "tuple" : "";
}

function namedType(text: string): string {
  const name = (CALL.exec(text) ?? CLASS.exec(text))?.[1] ?? "";
  const last = name.slice(name.lastIndexOf(".") + 1);
  return last === "class" && text.startsWith("<") ? "type" : last;
}

/** Whether the braces that open `text` hold `key: value` pairs. */
function hasTopLevelColon(text: string): boolean {
  let depth = 0;
  for (const [piece] of pieces(text)) {
    if (OPENERS.includes(piece)) depth += 1;
    else if (CLOSERS.has(piece)) depth -= 1;
    else if (piece === ":" && depth === 1) return true;
  }
  return false;
}
