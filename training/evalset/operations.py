"""Single operations as programs of their own: which of them the model can do, and which not.

    python -m training.evalset.operations make operations.jsonl
    python manage.py evaluate cruxeval --file operations.jsonl --no-teacher-forced --out scores.json
    python -m training.evalset.operations read JOURNAL

The journal is the file that `evaluate` names at its end. Most wrong traces of short programs go
wrong in one such operation, so this table says what the corpus has to drill. Arguments are made as
for drills, so it measures skill at what is trained; other suites measure what that is worth.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.corpus.compose import Composer
from training.corpus.drills import declare

#: Name, codes of the arguments (`training.corpus.operations`), operation. `;` ends a statement.
_OPERATIONS = """
len text | s | len(a)
len list | li | len(a)
count in text | s t | a.count(b)
find | s t | a.find(b)
rfind | s t | a.rfind(b)
in text | s t | b in a
startswith | s t | a.startswith(b)
endswith | s t | a.endswith(b)
replace | s t w | a.replace(b, c)
reverse text | s | a[::-1]
upper | s | a.upper()
title | s | a.title()
swapcase | s | a.swapcase()
strip characters | s t | a.strip(b)
character at | s k | a[b]
slice text | s n n | a[b:c]
split | S | a.split()
split at | S c | a.split(b)
join | ls c | b.join(a)
sort text | s | ''.join(sorted(a))
isalpha | s | a.isalpha()
isupper | s | a.isupper()
zfill | s p | a.zfill(b)
center | w p | a.center(b)
partition | s t | a.partition(b)
equal texts | s e | a == b
less texts | w w | a < b
add | i i | a + b
subtract | i i | a - b
multiply | i p | a * b
modulo | i p | a % b
floor division | i p | a // b
even | i | a % 2 == 0
less | i j | a < b
equal | i j | a == b
less fractions | f f | a < b
true division | i p | a / b
add fractions | f f | a + b
abs | i | abs(a)
sum | li | sum(a)
max | li | max(a)
min | li | min(a)
sorted | li | sorted(a)
reversed list | li | a[::-1]
item | li k | a[b]
slice list | li n n | a[b:c]
count in list | li x | a.count(b)
in list | li x | b in a
get | dsi y | a.get(b, 0)
in dictionary | dsi y | b in a
shift letter | c p | chr((ord(a) - 97 + b) % 26 + 97)
append | li i | a.append(b);
insert | li n i | a.insert(b, c);
sort | li | a.sort();
reverse | li | a.reverse();
"""
_NAMES = ("a", "b", "c")


def programs(each: int, seed: int) -> Iterator[dict[str, str]]:
    """Lines of a file in CruxEval's format; the id is the operation's name and a number."""
    for line in _OPERATIONS.strip().splitlines():
        name, codes, operation = (part.strip() for part in line.split("|"))
        rng = random.Random(f"{seed}/{name}")  # noqa: S311  # reproducible, no secret
        for number in range(each):
            composer = Composer(rng)
            arguments = [composer.namespace[n] for n in declare(composer, tuple(codes.split()))]
            if operation.endswith(";"):
                body = f"    {operation[:-1]}\n    return a"
            else:
                body = f"    return {operation}"
            yield {
                "code": f"def f({', '.join(_NAMES[: len(arguments)])}):\n{body}",
                "input": ", ".join(map(repr, arguments)),
                "output": "",
                "id": f"{name}-{number}",
            }


def table(journal: Path) -> list[tuple[str, int, int]]:
    """Operation, right, asked; worst first."""
    counts: dict[str, list[int]] = {}
    for line in journal.read_text(encoding="utf-8").splitlines():
        if not line.startswith("{"):
            continue
        result: dict[str, Any] = json.loads(line)
        name = result["name"].rpartition("-")[0]
        right, asked = counts.setdefault(name, [0, 0])
        counts[name] = [right + bool(result.get("return_right")), asked + 1]
    found = [(name, right, asked) for name, (right, asked) in counts.items()]
    return sorted(found, key=lambda row: row[1] / row[2])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("action", choices=("make", "read"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--each", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.action == "make":
        lines = [json.dumps(p) + "\n" for p in programs(options.each, options.seed)]
        options.file.write_text("".join(lines), encoding="utf-8")
        return
    rows = table(options.file)
    for name, right, asked in rows:
        sys.stdout.write(f"{right / asked:6.1%}  {name}\n")
    right, asked = sum(row[1] for row in rows), sum(row[2] for row in rows)
    sys.stdout.write(f"{right / max(1, asked):6.1%}  all {asked}\n")


if __name__ == "__main__":
    main()
