"""What programs contain: shares of kinds and features, and how many of them raise."""

from __future__ import annotations

import argparse
import ast
import collections
import contextlib
import io
import re
import sys
import time
import warnings
from typing import Any

from training.corpus.programs import Program, program

_STEP_LIMIT = 20_000


class StepLimit(BaseException):
    """A program ran too long. Not an `Exception`, so that programs do not catch it."""


def outcome(made: Program) -> str:
    """`ok`, the name of the exception, or `StepLimit`."""
    left = _STEP_LIMIT

    def count(frame: Any, event: str, arg: object) -> Any:  # noqa: ARG001  # sys.settrace's shape
        nonlocal left
        left -= 1
        if left < 0:
            raise StepLimit
        return count

    namespace: dict[str, Any] = {"__name__": "solution"}
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before = sys.gettrace()
        sys.settrace(count)
        try:
            exec(compile(made.source, "<program>", "exec"), namespace)  # noqa: S102  # programs of our own
            eval(made.entry, namespace)  # noqa: S307  # as above
        except StepLimit:
            return "StepLimit"
        except RecursionError:
            return "RecursionError"
        except Exception as error:
            return type(error).__name__
        finally:
            sys.settrace(before)
    return "ok"


def features(source: str) -> set[str]:
    """Statement kinds, expression kinds, method names and built-ins used in a program."""
    found: set[str] = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt | ast.expr | ast.excepthandler):
            found.add(type(node).__name__)
        match node:
            case ast.Call(func=ast.Attribute(attr=name)):
                found.add("." + name)
            case ast.Call(func=ast.Name(id=name)):
                found.add(name + "()")
            case ast.While(orelse=[_, *_]) | ast.For(orelse=[_, *_]):
                found.add(type(node).__name__ + "/else")
            case _:
                pass
    if re.search(r"#", source):
        found.add("#")
    return found


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--stats", type=int, default=0, metavar="N", help="statistics of N programs"
    )
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print N programs")
    parser.add_argument("--seed", type=int, default=0, help="the first program's seed")
    options = parser.parse_args()
    write = sys.stdout.write
    for seed in range(options.seed, options.seed + options.show):
        made = program(seed)
        write(f"# --- {seed} {made.kind}: {outcome(made)}\n{made.source}# >>> {made.entry}\n\n")
    if options.stats:
        _print_statistics(options.seed, options.stats)


def _print_statistics(first: int, count: int) -> None:
    write = sys.stdout.write
    start = time.perf_counter()
    made = [program(seed) for seed in range(first, first + count)]
    seconds = time.perf_counter() - start
    write(f"{count} programs in {seconds:.1f} s: {count / seconds:.0f}/s\n")
    write(f"different texts: {len({m.source for m in made}) / count:.1%}\n")
    write(f"lines: {sum(m.source.count(chr(10)) for m in made) / count:.1f} on average\n")
    kinds = collections.Counter(m.kind for m in made)
    by_kind: dict[str, collections.Counter[str]] = {k: collections.Counter() for k in kinds}
    found: collections.Counter[str] = collections.Counter()
    for m in made:
        by_kind[m.kind][outcome(m)] += 1
        found.update(features(m.source))
    for kind, size in kinds.most_common():
        worst = ", ".join(
            f"{n} {c / size:.1%}" for n, c in by_kind[kind].most_common(7) if n != "ok"
        )
        write(f"{kind:10} {size / count:6.1%}  runs {by_kind[kind]['ok'] / size:.1%}  {worst}\n")
    total = sum((c for c in by_kind.values()), collections.Counter())
    write(f"raising: {1 - total['ok'] / count:.1%}\n")
    write("  ".join(f"{n} {c / count:.1%}" for n, c in found.most_common()) + "\n")
