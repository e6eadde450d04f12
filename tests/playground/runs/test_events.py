"""The message contract: every message documented, typed, generated, and the same after a trip."""

from __future__ import annotations

import inspect
import json
import typing
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import msgspec
import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from playground.runs import events, solve_events
from playground.runs.events import ClientMessage, LogEvent, ServerMessage
from playground.runs.message import Message
from traces.events import TraceEvent

UNIONS: dict[str, Any] = {
    "LogEvent": LogEvent,
    "ServerMessage": ServerMessage,
    "ClientMessage": ClientMessage,
}
MESSAGES = [message for union in UNIONS.values() for message in get_args(union)]

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
# What JSON numbers hold in every language.
INTEGERS = st.integers(-(2**53), 2**53)


def strategy(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a message's field."""
    if kind is str:
        return TEXT
    if kind is int:
        return INTEGERS
    if kind is bool:
        return st.booleans()
    if kind is float:
        return st.floats(allow_nan=False, allow_infinity=False)
    origin, arguments = typing.get_origin(kind), get_args(kind)
    if origin is typing.Literal:
        return st.sampled_from(arguments)
    if origin is tuple:
        return st.lists(strategy(arguments[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(strategy(arguments[0]), strategy(arguments[1]), max_size=3)
    if arguments:  # a union
        return st.one_of([strategy(argument) for argument in arguments])
    if kind is type(None):
        return st.none()
    return message_strategy(kind)


def message_strategy(message: type[Any]) -> st.SearchStrategy[Any]:
    """Messages of one type, every field filled in."""
    hints = typing.get_type_hints(message)
    fields = {name: strategy(hints[name]) for name in message.__struct_fields__}
    return st.builds(message, **fields)


def test_every_message_is_in_exactly_one_union() -> None:
    defined = {
        value
        for module in (events, solve_events)
        for _, value in inspect.getmembers(module, inspect.isclass)
        if value.__module__ == module.__name__ and issubclass(value, Message)
    }
    assert defined == set(MESSAGES)
    assert len(MESSAGES) == len(set(MESSAGES))


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.__name__)
def test_every_message_says_what_it_means(message: type[Any]) -> None:
    documentation = inspect.getdoc(message) or ""
    assert documentation.rstrip().endswith(".")
    assert len(documentation.split()) >= 4


def test_types_are_dotted_lower_case_and_unlike_each_other() -> None:
    tags = [message.__struct_config__.tag for message in MESSAGES]
    assert len(tags) == len(set(tags))
    for tag in tags:
        assert tag == tag.lower()
        assert tag == "error" or tag.count(".") == 1


@pytest.mark.parametrize("union", UNIONS)
# Making the strategies of all messages counts as generating the first.
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_message_is_the_same_after_a_trip(union: str, data: st.DataObject) -> None:
    message = data.draw(st.one_of([message_strategy(m) for m in get_args(UNIONS[union])]))
    encoded = events.encode(message)
    assert b"\n" not in encoded
    assert msgspec.json.decode(encoded, type=UNIONS[union]) == message
    # Any JSON reader finds the type; defaults may be left out.
    assert json.loads(encoded)["type"] == type(message).__struct_config__.tag


@given(message_strategy(TraceEvent))
def test_frames_survive_inside_their_message(event: TraceEvent) -> None:
    message = events.TraceFrames(first=0, frames=(event,))
    assert events.decode_log_event(events.encode(message)) == message


def test_a_client_message_is_no_log_event_and_the_other_way_round() -> None:
    resume = events.encode(events.RunResume(run_id="x"))
    queued = events.encode(events.RunQueued(ahead=0, at_ms=0))
    with pytest.raises(msgspec.ValidationError):
        events.decode_log_event(resume)
    with pytest.raises(msgspec.ValidationError):
        events.decode_client_message(queued)


def test_messages_of_a_newer_client_may_hold_more_than_is_known() -> None:
    decoded = events.decode_client_message('{"type":"run.cancel","run_id":"x","why":"bored"}')
    assert decoded == events.RunCancel(run_id="x")


def test_messages_cannot_be_changed() -> None:
    message: Any = events.RunCancel(run_id="x")
    with pytest.raises(AttributeError):
        message.run_id = "y"


# --- the schema -----------------------------------------------------------------------------


def test_the_schema_describes_all_three_unions_and_every_message() -> None:
    definitions = events.json_schema()["$defs"]
    for name, union in UNIONS.items():
        referred = {option["$ref"].rpartition("/")[2] for option in definitions[name]["anyOf"]}
        assert referred == {message.__name__ for message in get_args(union)}
    for message in MESSAGES:
        schema = definitions[message.__name__]
        assert schema["properties"]["type"]["enum"] == [message.__struct_config__.tag]
        assert "type" in schema["required"]
        assert schema["description"]


def test_the_committed_schema_is_current() -> None:
    call_command("schema", check=True)


@pytest.fixture
def elsewhere(tmp_path: Path, settings: Settings) -> Path:
    settings.BASE_DIR = tmp_path
    return tmp_path / "playground" / "runs" / "schema" / "events.schema.json"


def test_a_missing_schema_is_a_drift_until_it_is_written(elsewhere: Path) -> None:
    with pytest.raises(CommandError, match="make schema"):
        call_command("schema", check=True)
    call_command("schema")
    call_command("schema", check=True)
    assert json.loads(elsewhere.read_text("utf-8"))["$defs"]


def test_a_changed_contract_is_a_drift(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    call_command("schema")
    written = elsewhere.read_bytes()
    command: ModuleType = __import__("webapp.management.commands.schema", fromlist=["Command"])
    monkeypatch.setattr(command, "json_schema", lambda: {"changed": True})
    with pytest.raises(CommandError, match="make schema"):
        call_command("schema", check=True)
    assert elsewhere.read_bytes() == written


# --- limits ---------------------------------------------------------------------------------


def test_the_largest_program_fits_into_a_message_however_it_is_escaped() -> None:
    message = {
        "type": "run.start",
        "ref": "r" * 100,
        "kind": "trace",
        "source": "\x01" * events.MAX_SOURCE_BYTES,
        "entry": "\N{GRINNING FACE}" * events.MAX_ENTRY_CHARS,
        "stdin": "\x01" * events.MAX_STDIN_BYTES,
    }
    assert len(json.dumps(message)) < events.MAX_CLIENT_MESSAGE_BYTES
