"""The message contract: everything that travels between the server and a browser, in one file.

Three tagged unions, told apart by `type`:

* `LogEvent`: what workers (and `services`) append to a run's event log. The log is the truth of
  a run: the page, a permalink, an embed and the API are all folds over it.
* `ServerMessage`: what the WebSocket sends. Log events travel inside `lane.entries`.
* `ClientMessage`: what a browser may send.

`make schema` writes the JSON Schema (`playground/runs/schema/`) and the TypeScript types
(`static/src/protocol.gen.ts`) from this module; a drift fails `make check`.

A *lane* is one ordered stream inside a run with exactly one writer at a time: `main` (the run's
own life cycle), and for a trace run `actual` and `predicted`. A solve run has a set of lanes
for each attempt n of the solver: `answer.n`, `results.n`, `tests.n`, `predicted.n`, `actual.n`.
Every entry of a lane has the id `attempt-seq`, which is its Redis Stream id, the browser's resume
token and the fence against late writers. (That attempt counts workers: 2 means that the first one
was lost. A solver's attempt is called `number` in every message.)
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from playground.runs.message import Message
from playground.runs.solve_events import (
    Problem,
    SolveEvent,
)
from traces.events import EndStatus, Origin, TraceEvent
from traces.trace import FrameConfidence

#: Raised by one whenever an old client could misread a new message. The page sends the number it
#: was built with (`/ws/?protocol=1`) and is told to reload when it differs.
PROTOCOL_VERSION = 1

#: An event larger than this is refused at append: one huge message fills the pub/sub output
#: buffers of every viewer's process. Producers split or shorten before that.
MAX_EVENT_BYTES = 256 * 1024

#: Upper bound of a message from a browser: the largest program and input, escaped as JSON, which
#: makes six bytes of one where it has to.
MAX_CLIENT_MESSAGE_BYTES = 2 * 1024 * 1024

#: What a person may submit. 64 KiB of source is about 1,600 lines.
MAX_SOURCE_BYTES = 64 * 1024
MAX_STDIN_BYTES = 256 * 1024
MAX_ENTRY_CHARS = 1000

RunKind = Literal["trace", "solve"]
RunStatus = Literal["queued", "running", "succeeded", "failed", "cancelled"]
StageName = Literal[
    "record_trace", "predict_trace", "generate_answer", "predict_results", "run_tests"
]
StageStatus = Literal["ok", "failed", "cancelled", "unavailable"]


# --- lane "main": the run's life cycle -----------------------------------------------------


class RunQueued(Message, frozen=True, tag="run.queued"):
    """The run is stored and waits for a worker. `ahead` is how many stages wait before it."""

    ahead: int
    at_ms: int


class StageStarted(Message, frozen=True, tag="stage.started"):
    """A worker took a stage. From now on its lane may grow.

    `attempt` counts workers. `number` is the solver's attempt that the stage belongs to, 0 in a
    trace run.
    """

    stage: StageName
    lane: str
    attempt: int
    at_ms: int
    number: int = 0


class StageFinished(Message, frozen=True, tag="stage.finished"):
    """A stage ended. `message` is a sentence for the user where status is not `ok`.

    `outcome` is what the next stages depend on, as numbers: of `generate_answer` has_code, tests,
    repeats (1: the code is that of the attempt which it repairs), calls, prompt_tokens,
    cached_tokens and output_tokens; of `run_tests` given_passed, given_failed, own_passed and
    own_failed.
    """

    stage: StageName
    lane: str
    attempt: int
    status: StageStatus
    at_ms: int
    message: str = ""
    number: int = 0
    outcome: dict[str, float] = {}


class RunFinished(Message, frozen=True, tag="run.finished"):
    """The last event of every run. `reason` is a sentence for the user, empty on success."""

    status: RunStatus
    at_ms: int
    reason: str = ""


# --- every other lane ----------------------------------------------------------------------


class LaneReset(Message, frozen=True, tag="lane.reset"):
    """A new attempt of this lane begins: forget what the lane showed so far.

    First event of every attempt after the first, appended by the worker that took over.
    """

    attempt: int
    reason: str


class LaneUnavailable(Message, frozen=True, tag="lane.unavailable"):
    """This lane stays empty, and why. `fix` tells an operator what would fill it."""

    reason: str
    fix: str = ""


class TraceStarted(Message, frozen=True, tag="trace.started"):
    """A trace begins. `engine` says who makes it, in words the page shows.

    `model` and `notice` are set for predictions only, `tier` for actual traces only. `limits`
    maps a limit's name to a number, units in the names: those of the sandbox, or of a prediction
    (context_tokens, max_output_tokens). In a solve run `test` is the id of the test whose call
    is traced, `entry` that call, and the program is the attempt's code.
    """

    origin: Origin
    engine: str
    python: str = ""
    model: str = ""
    notice: str = ""
    tier: str = ""
    limits: dict[str, float] = {}
    test: str = ""
    entry: str = ""


class TraceFrames(Message, frozen=True, tag="trace.frames"):
    """Consecutive trace events; `first` is the seq (0-based) of the first of them.

    `confidence` says of predicted frames how sure the model was, one entry per frame; it is empty
    where the runtime gives no probabilities. A frame that was given to the model, as the opening
    call is, has an empty entry.
    """

    first: int
    frames: tuple[TraceEvent, ...]
    confidence: tuple[FrameConfidence, ...] = ()


class TraceOutput(Message, frozen=True, tag="trace.output"):
    """Text the program wrote while trace event `step` was current (-1: before the first)."""

    step: int
    stream: Literal["stdout", "stderr"]
    text: str


class TraceInput(Message, frozen=True, tag="trace.input"):
    """Text the program read from its input while trace event `step` was current."""

    step: int
    text: str


class TraceFinished(Message, frozen=True, tag="trace.finished"):
    """The trace ended after `steps` events.

    `message` is a sentence for the user. For a program error `error_type`, `error_line` (1-based)
    and `error_column` (1-based) say where. `usage` holds numbers with units in their names
    (wall_ms, cpu_ms, max_rss_bytes; for a model prompt_tokens, cached_tokens, output_tokens,
    wall_ms, first_token_ms and tokens_per_s, which counts from the first token on).
    """

    status: EndStatus
    steps: int
    message: str = ""
    error_type: str = ""
    error_line: int = 0
    error_column: int = 0
    output_truncated: bool = False
    usage: dict[str, float] = {}


LogEvent = (
    RunQueued
    | StageStarted
    | StageFinished
    | RunFinished
    | LaneReset
    | LaneUnavailable
    | TraceStarted
    | TraceFrames
    | TraceOutput
    | TraceInput
    | TraceFinished
    | SolveEvent
)


# --- server -> browser ----------------------------------------------------------------------


class SocketReady(Message, frozen=True, tag="socket.ready"):
    """First message on every connection."""

    protocol: int
    version: str


class RunAccepted(Message, frozen=True, tag="run.accepted"):
    """Answer to `run.start`. The connection follows the run from here on without asking."""

    ref: str
    run_id: str
    url: str


class LaneEntries(Message, frozen=True, tag="lane.entries"):
    """All events of one lane after what this connection already has, up to entry `id`.

    Ids grow strictly within a lane. Keep the newest id per lane: it is the resume token.
    """

    run_id: str
    lane: str
    id: str
    events: tuple[LogEvent, ...]


class RunComplete(Message, frozen=True, tag="run.complete"):
    """The run's log is closed and was sent in full: nothing more will come for this run."""

    run_id: str


class Error(Message, frozen=True, tag="error"):
    """A request could not be served. Nothing was lost; `fix` says what to do.

    `ref` repeats the request's `ref`. `field`, `line` and `column` (1-based) point into the
    user's input where that helps. Codes are stable; messages are for people.
    """

    code: str
    message: str
    fix: str = ""
    ref: str = ""
    run_id: str = ""
    field: str = ""
    line: int = 0
    column: int = 0


ServerMessage = SocketReady | RunAccepted | LaneEntries | RunComplete | Error


# --- browser -> server ----------------------------------------------------------------------


class RunStart(Message, frozen=True, tag="run.start"):
    """Start a run. `ref` is the client's own word for it, repeated in the answer.

    Kind `trace`: `source` is the program. `entry` is the call to trace, e.g. `count("hello", "l")`;
    empty means: trace `main()`, or, where there is none or the program runs it itself, the module's
    own top-level code. `stdin` is what `input()` reads.

    Kind `solve`: `problem` is what to solve, and the others are not used.
    """

    ref: str
    kind: RunKind
    source: str = ""
    entry: str = ""
    stdin: str = ""
    problem: Problem | None = None


class RunResume(Message, frozen=True, tag="run.resume"):
    """Follow a run. `after` maps lane to the last id this client has; absent lanes: from 0-0."""

    run_id: str
    after: dict[str, str] = {}


class RunCancel(Message, frozen=True, tag="run.cancel"):
    """Stop a run of one's own."""

    run_id: str


ClientMessage = RunStart | RunResume | RunCancel


_encoder = msgspec.json.Encoder()
_log_decoder: msgspec.json.Decoder[LogEvent] = msgspec.json.Decoder(LogEvent)
_client_decoder: msgspec.json.Decoder[ClientMessage] = msgspec.json.Decoder(ClientMessage)


def encode(message: LogEvent | ServerMessage | ClientMessage) -> bytes:
    """One message as compact JSON (UTF-8, no newline)."""
    return _encoder.encode(message)


def decode_log_event(data: bytes | str) -> LogEvent:
    """Parse one log event. Raises `msgspec.ValidationError` / `DecodeError` on anything else."""
    return _log_decoder.decode(data)


def decode_client_message(data: bytes | str) -> ClientMessage:
    """Parse what a browser sent. Raises `msgspec.ValidationError` / `DecodeError`."""
    return _client_decoder.decode(data)


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the three unions, under `$defs`."""
    (log, server, client), definitions = msgspec.json.schema_components(
        [LogEvent, ServerMessage, ClientMessage], ref_template="#/$defs/{name}"
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Playground protocol",
        "description": f"Protocol version {PROTOCOL_VERSION}. Generated by `make schema`.",
        "$defs": {**definitions, "LogEvent": log, "ServerMessage": server, "ClientMessage": client},
    }
