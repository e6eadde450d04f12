"""Tests of telling functions with the same first line apart."""

from __future__ import annotations

import pytest

from traces.callees import Callees, Caller, class_name, mentioned_callables
from traces.flow import parse_program, program_flows

SOURCE = """\
class Base:
    def run(self):
        return 1
class Child(Base):
    def run(self):
        return super().run()
class Other:
    def run(self):
        return Base.run(self)
def f(x):
    return x.run()
"""
FLOWS = program_flows(parse_program(SOURCE))
CALLEES = Callees(FLOWS, parse_program(SOURCE))
RUNS = [n for n, f in enumerate(FLOWS) if f.name == "run"]


def index(qualname: str) -> int:
    return next(n for n, f in enumerate(FLOWS) if f.qualname == qualname)


def caller_at(qualname: str, line: int) -> Caller:
    flow = FLOWS[index(qualname)]
    return Caller(frozenset((index(qualname), at) for at in flow.starts[line]), {})


def likely(values: dict[str, str], caller: Caller | None = None) -> list[str]:
    return [FLOWS[n].qualname for n in CALLEES.likely(RUNS, values, caller)]


def test_the_class_of_self_tells_whose_method_it_is() -> None:
    cell = {"__class__": "<class '__main__.Child'>"}
    assert likely({"self": "<__main__.Base object>"}, caller_at("f", 11)) == ["Base.run"]
    assert likely({"self": "<Other object>"}, caller_at("f", 11)) == ["Other.run"]
    assert likely({"self": "<Child object>", **cell}, caller_at("f", 11)) == ["Child.run"]


def test_super_looks_after_the_class_that_says_it() -> None:
    caller = caller_at("Child.run", 6)
    assert likely({"self": "<__main__.Child object>"}, caller) == ["Base.run"]


def test_a_class_named_by_the_caller_wins_over_the_class_of_self() -> None:
    assert likely({"self": "<Other object>"}, caller_at("Other.run", 9)) == ["Base.run"]


def test_without_evidence_all_candidates_stay() -> None:
    unknown = likely({"self": "<somewhere.Else object>"}, caller_at("f", 11))
    assert unknown == ["Base.run", "Other.run"]


def test_a_comprehension_is_never_taken_for_a_function() -> None:
    assert likely({".0": "<list_iterator object>"}) == []


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("<__main__.A object>", "A"),
        ("<A object at 0x7f>", "A"),
        ("<mod.f.<locals>.A object>", "A"),
        ("A(x=1)", "A"),
        ("<class 'pkg.mod.A'>", "A"),
        ("[1]", ""),
        ("", ""),
    ],
)
def test_reprs_name_their_class(value: str, name: str) -> None:
    assert class_name(value) == name


def test_values_mention_functions_and_generators() -> None:
    values = {
        "a": "<function f.<locals>.g at 0x1>",
        "b": "[<generator object h>, <bound method A.m of <A object>>]",
        "c": "<function unused>",
    }
    assert mentioned_callables({"a", "b", "missing"}, values) == {"f.<locals>.g", "h", "A.m"}
