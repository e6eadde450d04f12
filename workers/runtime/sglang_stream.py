"""What an SGLang-shaped server streams, as chunks. Pure: bytes in, `Chunk`s out.

Servers differ in three ways, sometimes from message to message: `output_ids` and the logprobs hold
everything so far (SGLang's default) or only what is new (`--incremental-streaming-output`); a stop
token that ended the output may be missing from it; several messages may come at once. What counts
is `meta_info.completion_tokens` and the number of ids seen; anything that does not add up is
malformed, never guessed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from workers.runtime.base import Chunk, FinishReason

#: A cumulative message of a very long trace stays far below this.
MAX_EVENT_BYTES: Final = 32 * 1024 * 1024

_DONE: Final = b"[DONE]"


class MalformedStream(Exception):
    """The server sent something that is not its protocol."""


class ServerError(Exception):
    """The server reports an error instead of tokens. `kind` is its type where it gives one;
    `is_final`: it says that asking again would not help."""

    def __init__(self, message: str, kind: str = "", *, is_final: bool = False) -> None:
        super().__init__(message)
        self.kind = kind
        self.is_final = is_final


class EventSplitter:
    """Bytes to the data of server-sent events, over whatever boundaries the network makes."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The data lines that are complete now. Raises `MalformedStream` if one never ends."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > MAX_EVENT_BYTES:
            raise MalformedStream("an event is too long")
        stripped = (line.rstrip(b"\r") for line in lines)
        return [line[5:].strip() for line in stripped if line.startswith(b"data:")]


class _Meta(msgspec.Struct):
    completion_tokens: int
    finish_reason: dict[str, Any] | None = None
    cached_tokens: int | None = 0
    output_token_logprobs: list[Any] | None = None


class _Message(msgspec.Struct):
    meta_info: _Meta | None = None
    output_ids: list[int] | None = None
    error: Any = None


_decoder = msgspec.json.Decoder(_Message)

_REASONS: Final[dict[str, FinishReason]] = {"stop": "stop", "length": "length", "abort": "abort"}


class StreamReader:
    """One generation's messages, made uniform. `stop_ids` are those that were asked for."""

    def __init__(self, *, stop_ids: Sequence[int], logprobs: bool) -> None:
        self._stop_ids = frozenset(stop_ids)
        self._wants_logprobs = logprobs
        self._ids: list[int] = []
        self.is_finished = False

    @property
    def has_begun(self) -> bool:
        """Whether any token was read."""
        return bool(self._ids)

    def read(self, event: bytes) -> Chunk | None:
        """The chunk in one event, None where it says nothing new.

        Raises `ServerError` or `MalformedStream`.
        """
        if event == _DONE or self.is_finished:
            return None
        try:
            message = _decoder.decode(event)
        except msgspec.MsgspecError as error:
            raise MalformedStream(f"unreadable event: {error}") from error
        if message.error is not None:
            raise server_error(message.error)
        if message.meta_info is None or message.output_ids is None:
            raise MalformedStream("an event without ids: does the server skip token ids?")
        return self._chunk(message.output_ids, message.meta_info)

    def _chunk(self, output_ids: list[int], meta: _Meta) -> Chunk | None:
        reason = self._reason(meta.finish_reason)
        ids = self._new(output_ids, meta)
        logprobs = self._logprobs(meta.output_token_logprobs, len(ids))
        self._ids += ids
        matched = (meta.finish_reason or {}).get("matched")
        if reason == "stop" and matched in self._stop_ids and self._ids[-1:] != [matched]:
            ids = [*ids, int(matched)]  # the server trims it; a stop id is part of our stream
            logprobs = [*logprobs, math.nan] if self._wants_logprobs else []
        if not ids and reason is None:
            return None
        return Chunk(
            ids=tuple(ids),
            logprobs=tuple(logprobs),
            finish_reason=reason,
            cached_tokens=meta.cached_tokens or 0,
        )

    def _reason(self, given: dict[str, Any] | None) -> FinishReason | None:
        if given is None:
            return None
        reason = _REASONS.get(str(given.get("type")))
        if reason is None:
            raise MalformedStream(f"unknown finish reason {given.get('type')!r}")
        if reason == "abort" and _is_error_status(given.get("status_code")):
            raise server_error(given)
        self.is_finished = True
        return reason

    def _new(self, ids: list[int], meta: _Meta) -> list[int]:
        """The ids that were not seen yet, whichever way the server counts."""
        total, seen = meta.completion_tokens, len(self._ids)
        for missing in range(1 + self._is_trimmed(ids, meta)):
            if len(ids) == total - missing and ids[:seen] == self._ids:
                return ids[seen:]
        for missing in range(1 + self._is_trimmed(ids, meta)):
            if seen + len(ids) == total - missing:
                return ids
        if (meta.finish_reason or {}).get("type") == "abort" and len(ids) <= seen:
            return []
        raise MalformedStream(f"{len(ids)} ids after {seen}, but {total} tokens are said to exist")

    def _is_trimmed(self, ids: list[int], meta: _Meta) -> bool:
        """Whether the stop token that ended the output is missing from these ids."""
        matched = (meta.finish_reason or {}).get("matched")
        return matched in self._stop_ids and ids[-1:] != [matched]

    def _logprobs(self, pairs: list[Any] | None, count: int) -> list[float]:
        """One per new id: the last ones of the list, which may hold everything so far."""
        if not self._wants_logprobs:
            return []
        if pairs is None or len(pairs) < count:
            return [math.nan] * count
        # A list with everything so far may hold one for a stop token that was trimmed.
        seen = len(self._ids)
        first = seen if len(pairs) >= seen + count else 0
        try:
            found = [pair[0] for pair in pairs[first : first + count]]
            return [math.nan if value is None else float(value) for value in found]
        except (TypeError, ValueError, IndexError, KeyError) as error:
            raise MalformedStream("unreadable logprobs") from error


def _is_error_status(status: Any) -> bool:
    return isinstance(status, int) and status >= 400


def server_error(error: Any) -> ServerError:
    """An error as SGLang and the embedded engine word it, whatever its shape."""
    if isinstance(error, dict):
        message = str(error.get("message") or error.get("detail") or error)
        kind = str(error.get("type") or error.get("err_type") or "")
        return ServerError(message[:500], kind, is_final=error.get("retryable") is False)
    return ServerError(str(error)[:500])
