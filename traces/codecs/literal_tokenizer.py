"""A tokenizer that spells the contents of string literals, one character a token.

A model that predicts `s[::-1]`, `s.count("r")` or `s[2]` works on characters. Under sub-word
tokens it would have to know the spelling of every token by heart, and the same word would be cut
in different ways before and after each operation. `LiteralTokenizer` wraps a byte-level BPE
tokenizer and lets it see everything except what stands between quotes; that is spelled byte by
byte with the tokens of the same tokenizer, so decoding needs no rule at all.

What counts as a literal depends on the kind of text, and a text that ends in a newline is source:

* in source, `'...'` and `"..."` within one physical line. Comments and triple-quoted text are
  prose and left to the BPE, and so are the replacement fields of an f-string, which are code;
* in all other text (the JSON of locals and values), `'...'` and `\\"...\\"`, because a plain
  double quote is JSON's own there.

Source is encoded line by line, so that a line has the same tokens in the context and in the frame
that shows it: what a model must copy, it can copy token by token. A text that is cut in the wrong
places (an apostrophe in prose) costs a few tokens more; it always decodes to itself.

The quotes themselves stay with their surroundings, where `', '` is a single token.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from traces.codecs.tokenizer import Tokenizer, TokenizerError

#: `tokenizer_config.json` asks for this class by `{STRING_CONTENTS: BY_CHARACTER}`.
STRING_CONTENTS = "string_contents"
BY_CHARACTER = "characters"

_KEYWORDS = (
    "and|as|assert|case|class|def|del|elif|else|except|for|from|global|if|import|in|is|lambda|"
    "match|nonlocal|not|or|raise|return|while|with|yield"
)
_INFIX = " (?:and|as|else|for|from|if|import|in|is|not|or) "
#: How the BPE's text is cut before merging, for Python's `re` and for `tokenizers` alike: letters
#: up to a change of case, single digits, underscores, a minus that belongs to a number, and runs
#: of blanks and punctuation. Blanks join no letters, except around keywords.
PIECES = (
    rf"(?<![A-Za-z0-9_])(?:{_KEYWORDS}) |{_INFIX}|"
    r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]|_+|-(?=[0-9])|"
    rf"(?:(?!-[0-9]|(?<! ){_INFIX})"
    r"[\x00-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f])+|[^\x00-\x7f]|[\x00-\x7f]"
)
_PIECES = re.compile(PIECES)

_SOURCE_LITERALS = re.compile(
    r"""\#.* | \"{3}(?:.*?\"{3}|.*) | '{3}(?:.*?'{3}|.*)
    | (?P<f>(?<!\w)(?:[fF][rR]?|[rR][fF]))?
      (?: '(?P<single>(?:[^'\\\n]|\\.)*+)' | "(?P<double>(?:[^"\\\n]|\\.)*+)" )""",
    re.VERBOSE,
)
# A backslash of the repr is two in JSON, and what it escapes may be escaped once more.
_JSON_LITERALS = re.compile(
    r"""<class\ '[\w.]*' # names a class, and is no string
    | ' (?P<single>(?: [^'"\\] | \\\\(?:\\.|[^\\"]) | \\[^\\] )*+) '
    | \\" (?P<double>(?: [^"\\]  | \\\\(?:\\.|[^\\"]) | \\[^\\"])*+) \\" """,
    re.VERBOSE,
)
_FIELDS = re.compile(r"\{\{|\}\}|(\{[^{}]*+(?:\{[^{}]*+\}[^{}]*+)*+\})")

#: Texts remembered per cache, and the longest text that is.
_MEMO_ENTRIES = 100_000
_MEMO_CHARS = 200


class _Memo(dict[str, tuple[int, ...]]):
    """Ids of the texts asked for most recently, made on demand."""

    def __init__(self, make: Callable[[str], tuple[int, ...]]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, text: str) -> tuple[int, ...]:
        ids = self._make(text)
        if len(text) <= _MEMO_CHARS:
            if len(self) >= _MEMO_ENTRIES:
                self.clear()
            self[text] = ids
        return ids


class LiteralTokenizer:
    """`plain` with the contents of string literals spelled by character.

    Raises `TokenizerError` if `plain` lacks the token of some byte.
    """

    def __init__(self, plain: Tokenizer) -> None:
        self._plain = plain
        self._bytes = _byte_ids(plain)
        self._pieces = _Memo(lambda text: tuple(plain.encode_ordinary(text)))
        self._code = _Memo(self._encode_code)
        self._lines = _Memo(self._encode_line)
        self._fields = _Memo(self._encode_json)

    @property
    def vocab_size(self) -> int:
        return self._plain.vocab_size

    @property
    def special_ids(self) -> Mapping[str, int]:
        return self._plain.special_ids

    def decode_bytes(self, token_id: int) -> bytes:
        return self._plain.decode_bytes(token_id)

    def encode_ordinary(self, text: str) -> list[int]:
        if not text.endswith("\n"):
            return list(self._fields[text])
        ids: list[int] = []
        for line in text[:-1].split("\n"):
            ids += self._lines[line + "\n"]
        return ids

    def _encode_code(self, text: str) -> tuple[int, ...]:
        ids: list[int] = []
        for piece in _PIECES.findall(text):
            ids += self._pieces[piece]
        return tuple(ids)

    def _encode_line(self, line: str) -> tuple[int, ...]:
        ids: list[int] = []
        at = 0
        for match in _SOURCE_LITERALS.finditer(line):
            group = match.lastgroup
            if group is None:  # a comment, or triple-quoted
                continue
            start, end = match.span(group)
            ids += self._code[line[at:start]]
            body = line[start:end]
            if match["f"]:
                self._add_f_string(ids, body)
            else:
                ids += map(self._bytes.__getitem__, body.encode())
            at = end
        ids += self._code[line[at:]]
        return tuple(ids)

    def _add_f_string(self, ids: list[int], body: str) -> None:
        at = 0
        for match in _FIELDS.finditer(body):
            if match[1] is not None:
                ids += map(self._bytes.__getitem__, body[at : match.start()].encode())
                ids += self._code[match[1]]
                at = match.end()
        ids += map(self._bytes.__getitem__, body[at:].encode())

    def _encode_json(self, text: str) -> tuple[int, ...]:
        ids: list[int] = []
        at = 0
        code, spell = self._code, self._bytes.__getitem__
        for match in _JSON_LITERALS.finditer(text):
            group = match.lastindex
            if group is None:
                continue
            start, end = match.span(group)
            ids += code[text[at:start]]
            ids += map(spell, text[start:end].encode())
            at = end
        ids += code[text[at:]]
        return tuple(ids)


def outside_literals(text: str) -> list[str]:
    """What a `LiteralTokenizer` leaves to the BPE of one text: its training material."""
    if not text.endswith("\n"):
        return list(_code_of(text, _JSON_LITERALS))
    return [
        code for line in text[:-1].split("\n") for code in _code_of(f"{line}\n", _SOURCE_LITERALS)
    ]


def _code_of(text: str, literals: re.Pattern[str]) -> Iterator[str]:
    at = 0
    for match in literals.finditer(text):
        group = match.lastgroup
        if group is None:
            continue
        start, end = match.span(group)
        yield text[at:start]
        if "f" in literals.groupindex and match["f"]:
            yield from (field[1] for field in _FIELDS.finditer(text[start:end]) if field[1])
        at = end
    yield text[at:]


def _byte_ids(plain: Tokenizer) -> list[int]:
    found: dict[int, int] = {}
    for token_id in range(plain.vocab_size):
        try:
            data = plain.decode_bytes(token_id)
        except (KeyError, IndexError, ValueError):
            continue
        if len(data) == 1:
            found.setdefault(data[0], token_id)
    missing = sorted(set(range(256)) - found.keys())
    if missing:
        raise TokenizerError(
            f"The tokenizer has no token of its own for {len(missing)} bytes (the first is "
            f"{missing[0]:#04x}). Train it with all 256 bytes in its alphabet."
        )
    return [found[byte] for byte in range(256)]
