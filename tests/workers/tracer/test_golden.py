"""Example programs and the traces they must give, event by event.

`tests/golden/tracer/NAME.py` is a program (comments `# entry:` and `# stdin:` on top of it say
how it is run), `NAME.json` its trace. `GOLDEN_WRITE=1` rewrites the latter; read the diff.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "tracer"
PROGRAMS = sorted(GOLDEN.glob("*.py"))
#: Enough for every example but the one about the limit itself.
STEPS = 300


def header(source: str, name: str) -> str:
    for line in source.splitlines()[:3]:
        if line.startswith(f"# {name}: "):
            return line.removeprefix(f"# {name}: ").replace("\\n", "\n")
    return ""


def as_golden(traced: Any) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        return msgspec.to_builtins(value)

    return {
        "events": [plain(event)[1:] for event in traced.events],
        "stdout": traced.written("stdout").encode("latin-1").decode(),
        "stderr": traced.written("stderr").encode("latin-1").decode(),
        "read": [list(pair) for pair in traced.read],
        "phases": traced.phases,
        "end": plain(traced.end)[1:] if traced.end is not None else None,
        "exit_code": traced.exit_code,
    }


def write(path: Path, golden: dict[str, Any]) -> None:
    events = ",\n".join("  " + json.dumps(event, ensure_ascii=False) for event in golden["events"])
    rest = json.dumps({k: v for k, v in golden.items() if k != "events"}, indent=1)
    path.write_text(f'{{"events": [\n{events}\n],{rest[1:]}\n')


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_gives_the_trace_that_is_written_down(
    program: Path, trace: Callable[..., Any]
) -> None:
    source = program.read_text()
    entry, stdin = header(source, "entry"), header(source, "stdin")
    golden = as_golden(trace(source, entry, stdin, steps=STEPS))
    expected = program.with_suffix(".json")
    if os.environ.get("GOLDEN_WRITE") == "1":
        write(expected, golden)
    assert golden == json.loads(expected.read_text())


def test_the_same_program_gives_the_same_trace_twice(trace: Callable[..., Any]) -> None:
    source = "import random\ndef main():\n    s = {'a', 'b', 'c'}\n    return s, random.random()\n"
    first, second = trace(source), trace(source)
    assert as_golden(first) == as_golden(second)
