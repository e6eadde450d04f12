"""Parts of composed problems: where elements come from, which of them count, what is taken of them.

`x` is the element in every piece of code, `{k}` a constant or the name of an argument. English
parts are written so that any of them can stand beside any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Element = Literal["int", "word", "char"]


@dataclass(frozen=True, slots=True)
class Source:
    """An argument, its generator, and the elements it gives."""

    argument: str
    kind: str
    values: str
    edges: tuple[str, ...]
    element: Element
    noun: str
    where: str
    code: str


@dataclass(frozen=True, slots=True)
class Part:
    """A condition (`code` is true for what counts) or a step (`code` is what is taken of x).

    `before` stands before the noun ("even"), `after` behind it ("that are greater than 3"). A step
    that gives another sort of element says which in `gives`. `k` generates the constant.
    """

    name: str
    before: str
    after: str
    code: str
    k: str = ""
    gives: str = ""


SOURCES = (
    Source(
        "nums",
        "list[int]",
        "list_(int_(-12, 40), 0, 8)",
        ("[]", "[7]"),
        "int",
        "numbers",
        "in $nums",
        "nums",
    ),
    Source(
        "values",
        "list[int]",
        "list_(int_(0, 60), 1, 7)",
        ("[0]", "[]"),
        "int",
        "values",
        "in the list $values",
        "values",
    ),
    Source(
        "d",
        "dict[str, int]",
        "dict_(word(), int_(-5, 30), 0, 5)",
        ("{}",),
        "int",
        "values",
        "of the dictionary $d",
        "d.values()",
    ),
    Source(
        "n",
        "int",
        "int_(0, 99999)",
        ("0", "7"),
        "int",
        "digits",
        "of the whole number $n (not negative)",
        "map(int, str(n))",
    ),
    Source(
        "words",
        "list[str]",
        "list_(word(), 0, 6)",
        ("[]", "['a']"),
        "word",
        "words",
        "in $words",
        "words",
    ),
    Source(
        "names",
        "list[str]",
        "list_(name(), 0, 5)",
        ("[]",),
        "word",
        "names",
        "in the list $names",
        "names",
    ),
    Source(
        "sentence",
        "str",
        "words(1, 7)",
        ("''",),
        "word",
        "words",
        "of the text $sentence (separated by blanks)",
        "sentence.split()",
    ),
    Source(
        "text", "str", "text(0, 18)", ("''", "'aB 1'"), "char", "characters", "of $text", "text"
    ),
)

#: (Nothing left out.)
ALL = Part("", "", "", "")

CONDITIONS: dict[Element, tuple[Part, ...]] = {
    "int": (
        ALL,
        Part("even", "even", "", "x % 2 == 0"),
        Part("odd", "odd", "", "x % 2 == 1"),
        Part("positive", "positive", "", "x > 0"),
        Part("above", "", "that are greater than {k}", "x > {k}", k="int_(0, 20)"),
        Part("below", "", "that are less than {k}", "x < {k}", k="int_(3, 25)"),
        Part("at_least", "", "that are at least {k}", "x >= {k}", k="int_(0, 20)"),
        Part("at_most", "", "that are not greater than {k}", "x <= {k}", k="int_(2, 20)"),
        Part("multiple", "", "that are divisible by {k}", "x % {k} == 0", k="int_(2, 6)"),
        Part("other", "", "that are different from {k}", "x != {k}", k="int_(0, 9)"),
        Part("indivisible", "", "that {k} does not divide", "x % {k} != 0", k="int_(2, 5)"),
    ),
    "word": (
        ALL,
        Part("long", "", "with more than {k} letters", "len(x) > {k}", k="int_(2, 5)"),
        Part("short", "", "with fewer than {k} letters", "len(x) < {k}", k="int_(3, 6)"),
        Part("of_length", "", "with exactly {k} letters", "len(x) == {k}", k="int_(3, 6)"),
        Part("starting", "", "that begin with {k}", "x.startswith({k})", k="char()"),
        Part("ending", "", "that end with {k}", "x.endswith({k})", k="char()"),
        Part("containing", "", "that contain {k}", "{k} in x", k="char()"),
        Part("without", "", "that do not contain {k}", "{k} not in x", k="char()"),
    ),
    "char": (
        ALL,
        Part("letter", "", "that are letters", "x.isalpha()"),
        Part("digit", "", "that are digits", "x.isdigit()"),
        Part("vowel", "", "that are vowels (a, e, i, o, u in either case)", "x.lower() in 'aeiou'"),
        Part("upper", "", "in upper case", "x.isupper()"),
        Part("lower", "", "in lower case", "x.islower()"),
        Part("other", "", "other than {k}", "x != {k}", k="char()"),
        Part("visible", "", "that are not blanks", "x != ' '"),
    ),
}

#: (The element itself.)
SAME = Part("", "", "", "x")

STEPS: dict[Element, tuple[Part, ...]] = {
    "int": (
        SAME,
        Part("squares", "squares", "", "x * x"),
        Part("doubles", "doubles", "", "2 * x"),
        Part("cubes", "cubes", "", "x ** 3"),
        Part("opposites", "opposites (with the other sign)", "", "-x"),
        Part("last_digits", "last digits", "", "abs(x) % 10"),
        Part("raised", "", "each increased by {k}", "x + {k}", k="int_(1, 9)"),
        Part("scaled", "", "each multiplied by {k}", "x * {k}", k="int_(2, 9)"),
        Part("halves", "halves (rounded down)", "", "x // 2"),
        Part("texts", "decimal texts", "", "str(x)", gives="word"),
    ),
    "word": (
        SAME,
        Part("lengths", "lengths", "", "len(x)", gives="int"),
        Part("initials", "first letters", "", "x[0]"),
        Part("last_letters", "last letters", "", "x[-1]"),
        Part("upper", "", "each in upper case", "x.upper()"),
        Part("lower", "", "each in lower case", "x.lower()"),
        Part("backwards", "", "each written backwards", "x[::-1]"),
        Part("prefixes", "", "each cut to its first {k} letters", "x[:{k}]", k="int_(1, 4)"),
        Part("doubled", "", "each written twice in a row", "x * 2"),
        Part("title", "", "each with a capital first letter and the rest small", "x.capitalize()"),
    ),
    "char": (
        SAME,
        Part("upper", "", "each in upper case", "x.upper()"),
        Part("lower", "", "each in lower case", "x.lower()"),
        Part("doubled", "", "each written twice", "x * 2"),
        Part("swapped", "", "each with its case swapped", "x.swapcase()"),
    ),
}
