"""Whether SGLang's Triton backend decodes with a window that is one token short. Pure.

Theory of operation. A layer's `sliding_window_size` counts the tokens before the current one, and
masks of prompts are made so. For a decode step `update_sliding_window_buffer` of
`srt/layers/attention/triton_backend.py` gathers the last `sliding_window_size` tokens of the
sequence, in which the current one is counted, and the kernel masks nothing: the oldest token of
the window is missing. FlashInfer's backend gathers one more, the others mask. So it is in sglang
0.5.17 and 0.5.23, for every model with windows (github.com/sgl-project/sglang/pull/32087).

A number that is right for one version would be wrong, without a word, for the one that mends this.
Versions are not asked: a mended one cannot be known beforehand, and images carry patches. The
backend's source is, for the three places where the number passes: how it is taken over, what is
handed to the function, what the function does with it. As known: one short. One more at a call, or
the flag of the change above: mended. Anything else is refused, since a guess may be off by one.
"""

from __future__ import annotations

import ast
from typing import Final

_FUNCTION: Final = "update_sliding_window_buffer"
_NUMBER: Final = "sliding_window_size"
_TAKEN: Final = f"model_runner.{_NUMBER}"
_HANDED: Final = f"self.{_NUMBER}"
_GATHERED: Final = f"torch.minimum(seq_lens, torch.tensor({_NUMBER}))"


class UnknownWindowError(RuntimeError):
    """This SGLang's Triton backend is none that is known. The text says what to do."""

    def __init__(self) -> None:
        super().__init__(
            "This SGLang's Triton attention backend treats windows in a way that the CWM plugin "
            "does not know: it could be one token off. Use --attention-backend fa3 or flashinfer, "
            "or the SGLang version of docs/operations.md."
        )


def one_short(source: str) -> bool:
    """Whether the backend with this source needs a number that is one more. Raises
    `UnknownWindowError`."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        raise UnknownWindowError from None
    taken = _assigned(tree, _HANDED)
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and _name(n) == _FUNCTION]
    gathered = {
        value
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == _FUNCTION
        for value in _assigned(node, "window_kv_lens")
    }
    if taken != {_TAKEN} or not calls or not gathered:
        raise UnknownWindowError
    if gathered == {_GATHERED} and all(_hands_over(call) for call in calls):
        return True
    if any(_counts_current(call) for call in calls):
        return False
    raise UnknownWindowError


def _hands_over(call: ast.Call) -> bool:
    """The number as it is, and no word about the current token."""
    words = [ast.unparse(value) for value in [*call.args, *(k.value for k in call.keywords)]]
    return _HANDED in words and not any("current" in (k.arg or "") for k in call.keywords)


def _counts_current(call: ast.Call) -> bool:
    """One more than the number, or told to count the current token."""
    values = [*call.args, *(k.value for k in call.keywords)]
    flags = {k.arg: ast.unparse(k.value) for k in call.keywords}
    more = f"{_HANDED} + 1"
    return flags.get("include_current_token") == "True" or more in map(ast.unparse, values)


def _assigned(tree: ast.AST, target: str) -> set[str]:
    """What is assigned to a name anywhere below."""
    return {
        ast.unparse(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and target in map(ast.unparse, node.targets)
    }


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""
