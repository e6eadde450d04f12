"""Notices a model that writes the same again: without end, or in an answer that was to repair."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Final

from traces.answers import parse

#: So many equal copies in a row of something this long, or shorter, are no answer.
_COPIES: Final = 6
_LONGEST: Final = 240
_SHORTEST: Final = 12

#: How often the end of the text is looked at, in characters.
_EVERY: Final = 96


@dataclass(slots=True)
class RepetitionWatch:
    """Feed it text as it comes."""

    is_looping: bool = False
    _tail: str = ""
    _fresh: int = 0

    def feed(self, text: str) -> bool:
        """Whether the text ends in a loop now."""
        self._tail = (self._tail + text)[-_LONGEST * _COPIES :]
        self._fresh += len(text)
        if self._fresh >= _EVERY and not self.is_looping:
            self._fresh = 0
            self.is_looping = self._ends_in_loop()
        return self.is_looping

    def _ends_in_loop(self) -> bool:
        tail = self._tail
        for length in range(_SHORTEST, min(_LONGEST, len(tail) // _COPIES) + 1):
            unit = tail[-length:]
            if unit.strip() and tail.endswith(unit * _COPIES):
                return True
        return False


def is_same_code(code: str, other: str) -> bool:
    """Whether two programs differ in nothing but comments, blanks and the like."""
    if code.strip() == other.strip():
        return True
    trees = parse(code), parse(other)
    dumps = [ast.dump(tree) for tree in trees if tree is not None]
    return len(dumps) == 2 and dumps[0] == dumps[1]
