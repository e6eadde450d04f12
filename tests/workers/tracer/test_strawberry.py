"""The published example of the trace format: counting a letter in "strawberry".

The program is the one that facebookresearch/cwm shows in its README and demos (BSD-3-Clause).
The expected frames follow the rules of its PROMPTING_GUIDE.md: a frame is the event, the locals as
JSON (a value is ".." when its text equals the one in the event directly before it, in the same
activation), the source line, and for returns the value. The rendering below is written out here
on its own, so that it checks the recorded events and not another module's reading of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROGRAM = """\
def count_letters(s, letter):
    n = 0
    for c in s:
        n += int(c == letter)
    return n

def format_answer(word, letter, count):
    parts = [
        "Found",
        f"{count:04d}",
        "occurrences of the letter",
        letter,
        "in",
        word
    ]
    return " ".join(parts)

def f(c):
    word = "strawberry"
    num = count_letters(word, c)
    ans = format_answer(word, c, num)
    return ans
"""

EXPECTED = Path(__file__).resolve().parents[2] / "golden" / "tracer" / "strawberry.txt"


def render(events: list[Any], source: str) -> str:
    """One line per event: kind, locals (call and line only), source line, value (the others)."""
    names = {"c": "call", "l": "line", "r": "return", "x": "exception"}
    lines = source.splitlines()
    stack: list[dict[str, str]] = []
    before: tuple[int, dict[str, str]] | None = None
    out: list[str] = []
    for event in events:
        if event.kind == "c":
            stack.append({})
        shown = lines[event.line - 1]
        if event.kind in "rx":
            out.append(f"{names[event.kind]}  | {shown} | {json.dumps(event.value)}")
        else:
            current = stack[-1]
            for name in event.removed:
                del current[name]
            current.update(event.changed)
            known = before[1] if before is not None and before[0] == id(current) else {}
            texts = {
                name: ".." if event.kind == "l" and known.get(name) == text else text
                for name, text in current.items()
            }
            out.append(f"{names[event.kind]} {json.dumps(texts)} | {shown}")
            before = (id(current), dict(current))
        if event.kind == "r":
            stack.pop()
            before = None
    return "\n".join(out) + "\n"


def test_the_published_example_is_reproduced_frame_by_frame(trace: Callable[..., Any]) -> None:
    traced = trace(PROGRAM, "f('r')")
    assert render(traced.events, PROGRAM) == EXPECTED.read_text()
    assert traced.end is not None
    assert traced.end.status == "ok"
