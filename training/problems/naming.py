"""Other names for a family's function and arguments, and renaming them in code.

People call the same thing by many names; a problem may name the function and its arguments as it
likes, and the answer has to follow.
"""

from __future__ import annotations

import io
import random
import re
import tokenize

#: Names that can stand in for an argument's name as families write it.
OTHER_NAMES = {
    "nums": "numbers values xs lst data arr nums nums numbers a items",
    "numbers": "nums values xs lst data arr",
    "text": "s string text text message phrase line st",
    "word": "s w text string word word",
    "sentence": "text s line sentence phrase",
    "n": "n n n num number x value",
    "a": "a a x first p",
    "b": "b b y second q",
    "words": "words words strings names tokens items lst",
    "items": "items values things elements data lst seq",
    "matrix": "matrix matrix grid rows table m mat",
    "grid": "grid matrix rows board",
    "d": "d data mapping table dictionary",
    "scores": "scores marks grades points results",
    "prices": "prices costs amounts price_list",
    "k": "k k count size step",
    "limit": "limit threshold bound maximum",
    "names": "names people students users",
    "target": "target value wanted x goal",
}

_NAME = re.compile(r"\b[^\W\d]\w*\b")


def pick_names(
    rng: random.Random, arguments: list[str], codes: list[str], functions: list[str]
) -> dict[str, str]:
    """New names of the first of `functions` and of the arguments; none is in use in the codes."""
    used = {name for code in codes for name in _NAME.findall(code)} | set(arguments)
    new = {functions[0]: rng.choice([functions[0], *functions])}
    for argument in arguments:
        taken = (used | set(new.values())) - {argument}
        free = [n for n in OTHER_NAMES.get(argument, argument).split() if n not in taken]
        new[argument] = rng.choice(free) if free and rng.random() < 0.7 else argument
    return new


def rename(code: str, new: dict[str, str]) -> str:
    """The code with names replaced, not those after a dot and not those in plain strings."""
    lines = code.splitlines(keepends=True)
    before = ""
    edits: list[tuple[int, int, int, str]] = []
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        (row, start), (_, end) = token.start, token.end
        if token.type == tokenize.NAME and token.string in new and before != ".":
            edits.append((row, start, end, new[token.string]))
        elif token.type == tokenize.STRING and token.string[:1] in "fF":
            edits.append((row, start, end, _rename_fields(token.string, new)))
        before = token.string
    for row, start, end, text in reversed(edits):
        line = lines[row - 1]
        lines[row - 1] = line[:start] + text + line[end:]
    return "".join(lines)


def rename_in_text(text: str, new: dict[str, str]) -> str:
    """English with the names replaced where they stand in a piece of code, as in `nums[0]`.

    Elsewhere a name may be an ordinary word ("a", "items") and is left alone.
    """
    for name, other in new.items():
        text = re.sub(
            rf"(?<![\w`.\"'\0])(?:{re.escape(name)})(?=\[|\)| (?:%|//|\*\*?|[<>=!]=|<|>|\+|-) )",
            f"\0{other}",
            text,
        )
    return text.replace("\0", "")


def _rename_fields(literal: str, new: dict[str, str]) -> str:
    """An f-string with the names in its `{...}` fields replaced."""
    return re.sub(
        r"\{[^{}]*\}",
        lambda part: re.sub(
            r"(?<![.\w'\"])[^\W\d]\w*", lambda name: new.get(name[0], name[0]), part[0]
        ),
        literal,
    )
