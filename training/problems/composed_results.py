"""What composed problems make of their elements (`composed_parts` has the other parts)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """What is made of the elements: phrases with {np}, a loop, and the same in one expression.

    `start`, `step` and `end` are the loop's lines with {e} for the element; `short` has {all} for
    a generator expression. `empty` says what comes of no elements.
    """

    name: str
    phrases: tuple[str, ...]
    start: str
    step: str
    end: str
    short: str
    returns: str
    empty: str
    how: str
    needs: str = ""
    k: str = ""


RESULTS: dict[str, tuple[Result, ...]] = {
    "int": (
        Result(
            "sum",
            ("the sum of {np}", "the total of {np}", "{np}, all added up"),
            "total = 0",
            "total += {e}",
            "return total",
            "sum({all})",
            "int",
            "0",
            "add it to the total",
        ),
        Result(
            "product",
            ("the product of {np}", "{np}, multiplied together"),
            "result = 1",
            "result *= {e}",
            "return result",
            "",
            "int",
            "1",
            "multiply the result by it",
        ),
        Result(
            "max",
            ("the largest of {np}", "the maximum of {np}", "the biggest among {np}"),
            "best = None",
            "if best is None or {e} > best:\n    best = {e}",
            "return best",
            "max(({all}), default=None)",
            "int | None",
            "None",
            "keep it if it is larger than the best so far",
        ),
        Result(
            "min",
            ("the smallest of {np}", "the minimum of {np}"),
            "best = None",
            "if best is None or {e} < best:\n    best = {e}",
            "return best",
            "min(({all}), default=None)",
            "int | None",
            "None",
            "keep it if it is smaller than the best so far",
        ),
        Result(
            "mean",
            ("the average of {np}", "the mean of {np}"),
            "values = []",
            "values.append({e})",
            "return sum(values) / len(values) if values else 0",
            "",
            "float",
            "0",
            "collect it, and divide the sum by how many there are",
        ),
        Result(
            "sorted",
            ("a sorted list of {np}", "{np} as a list in ascending order"),
            "result = []",
            "result.append({e})",
            "return sorted(result)",
            "sorted({all})",
            "list[int]",
            "an empty list",
            "collect it, and sort at the end",
        ),
        Result(
            "descending",
            ("a list of {np}, largest first", "{np} in descending order as a list"),
            "result = []",
            "result.append({e})",
            "return sorted(result, reverse=True)",
            "sorted(({all}), reverse=True)",
            "list[int]",
            "an empty list",
            "collect it, and sort downwards at the end",
        ),
        Result(
            "spread",
            (
                "the difference between the largest and the smallest of {np}",
                "the range (largest minus smallest) of {np}",
            ),
            "values = []",
            "values.append({e})",
            "return max(values) - min(values) if values else 0",
            "",
            "int",
            "0",
            "collect it, and subtract the smallest from the largest",
        ),
    ),
    "str": (
        Result(
            "join",
            ("a text of {np}, joined by {k}", "{np} in one text with {k} between them"),
            "parts = []",
            "parts.append({e})",
            "return {k}.join(parts)",
            "{k}.join({all})",
            "str",
            "the empty text",
            "collect it, and join the parts",
            k="choice('-', ', ', ' ', '+', '/')",
        ),
        Result(
            "concat",
            (
                "one text made of {np}, without anything between them",
                "{np} put together into one text",
            ),
            "result = ''",
            "result += {e}",
            "return result",
            "''.join({all})",
            "str",
            "the empty text",
            "append it to the result",
        ),
        Result(
            "longest",
            (
                "the longest of {np}, the first one if there are several",
                "the first longest among {np}",
            ),
            "best = ''",
            "if len({e}) > len(best):\n    best = {e}",
            "return best",
            "max(({all}), key=len, default='')",
            "str",
            "the empty text",
            "keep it if it is longer than the best so far",
            needs="word",
        ),
        Result(
            "sorted",
            ("a list of {np} in alphabetical order", "{np}, sorted, as a list"),
            "result = []",
            "result.append({e})",
            "return sorted(result)",
            "sorted({all})",
            "list[str]",
            "an empty list",
            "collect it, and sort at the end",
        ),
        Result(
            "reversed",
            ("a list of {np}, last one first", "{np} in reverse order as a list"),
            "result = []",
            "result.insert(0, {e})",
            "return result",
            "list(reversed([{list}]))",
            "list[str]",
            "an empty list",
            "put it in front of the others",
        ),
    ),
    "any": (
        Result(
            "count",
            ("how many {bare} there are", "the number of {bare}", "the count of {bare}"),
            "count = 0",
            "count += 1",
            "return count",
            "sum(1 for x in {code}{if})",
            "int",
            "0",
            "count it",
            needs="same",
        ),
        Result(
            "list",
            ("a list of {np}", "{np} as a list in the same order", "{np} in a new list"),
            "result = []",
            "result.append({e})",
            "return result",
            "[{list}]",
            "list",
            "an empty list",
            "append it to the result",
        ),
        Result(
            "unique",
            (
                "a list of {np} without repetitions, in the order of their first occurrence",
                "the different ones of {np} as a list, in the order in which they first occur",
            ),
            "result = []",
            "if {e} not in result:\n    result.append({e})",
            "return result",
            "list(dict.fromkeys({all}))",
            "list",
            "an empty list",
            "append it if it is not there yet",
        ),
        Result(
            "distinct",
            (
                "how many different values there are among {np}",
                "the number of different ones of {np}",
            ),
            "seen = set()",
            "seen.add({e})",
            "return len(seen)",
            "len(set({all}))",
            "int",
            "0",
            "put it into a set, whose size is the answer",
        ),
        Result(
            "first",
            ("the first of {np}", "the first one among {np}"),
            "",
            "return {e}",
            "return None",
            "next(({all}), None)",
            "object",
            "None",
            "return it at once",
        ),
        Result(
            "last",
            ("the last of {np}", "the last one among {np}"),
            "last = None",
            "last = {e}",
            "return last",
            "",
            "object",
            "None",
            "remember it; the last one stays",
        ),
        Result(
            "tally",
            (
                "a dictionary that says how often each of {np} occurs",
                "the counts of {np} as a dictionary",
            ),
            "counts = {{}}",
            "counts[{e}] = counts.get({e}, 0) + 1",
            "return counts",
            "",
            "dict",
            "an empty dictionary",
            "count it in a dictionary",
        ),
        Result(
            "exists",
            ("whether there are any {bare}", "True if there are {bare}, else False"),
            "",
            "return True",
            "return False",
            "any({cond} for x in {code})",
            "bool",
            "False",
            "answer True at once",
            needs="condition",
        ),
    ),
}
