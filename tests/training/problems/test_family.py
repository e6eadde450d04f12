import pytest

from training.problems.family import FamilyError, Kind, load_families, read_families

FAMILY = """
== count_big(nums: list[int]) -> int | None | many_above, count_large
let k = choice(3, 5)
in list_(int_(0, 9), 0, 6)
edge []
edge [9]
do return how many numbers in $nums are above $k
do count numbers above $k in $nums
ask How many of the numbers $nums are above $k?
ask Days with more than $k degrees are warm. How many are warm?
ask count > $k
ask What is the number of elements x with x > $k?
note An empty list gives 0.
why I count.
---
def count_big(nums):
    return sum(1 for x in nums if x > $k)
--- The border does not count.
def count_big(nums):
    return sum(1 for x in nums if x >= $k)
"""


def test_a_family_is_read_with_all_its_parts() -> None:
    (family,) = read_families(FAMILY, "x.txt", "lists")
    assert family.name == "count_big"
    assert family.kind is Kind.FUNCTION
    assert family.arguments == [("nums", "list[int]")]
    assert family.returns == "int | None"
    assert family.aliases == ["many_above", "count_large"]
    assert len(family.wordings) == 6
    assert len(family.solutions) == 1
    assert family.wrong[0].reason == "The border does not count."
    assert family.where == "x.txt:2"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("why I count.\n", "", "lacks a `why` line"),
        ("do count numbers above $k in $nums\n", "", "two `do` lines"),
        ("note An", "nota An", "cannot read the line"),
        ("(nums: list[int])", "(nums)", "every argument needs a type"),
        ("== count_big(", "== count big ((", "cannot read the header"),
    ],
)
def test_a_family_with_a_fault_is_refused_with_its_place(old: str, new: str, said: str) -> None:
    with pytest.raises(FamilyError, match=r"x\.txt:2") as raised:
        read_families(FAMILY.replace(old, new), "x.txt", "lists")
    assert said in str(raised.value)


def test_the_bank_has_at_least_250_families_with_six_wordings_each() -> None:
    families = load_families()
    assert len(families) >= 250
    assert all(len(family.wordings) >= 6 for family in families)
    assert {family.kind for family in families} == set(Kind)
    assert all(len(set(family.wordings)) == len(family.wordings) for family in families)
