"""A whole trace as one value: the program, who ran or predicted it, its events and its end."""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec

from traces.events import EndStatus, Origin, TraceEvent

#: Text that the program wrote or read while event `step` was current (-1: before the first).
Stream = Literal["stdout", "stderr", "stdin"]


class Program(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was run. `marker` is the 1-based line of the traced function's `def`, 0 for none."""

    text: str
    entry: str = ""
    marker: int = 0
    stdin: str = ""


class Environment(msgspec.Struct, frozen=True, omit_defaults=True):
    """What else decides how the program behaves, and the limits under which it was traced.

    `py` is the CPython version, `seed` is PYTHONHASHSEED. `repr` says how values were printed:
    "safe" never runs the program's own `__repr__`, "compat" does. `caps` maps a limit's name to
    its value (steps, value characters, bytes).
    """

    py: str = ""
    seed: int = 0
    tz: str = "UTC"
    repr: Literal["safe", "compat"] = "safe"
    caps: dict[str, int] = {}


class ModelInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who predicted, and how. `constrained`: the text was forced to be well formed."""

    name: str
    rev: str = ""
    tokenizer: str = ""
    mode: str = "full"
    temp: float = 0.0
    constrained: bool = False


class Output(msgspec.Struct, frozen=True, array_like=True):
    """A piece of console text."""

    step: int
    stream: Stream
    text: str


class FrameLogprobs(msgspec.Struct, frozen=True, array_like=True):
    """How sure the model was of one frame: natural logarithms of probabilities.

    The first four are sums over the tokens of a field, None where the frame has no such field:
    which event, the locals, the source line, the returned or raised value. `lowest` is the
    smallest of any single token. None also stands for "the runtime did not say".
    """

    event: float | None = None
    state: float | None = None
    action: float | None = None
    value: float | None = None
    lowest: float | None = None


class FrameConfidence(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The same for people: probabilities from 0 to 1, rounded to three digits.

    Each is the probability that the model gave to all of a field's tokens together: which
    `event`, which source `line`, the returned or raised `value`, and in `locals` each value that
    the frame writes (for one written as unchanged: that it is). A field that the frame does not
    have, that was given to the model, or about which the runtime said nothing, is left out.
    """

    event: float | None = None
    line: float | None = None
    value: float | None = None
    locals: dict[str, float] = {}


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """One trace. The last four fields belong to predictions and may be empty.

    `raw` maps an event's index to the model's own text where that is not what a codec would write;
    index `len(events)` holds the text that could not be read at all. `logprobs` and `tokens` have
    one entry per event.
    """

    origin: Origin
    program: Program
    events: tuple[TraceEvent, ...]
    status: EndStatus
    environment: Environment = Environment()
    message: str = ""
    outputs: tuple[Output, ...] = ()
    model: ModelInfo | None = None
    raw: dict[int, str] = {}
    logprobs: tuple[FrameLogprobs, ...] = ()
    tokens: tuple[int, ...] = ()

    @property
    def program_id(self) -> str:
        """Names the program and everything that decides its behaviour, whoever traced it."""
        return program_id(self.program, self.environment)


def program_id(program: Program, environment: Environment) -> str:
    """SHA-256 (hex) of the compact UTF-8 JSON array [source, entry, stdin, py, seed, tz, repr].

    Line ends count as "\\n" whatever the file used. Caps do not count: they end a trace early but
    do not change what comes before.
    """
    source = program.text.replace("\r\n", "\n").replace("\r", "\n")
    env = environment
    parts = [source, program.entry, program.stdin, env.py, env.seed, env.tz, env.repr]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()
