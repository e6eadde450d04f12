"""From a test as a person wrote it to a case that the judge can run."""

from __future__ import annotations

from typing import Final

from traces.cases import Call
from workers.sandbox.exercise import Approx, CallCase, Raises, Returns

#: How far numbers with a fraction may be off, relative and absolute.
FLOAT_TOLERANCE: Final = 1e-9


def call_case(name: str, call: Call) -> CallCase:
    """A call as the judge's case `name`."""
    expects: Returns | Approx | Raises
    if call.raises:
        expects = Raises(call.raises)
    elif call.tolerance is not None:
        expects = Approx(call.expected, relative=0.0, absolute=call.tolerance)
    elif _has_float(call.expected):
        expects = Approx(call.expected, relative=FLOAT_TOLERANCE, absolute=FLOAT_TOLERANCE)
    else:
        expects = Returns(call.expected)
    return CallCase(name, call.function, call.args, expects, call.kwargs)


def _has_float(value: object) -> bool:
    match value:
        case float():
            return True
        case list() | tuple() | set() | frozenset():
            return any(map(_has_float, value))
        case dict():
            return any(map(_has_float, value.values()))
    return False
