"""Reads what a model answers while it is still writing: reasoning, text, code and tests.

Theory of operation. A well-formed answer is `<think>` reasoning `</think>`, prose, one fenced block
with the code, one with the tests. Small models write anything else: no fence at all, a fence that
never closes, two versions of the code, tests inside the code, a `<think>` that never ends. Nothing
here fails on any text. It works in two stages:

* `AnswerStream` cuts the text into pieces while it arrives, line by line where a line could still
  become a fence or a tag, and at once elsewhere. Its pieces joined are the whole answer less the
  tags and the fences, in order.
* `read_answer` looks at all blocks when the answer is complete and says which of them is the code
  and which are tests, with a note for everything that was odd.

Fences are Markdown's: three or more backticks or tildes, closed by as many of the same. A block is
tests if its fence says so or if it holds nothing but assertions and what they need.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from traces.codecs.chat import END_THINK, THINK

Part = Literal["reasoning", "text", "code", "tests"]

#: Code that is longer is cut: no box would take it.
MAX_CODE_CHARS: Final = 24 * 1024

#: A line that is longer is passed on before it ends: it cannot be a fence any more.
_FENCE_CHARS: Final = 80

_FENCE: Final = re.compile(r" {0,3}(`{3,12}|~{3,12})[ \t]{0,4}([^`~\n]{0,50})")
_TEST_WORDS: Final = ("test", "assert", "example", "io")
_CODE_LINE: Final = re.compile(r"(?:def |class |import |from \w+ import |@|async def )")


@dataclass(frozen=True, slots=True)
class Piece:
    """Text to append to block `block` of `part`."""

    part: Part
    block: int
    text: str


@dataclass(slots=True)
class Block:
    """A fenced block as it was written. `info` is what stood behind the fence."""

    part: Literal["code", "tests"]
    number: int
    info: str
    text: str = ""
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer comes to.

    `code` is a program, or empty; `block` the number of the code block that it was read from, -1
    where it stood outside of any. `tests` is the text of all tests that the model wrote. `notes`
    are sentences for the user.
    """

    code: str = ""
    block: int = -1
    tests: str = ""
    text: str = ""
    reasoning: str = ""
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class AnswerStream:
    """Feed it text as it comes; call `finish` once at the end."""

    begins_in_reasoning: bool = False
    blocks: list[Block] = field(default_factory=list)
    texts: dict[str, list[str]] = field(default_factory=lambda: {"reasoning": [], "text": []})
    _line: str = ""  # the part of the current line that was not decided upon
    _is_line_start: bool = True
    _skips_newlines: bool = False  # those that follow a tag belong to it
    _in_reasoning: bool = False
    _fence: str = ""
    _unclosed_reasoning: bool = False

    def __post_init__(self) -> None:
        self._in_reasoning = self.begins_in_reasoning

    @property
    def is_in_block(self) -> bool:
        """Whether a block is open."""
        return bool(self._fence)

    # --- streaming --------------------------------------------------------------------------

    def feed(self, text: str) -> list[Piece]:
        """The pieces that are decided by `text`. Adjacent ones of a block are joined."""
        pieces: list[Piece] = []
        self._line += text
        while self._step(pieces):
            pass
        return _joined(pieces)

    def finish(self) -> list[Piece]:
        """The rest. What is fed after this goes on where the answer was."""
        pieces: list[Piece] = []
        rest, self._line = self._line, ""
        if rest:
            if self._is_line_start and self._closes(rest):
                self._close()
            elif not (self._is_line_start and not self._in_reasoning and self._opens(rest)):
                self._put(pieces, rest)
        self._unclosed_reasoning = self._in_reasoning
        self._is_line_start = True
        return _joined(pieces)

    def _step(self, pieces: list[Piece]) -> bool:
        """Decide upon the beginning of what is waiting; False: more is needed."""
        if self._skips_newlines:
            self._line = self._line.lstrip("\n")
            self._skips_newlines = not self._line
        if not self._line:
            return False
        if self._in_reasoning:
            return self._read_reasoning(pieces)
        if self._fence:
            return self._read_code(pieces)
        return self._read_text(pieces)

    def _read_reasoning(self, pieces: list[Piece]) -> bool:
        at, tag = _first_tag(self._line)
        if tag:
            self._put(pieces, self._line[:at])
            self._line = self._line[at + len(tag) :]
            self._in_reasoning = tag == THINK  # one that is opened again goes on
            self._skips_newlines, self._is_line_start = True, True
            return bool(self._line)
        kept = _could_begin(self._line)
        self._put(pieces, self._line[: len(self._line) - kept])
        self._line = self._line[len(self._line) - kept :] if kept else ""
        return False

    def _read_code(self, pieces: list[Piece]) -> bool:
        line, newline, rest = self._line.partition("\n")
        if self._is_line_start and not newline and _could_be_fence(line):
            return False  # it may become the closing fence
        if self._is_line_start and self._closes(line):
            self._close()
            self._line, self._is_line_start = rest, True
            return bool(rest)
        self._put(pieces, line + newline)
        self._line, self._is_line_start = rest, bool(newline)
        return bool(rest)

    def _read_text(self, pieces: list[Piece]) -> bool:
        line, newline, rest = self._line.partition("\n")
        at, tag = _first_tag(line)
        if tag:  # one that closes nothing is dropped
            self._put(pieces, line[:at])
            self._line = self._line[at + len(tag) :]
            self._in_reasoning = tag == THINK
            self._skips_newlines, self._is_line_start = True, True
            return bool(self._line)
        if self._is_line_start and not newline and _could_be_fence(line):
            return False
        if self._is_line_start and newline and self._opens(line):
            self._line, self._is_line_start = rest, True
            return bool(rest)
        if not newline:
            kept = _could_begin(line)
            self._put(pieces, line[: len(line) - kept])
            self._is_line_start = self._is_line_start and kept == len(line)
            self._line = line[len(line) - kept :] if kept else ""
            return False
        self._put(pieces, line + newline)
        self._line, self._is_line_start = rest, True
        return bool(rest)

    def _opens(self, line: str) -> bool:
        """Begin a block if this line is a fence."""
        found = _FENCE.fullmatch(line.rstrip("\r"))
        if found is None:
            return False
        self._fence, info = found[1], found[2].strip()
        part: Literal["code", "tests"] = "tests" if _names_tests(info) else "code"
        number = sum(block.part == part for block in self.blocks)
        self.blocks.append(Block(part, number, info))
        return True

    def _closes(self, line: str) -> bool:
        bare = line.lstrip(" ")
        if not self._fence or len(line) - len(bare) > 3 or len(line) > _FENCE_CHARS:
            return False
        bare = bare.rstrip()
        return len(bare) >= len(self._fence) and not bare.strip(self._fence[0])

    def _close(self) -> None:
        self.blocks[-1].is_closed = True
        self._fence = ""

    def _put(self, pieces: list[Piece], text: str) -> None:
        if not text:
            return
        if self._in_reasoning:
            self.texts["reasoning"].append(text)
            pieces.append(Piece("reasoning", 0, text))
        elif self._fence:
            block = self.blocks[-1]
            block.text += text
            pieces.append(Piece(block.part, block.number, text))
        else:
            self.texts["text"].append(text)
            pieces.append(Piece("text", 0, text))

    # --- reading ----------------------------------------------------------------------------

    def read(self) -> Answer:
        """What it all comes to. Call after `finish`."""
        notes: list[str] = []
        if self._unclosed_reasoning:
            notes.append("The model never stopped reasoning.")
        tests = [block for block in self.blocks if block.part == "tests"]
        code = [block for block in self.blocks if block.part == "code" and block.text.strip()]
        text = "".join(self.texts["text"]).strip()
        reasoning = "".join(self.texts["reasoning"]).strip()
        program, number = "", -1
        chosen, only_tests = _choose(code, notes)
        tests_source = [block.text for block in (*tests, *only_tests)]
        if chosen is not None:
            program, number = chosen.text, chosen.number
            if not chosen.is_closed:
                notes.append("The code block was not closed: it was read up to its end.")
        elif not code:
            program = _unfenced(text)
            if program:
                notes.append("The code stood outside of a code block.")
        program, moved = split_tests(program)
        if moved:
            notes.append("The tests stood inside the code: they were taken out of it.")
            tests_source.append(moved)
        if len(program) > MAX_CODE_CHARS:
            notes.append(f"The code has {len(program):,} characters: it is too long to be run.")
            program, number = "", -1
        return Answer(
            code=program.strip("\n") + "\n" if program.strip() else "",
            block=number if program.strip() else -1,
            tests="\n".join(part.strip("\n") for part in tests_source if part.strip()),
            text=text,
            reasoning=reasoning,
            notes=tuple(notes),
        )


def read_answer(text: str, *, begins_in_reasoning: bool = False) -> Answer:
    """A whole answer at once."""
    stream = AnswerStream(begins_in_reasoning)
    stream.feed(text)
    stream.finish()
    return stream.read()


def _names_tests(info: str) -> bool:
    return any(word in info.lower() for word in _TEST_WORDS)


def _could_be_fence(line: str) -> bool:
    """Whether a line that has not ended may turn out to be a fence."""
    bare = line.lstrip(" ")
    if len(line) - len(bare) > 3 or len(line) > _FENCE_CHARS:
        return False
    return not bare or (bare[0] in "`~" and (len(bare) < 3 or bare[:3] in ("```", "~~~")))


def _first_tag(text: str) -> tuple[int, str]:
    """The place and name of the first tag, an empty name for none."""
    found = [(at, tag) for tag in (THINK, END_THINK) if (at := text.find(tag)) >= 0]
    return min(found, default=(-1, ""))


def _could_begin(text: str) -> int:
    """How many characters at the end of `text` may be the beginning of a tag."""
    lengths = range(min(len(END_THINK) - 1, len(text)), 0, -1)
    ends = (length for length in lengths if any(t.startswith(text[-length:]) for t in _TAGS))
    return next(ends, 0)


_TAGS: Final = (THINK, END_THINK)


def _joined(pieces: list[Piece]) -> list[Piece]:
    found: list[Piece] = []
    for piece in pieces:
        last = found[-1] if found else None
        if last is not None and (last.part, last.block) == (piece.part, piece.block):
            found[-1] = Piece(last.part, last.block, last.text + piece.text)
        else:
            found.append(piece)
    return found


def _choose(code: list[Block], notes: list[str]) -> tuple[Block | None, list[Block]]:
    """The block that is the program, and those that hold only tests.

    Of several programs the last that Python can read wins: models correct themselves.
    """
    programs = [block for block in code if not holds_only_tests(block.text)]
    only_tests = [block for block in code if block not in programs]
    if not programs:
        return None, only_tests
    readable = [block for block in programs if parse(block.text) is not None]
    defining = [block for block in readable if _defines(block.text)]
    chosen = (defining or readable or programs)[-1]
    if len(programs) > 1:
        notes.append(f"The model wrote {len(programs)} blocks of code: one of them is tested.")
    return chosen, only_tests


def _defines(text: str) -> bool:
    tree = parse(text)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return tree is not None and any(isinstance(node, kinds) for node in tree.body)


def parse(source: str) -> ast.Module | None:
    """The program's tree, None where Python cannot read it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def holds_only_tests(text: str) -> bool:
    """Whether a block has assertions or examples and nothing that could be a solution."""
    tree = parse(text)
    if tree is None:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return bool(lines) and any(line.startswith(">>>") for line in lines)
    has_tests = any(isinstance(node, ast.Assert) for node in tree.body)
    return has_tests and all(_belongs_to_tests(node) for node in tree.body)


def _belongs_to_tests(node: ast.stmt) -> bool:
    match node:
        case ast.Assert() | ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr():  # a comment as a string, or a print
            return True
    return False


def split_tests(program: str) -> tuple[str, str]:
    """The program without the assertions at its top level, and those.

    Only lines that hold nothing else are taken out. Assertions that use a name bound at the top
    level by anything but a definition or an import stay: they would mean nothing elsewhere.
    """
    tree = parse(program)
    if tree is None or not any(isinstance(node, ast.Assert) for node in tree.body):
        return program, ""
    bound = {
        name.id
        for node in tree.body
        for name in ast.walk(node)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.For | ast.With)
        and isinstance(name, ast.Name)
        and isinstance(name.ctx, ast.Store)
    }
    lines = program.split("\n")
    used: dict[int, int] = {}
    for node in tree.body:
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
            used[line] = used.get(line, 0) + 1
    taken: set[int] = set()
    tests: list[str] = []
    for node in tree.body:
        if not isinstance(node, ast.Assert) or bound & _names(node):
            continue
        own = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        if all(used[line] == 1 for line in own):
            taken.update(own)
            tests += [lines[line - 1] for line in own]
    rest = [line for number, line in enumerate(lines, 1) if number not in taken]
    return "\n".join(rest), "\n".join(tests)


def _names(node: ast.AST) -> set[str]:
    return {found.id for found in ast.walk(node) if isinstance(found, ast.Name)}


def _unfenced(text: str) -> str:
    """The longest run of lines of prose that is a program with a definition, or one without.

    Starts are lines that look like code; the end moves up until Python can read what is between.
    """
    lines = text.splitlines()
    for start in _starts(lines):
        for end in range(len(lines), start, -1):
            if lines[end - 1].strip() and len(lines) - end < _MAX_TRAILING:
                found = "\n".join(lines[start:end])
                tree = parse(found)
                if tree is not None:
                    return _without_prose(found, tree)
    return ""


def _without_prose(program: str, tree: ast.Module) -> str:
    """Cut at the first statement that does nothing: `This is it` is an expression to Python."""
    for node in tree.body:
        idle = (ast.Compare, ast.Name, ast.BinOp, ast.BoolOp, ast.UnaryOp, ast.Tuple, ast.Attribute)
        if isinstance(node, ast.Expr) and isinstance(node.value, idle):
            return "\n".join(program.split("\n")[: node.lineno - 1])
    return program


#: Lines of prose after unfenced code, and places where it may begin, that are tried.
_MAX_TRAILING: Final = 60
_MAX_STARTS: Final = 20


def _starts(lines: list[str]) -> Iterator[int]:
    found = [at for at, line in enumerate(lines) if _CODE_LINE.match(line)]
    yield from found[:_MAX_STARTS]
