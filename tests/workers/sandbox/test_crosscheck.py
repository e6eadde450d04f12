"""The untraced second run: what it finds, and what it must not mistake for a difference."""

from __future__ import annotations

import pytest

from workers.sandbox.cancel import CancelToken
from workers.sandbox.config import SandboxConfig, TraceJob
from workers.sandbox.crosscheck import Comparison, Observed, compare, crosscheck
from workers.sandbox.recorder import record_trace


def both(source: str, entry: str, config: SandboxConfig, cancel: CancelToken) -> Comparison:
    job, traced = TraceJob(source, entry, stdin="7\n"), Observed()
    result = record_trace(job, on_message=traced.add, cancel=cancel, config=config)
    return crosscheck(job, traced.finish(result), cancel=cancel, config=config)


SAME = [
    ("def f(n):\n    print(n)\n    return [n, {'a': n}]\n", "f(3)"),
    ("def main():\n    return int(input()) + 1\n", ""),
    ("x = 1\nif __name__ == '__main__':\n    print('main', x)\n", ""),
    ("if __name__ != 'solution':\n    raise SystemExit\ndef f():\n    return __name__\n", "f()"),
    ("def main():\n    raise KeyError('x')\n", ""),
    ("from __future__ import annotations\nimport random\nprint(random.random())\n", ""),
    (
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n"
        "def main():\n    return P(1)\n",
        "",
    ),
    ("import sys\nprint('out')\nsys.exit(3)\n", ""),
]
DIFFERENT = [
    ("import sys\ndef main():\n    return sys.gettrace() is None\n", ("value",)),
    ("import sys\nprint('watched' if sys.gettrace() else 'alone')\n", ("stdout",)),
    ("import sys\ndef main():\n    if sys.gettrace():\n        raise ValueError\n", ("ending",)),
    ("import os\ndef main():\n    return os.urandom(8)\n", ("value",)),
    # A program that finds the tracer's channel and forges the value that it shows.
    (
        """
import sys
def main():
    watch = sys._getframe().f_trace
    if watch is not None:
        watch.__self__._render = lambda value: ("'forged'", False)
    return 'real'
""",
        ("value",),
    ),
]


@pytest.mark.sandbox
@pytest.mark.parametrize(("source", "entry"), SAME)
def test_a_program_that_does_not_look_shows_the_same_twice(
    source: str, entry: str, boxes: SandboxConfig, cancel: CancelToken
) -> None:
    assert both(source, entry, boxes, cancel) == Comparison(comparable=True)


@pytest.mark.sandbox
@pytest.mark.parametrize(("source", "differences"), DIFFERENT)
def test_a_program_that_behaves_otherwise_when_watched_is_marked(
    source: str, differences: tuple[str, ...], boxes: SandboxConfig, cancel: CancelToken
) -> None:
    found = both(source, "", boxes, cancel)
    assert found == Comparison(comparable=True, differences=differences)
    assert found.observer_effect


@pytest.mark.sandbox
def test_a_run_that_was_cut_off_is_not_compared(boxes: SandboxConfig, cancel: CancelToken) -> None:
    source = "def main():\n    while True:\n        pass\n"
    assert both(source, "", boxes, cancel) == Comparison(comparable=False)


def test_the_comparison_names_each_difference() -> None:
    one = Observed("a", "1", "ok")
    assert compare(one, Observed("a", "1", "ok")) == Comparison(comparable=True)
    assert compare(one, Observed("b", "2", "ok")).differences == ("stdout", "value")
    assert compare(one, Observed("a", None, "exception", "E")).differences == ("ending",)
    assert compare(one, Observed("a", None, "time")).differences == ("ending",)
    assert not compare(one, Observed("a", None, "cancelled")).comparable
    assert not compare(Observed("a", None, "steps"), one).comparable
