"""The type that a repr shows, told without evaluating it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.reprs import type_name

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.integers() | st.text(), inner, max_size=4)
        | st.sets(st.integers() | st.text() | st.tuples(st.integers()), max_size=4)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_every_builtin_value_is_named_by_its_type(value: object) -> None:
    assert type_name(repr(value)) == type(value).__name__


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("(1+2j)", "complex"),
        ("1j", "complex"),
        ("Ellipsis", "ellipsis"),
        ("frozenset({1})", "frozenset"),
        ("datetime.date(2026, 1, 2)", "date"),
        ("deque([1])", "deque"),
        ("<bank.Account object>", "Account"),
        ("<generator object squares>", "generator"),
        ("<class 'KeyError'>", "type"),
        ("???", ""),
        ("", ""),
    ],
)
def test_other_reprs_are_named_as_far_as_they_say(text: str, name: str) -> None:
    assert type_name(text) == name


@given(st.text(alphabet="'\"{[(:,)]}<\\aj1.-eE ", max_size=200))
def test_any_text_gets_an_answer(text: str) -> None:
    assert isinstance(type_name(text), str)
