"""Tests of putting a program and its entry call into a prompt."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.traces.settrace_reference import record
from traces.codecs.cwm import Context, ContextError, choose_context, context_at, invented_context

MARKER = "# << START_OF_TRACE"


def marked_line(context: Context) -> str:
    return next(line for line in context.text.split("\n") if line.endswith(MARKER))


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("def f(a):\n    return a", f"def f(a):  {MARKER}"),
        ("def f(a): return a", f"def f(a): return a  {MARKER}"),
        ("def f(a):  # note\n    return a", f"def f(a):  # note  {MARKER}"),
        ("def f(\n    a,\n):\n    return a", f"def f(  {MARKER}"),
        ("def f(a) \\\n  -> int:\n    return a", f"  -> int:  {MARKER}"),
        ("def f(a, b='''x\ny'''):\n    return a", f"y'''):  {MARKER}"),
        (f"def f(a):  {MARKER}\n    return a", f"def f(a):  {MARKER}"),
        ("def f(a):\r\n\treturn a\r\n", f"def f(a):  {MARKER}"),
        ("def f(a):   \n    return a", f"def f(a):  {MARKER}"),
        ("class A:\n  def f(a): pass\ndef f(a): return a", f"def f(a): return a  {MARKER}"),
    ],
)
def test_the_entry_is_marked_where_a_comment_can_stand(source: str, line: str) -> None:
    context = choose_context(source, "f(1)")
    assert not context.is_wrapped
    assert marked_line(context) == line
    assert context.text.count(MARKER) == 1
    assert ast.dump(ast.parse(context.text)) == ast.dump(ast.parse(source))
    assert ast.dump(ast.parse(context.source)) == ast.dump(ast.parse(source))


def test_a_definition_that_cannot_carry_a_comment_is_wrapped() -> None:
    context = choose_context("def f(a): return '''\n''' + \\\n  str(a)", "f(1)")
    assert context.is_wrapped


def test_a_marker_elsewhere_in_the_program_stays_what_it_is() -> None:
    source = f"def g(a):  {MARKER}\n    return '{MARKER}'\ndef f(a):\n    return g(a)\n"
    context = choose_context(source, "f(1)")
    assert context.text.split("\n")[0] == f"def g(a):  {MARKER}"
    assert context.text.split("\n")[2] == f"def f(a):  {MARKER}"
    assert context.lines[1] == f"    return '{MARKER}'"


@pytest.mark.parametrize(
    ("signature", "call", "seed"),
    [
        ("a, b", "f(1, 'x')", {"a": "1", "b": "'x'"}),
        ("a, b", "f(b=[1, 2], a=-1)", {"a": "-1", "b": "[1, 2]"}),
        ("a, b=2, *, c=3", "f((1,), c=None)", {"a": "(1,)", "b": "2", "c": "None"}),
        ("a, *r", "f(1, 2, 3)", {"a": "1", "r": "(2, 3)"}),
        ("a, *r", "f(1)", {"a": "1", "r": "()"}),
        ("*r", "f(1)", {"r": "(1,)"}),
        ("a, /, b, **k", "f(1, b=2, z=3, a=4)", {"a": "1", "b": "2", "k": "{'z': 3, 'a': 4}"}),
        ("*a, b, **k", "f(b=1)", {"b": "1", "a": "()", "k": "{}"}),
        ("", "f()", {}),
        ("s", "f({5})", {"s": "{5}"}),
        ("x", "f(1+2j)", {"x": "(1+2j)"}),
    ],
)
def test_literal_arguments_become_the_locals_that_cpython_would_show(
    signature: str, call: str, seed: dict[str, str]
) -> None:
    source = f"def f({signature}):\n    return 0\n"
    context = choose_context(source, call)
    assert context.seed_locals == seed
    assert list(seed.items()) == list(record(source, call)[0].changed.items())


@pytest.mark.parametrize(
    ("source", "call"),
    [
        ("def f(s): return s", "f({1, 2})"),
        ("def f(s): return s", "f([{'a', 'b'}])"),
        ("def f(s=[]): return s", "f()"),
        ("import os\ndef f(s=os): return s", "f()"),
        ("def f(s): return s", "f(g)"),
        ("def f(s): return s", "f(*[1])"),
        ("def f(s): return s", "f(**{'s': 1})"),
        ("def f(s): return s", "f(1, 2)"),
        ("def f(s): return s", "f()"),
        ("def f(s): return s", "f(s=1, t=2)"),
        ("def f(s): yield s", "f(1)"),
        ("async def f(s): return s", "f(1)"),
        ("@str\ndef f(s): return s", "f(1)"),
        ("class f: pass", "f()"),
        ("f = len", "f([])"),
        ("def f(s): return s\nf = f", "f(1)"),
        ("def f(s): return s\nif 1:\n  def f(s): return 2", "f(1)"),
        ("def f(s): return s\nfor f in []: pass", "f(1)"),
        ("def f(s): return s\nfrom x import *", "f(1)"),
        ("def f(s): return s\nimport a.b as f", "f(1)"),
        ("def f(s): return s\ntry: pass\nexcept E as f: pass", "f(1)"),
        ("def f(s): return s\nexec('f = 1')", "f(1)"),
        ("def g():\n  global f\n  f = 1\ndef f(s): return s", "f(1)"),
        ("class A:\n  def f(self): return 1", "A().f()"),
    ],
)
def test_whatever_the_literals_do_not_settle_is_called_by_a_wrapper(source: str, call: str) -> None:
    context = choose_context(source, call)
    assert context.is_wrapped
    assert context.seed_locals == {}
    assert context.lines[: context.program_lines] == tuple(source.split("\n"))
    assert marked_line(context) == f"def main():  {MARKER}"
    assert context.lines[context.entry_line - 1] == "def main():"


def test_the_wrapper_looks_as_in_the_format_s_description() -> None:
    context = choose_context("def f(s):\n    return s\n", "f({1, 2})")
    assert context.text == (
        "def f(s):\n    return s\n\ndef main():  # << START_OF_TRACE\n    return f({1, 2})\n"
    )


def test_computed_arguments_get_lines_of_their_own_before_the_call() -> None:
    context = choose_context("def f(a, b): return a\n", "f(f(1, 2), [3], *g(4), k=arg_1)")
    assert context.lines[-3:] == (
        "    arg_1_2 = f(1, 2)",
        "    arg_2 = g(4)",
        "    return f(arg_1_2, [3], *arg_2, k=arg_1)",
    )
    assert context.setup_lines == 2


def test_a_computed_function_gets_a_line_of_its_own_as_well() -> None:
    context = choose_context("class A: pass\n", "A().run(\n  1)")
    assert context.lines[-2:] == ("    target = A().run", "    return target(1)")


def test_the_wrapper_takes_a_name_that_the_program_does_not_use() -> None:
    context = choose_context("def f(s):\n    main = s\n    return main_2\n", "f({1, 2})")
    assert context.entry_name == "main_3"


def test_without_an_entry_main_is_called() -> None:
    context = choose_context("def main():\n    return 1\n", "")
    assert (context.entry_name, context.is_wrapped) == ("main", False)
    nested = choose_context("if True:\n    def main():\n        return 1\n", " ")
    assert nested.is_wrapped
    assert nested.lines[-1] == "    return main()"


@pytest.mark.parametrize(
    ("source", "entry", "message"),
    [
        ("def f(:", "f()", r"syntax error \(line 1\)"),
        ("x = 1\0", "f()", "null bytes"),
        ("x = '\ud800'", "f()", "no text"),
        ("x = " + "(" * 2000, "f()", "syntax error|nested too deeply"),
        ("x = 1", "", "define a function main"),
        ("def main():\n    pass\nmain()", "", "define a function main"),
        ("x = 1", "f(", "no Python expression"),
        ("x = 1", "f", r"without calling it: write f\(\)"),
        ("x = 1", "1 + f()", "not a call"),
        ("x = 1", "await f()", "not a call"),
        ("x = 1", "f(await g())", "cannot await"),
        ("x = 1", "f(\n'''a\nb''' if g() else {1: lambda: 0})", ""),
        ("x = 1 + \\", "f(g)", "syntax error|backslash"),
        ("x = 1", "import os", "no Python expression"),
        ("x = 1", "f(" * 190 + ")" * 190, ""),
        ("x = 1", "f() " * 100, "no Python expression"),
    ],
)
def test_a_bad_program_or_entry_gets_a_sentence(source: str, entry: str, message: str) -> None:
    if not message:
        assert choose_context(source, entry).is_wrapped
        return
    with pytest.raises(ContextError, match=message):
        choose_context(source, entry)


def test_arguments_can_be_left_to_the_model() -> None:
    context = invented_context("def f(a):\n    return a\n", "f")
    assert context.seed_locals is None
    with pytest.raises(ContextError, match="no top-level function g"):
        invented_context("def f(a):\n    return a\n", "g")


def test_a_real_first_event_gives_a_context_without_a_wrapper() -> None:
    source = (
        "@str\n@repr\ndef d(f):\n    return f\nclass A:\n    def f(self, n):\n        return n\n"
    )
    events = record(source, "A().f(sum([1, 2]))")
    context = context_at(source, events[0])
    assert context.seed_locals == {"self": "<__main__.A object>", "n": "3"}
    assert (context.entry_line, context.is_wrapped) == (6, False)
    assert marked_line(context) == f"    def f(self, n):  {MARKER}"
    with pytest.raises(ContextError, match="does not begin"):
        context_at(source, events[1])


_LITERALS = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.binary()
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(st.text(max_size=3), inner, max_size=3),
    ),
    max_leaves=6,
)


@given(value=_LITERALS)
def test_any_literal_is_seeded_as_its_repr(value: object) -> None:
    entry = f"f({value!r})"
    context = choose_context("def f(x):\n    return x\n", entry)
    if not context.is_wrapped:
        assert context.seed_locals == {"x": repr(value)}
    else:  # a float that has no literal spelling
        assert "inf" in entry


@given(text=st.text())
def test_any_text_as_entry_gives_a_context_or_a_sentence(text: str) -> None:
    sentence = "."
    try:
        choose_context("def f(x):\n    return x\n", text)
    except ContextError as error:
        sentence = str(error)
    assert sentence.endswith((".", "?"))
