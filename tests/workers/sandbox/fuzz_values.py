"""Fuzz the host's readers of what boxes send: `python -m tests.workers.sandbox.fuzz_values`.

Three sources of bytes: messages that a box would send, mutations of those, and noise. Whatever
arrives, a reader answers or raises `ValueViolation`; what it accepts can be compared and shown in
bounded time. Prints a line of JSON at the end; status 1 and the bytes at the first other outcome.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from workers.sandbox import values
from workers.sandbox.inbox.codec import CannotEncodeError, Encoder, decode
from workers.sandbox.judge_wire import (
    FrameBuffer,
    Raised,
    Returned,
    frame,
    read_answer,
    read_test_message,
)
from workers.sandbox.values import ValueViolation

ID = "0123456789abcdef"
#: One reader's work on one message; a mebibyte of the worst takes a fraction of it.
SLOW_S = 20.0
_TOKENS = [
    b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"null", b"true", b"-1", b"1e999", b"NaN",
    b'{"i":"0x', b'{"f":"nan"}', b'{"o":["t","r",1]}', b'{"S":[', b'{"d":[[', b'{"t":',
    b'"\\ud800"', b"\xff", b"\x00", b"9" * 400, b"[" * 2000, b'{"t":[' * 200, b'{"d":[[1,',
    b'"id"', b'"v"', b'"x"', b'"a"', b'"e":"plan"', b'"e":"ask"', b'"0123456789abcdef"',
]  # fmt: skip


@dataclass
class Tally:
    """What happened so far."""

    inputs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0


class Fuzzer:
    """Makes inputs from a seeded source and feeds them to every reader."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  # repeatable, not secret
        self.tally = Tally()

    def value(self, depth: int = 0) -> Any:
        """A value of a type that crosses, now and then one that does not."""
        pick = self.random
        simple = [
            None,
            True,
            pick.randrange(-10, 10),
            pick.getrandbits(pick.choice([8, 53, 64, 300, 13_000])),
            pick.uniform(-1e3, 1e3),
            pick.choice([float("nan"), float("inf"), -0.0, 5e-324, 1.7e308]),
            complex(pick.random(), pick.choice([0.0, 1.0])),
            "".join(chr(pick.randrange(0xD000, 0xE100)) for _ in range(pick.randrange(5))),
            pick.choice(["", "a", "\x00", "\u202e", "\U0001f600"]),
            pick.randbytes(pick.randrange(8)),
            bytearray(pick.randbytes(3)),
            object,
        ]
        if depth > 4 or pick.random() < 0.5:
            return pick.choice(simple)
        items = [self.value(depth + 1) for _ in range(pick.randrange(5))]
        make: Any = pick.choice([list, tuple, _as_set, _as_frozenset, _as_dict, _deep])
        return make(items)

    def message(self) -> bytes:
        """The body of a frame as a box would send it."""
        pick = self.random
        tree = self._tree()
        forms: list[dict[str, Any]] = [
            {"id": ID, "v": tree},
            {"id": ID, "v": tree, "a": [self._tree() for _ in range(pick.randrange(3))]},
            {"id": ID, "x": ["ValueError", "text", ["ValueError", "Exception"]]},
            {"e": "plan", "ids": [f"t{n}" for n in range(pick.randrange(4))]},
            {"e": "start", "id": "t1"},
            {"e": "ask", "do": "call", "on": 0, "name": "f", "args": [tree], "kwargs": {"k": tree}},
            {"e": "end", "id": "t1", "outcome": "passed", "message": ""},
            {"e": "done"},
        ]
        return json.dumps(pick.choice(forms), ensure_ascii=pick.random() < 0.5).encode(
            "utf-8", "surrogatepass"
        )

    def _tree(self) -> Any:
        try:
            tree = Encoder(lambda other: {"o": [type(other).__name__, "r", 1]}).encode(self.value())
        except CannotEncodeError:
            return None
        if self.random.random() < 0.3:  # well-formed JSON that is no value, or another one
            tag = self.random.choice(["i", "f", "c", "s", "b", "y", "t", "S", "F", "d", "o", "?"])
            junk = [tree, [tree], [[tree, tree]], "0x10", "1", -1, 1.5, [tree, tree, tree], {}]
            return {tag: self.random.choice(junk)}
        return tree

    def mutate(self, data: bytes) -> bytes:
        """Damage in one to eight places: flips, cuts, doublings, tokens, huge repeats."""
        pick = self.random
        body = bytearray(data)
        for _ in range(pick.choice([1, 1, 1, 2, 3, 8])):
            at = pick.randrange(len(body) + 1)
            match pick.randrange(6):
                case 0 if body:
                    body[at % len(body)] ^= 1 << pick.randrange(8)
                case 1:
                    del body[at : at + pick.randrange(1, 20)]
                case 2:
                    body[at:at] = pick.choice(_TOKENS)
                case 3:
                    end = at + pick.randrange(1, 40)
                    body[at:at] = body[at:end] * pick.choice([1, 2, 50])
                case 4:
                    body[at:at] = pick.randbytes(pick.randrange(1, 9))
                case _ if pick.random() < 0.01:
                    body[at:at] = pick.choice(_TOKENS) * pick.randrange(1, 50_000)
        return bytes(body)

    def body(self) -> bytes:
        """One input."""
        pick = self.random.random()
        if pick < 0.15:
            return self.message()
        if pick < 0.85:
            return self.mutate(self.message())
        return self.random.randbytes(self.random.randrange(200))

    def step(self) -> None:
        """Feed one input to every reader. Any exception but `ValueViolation` comes out."""
        body = self.body()
        began = time.perf_counter()
        try:
            self._read(body)
        except BaseException:
            sys.stderr.write(f"input: {body[:4000]!r}\n")
            raise
        spent = time.perf_counter() - began
        self.tally.slowest_s = max(self.tally.slowest_s, spent)
        self.tally.inputs += 1
        if spent > SLOW_S:
            raise AssertionError(f"{spent:.1f} s for {len(body)} bytes: {body[:4000]!r}")

    def _read(self, body: bytes) -> None:
        answer = self._try("answer", lambda: read_answer(body, ID, 0))
        if isinstance(answer, Returned):
            self._use(answer.value)
        elif answer is not None and not isinstance(answer, Raised):
            raise AssertionError(f"an answer of type {type(answer)}")
        self._try("test message", lambda: read_test_message(body))
        self._try("frames", lambda: self._frames(body))

    def _frames(self, body: bytes) -> bool:
        """A valid frame and what follows it, in pieces."""
        stream = frame({"id": ID}) + body
        if self.random.random() < 0.7:
            stream = len(body).to_bytes(4, "little") + body + stream
        buffer = FrameBuffer()
        while stream:
            cut = self.random.randrange(1, len(stream) + 1)
            buffer.feed(stream[:cut])
            stream = stream[cut:]
            while buffer.take() is not None:
                pass
        return True

    def _use(self, tree: Any) -> None:
        """Everything the host does with an accepted value, and what a test box does."""
        values.equal(tree, tree)
        values.close([1, {"f": "0x1p+0"}], tree, relative=1e-9, absolute=0.0)
        values.equal({"S": [1, 2]}, tree)
        if len(values.render(tree)) > 2000 or values.canonical(tree) is None:
            raise AssertionError("a rendering without bound")
        # As in a box: a set in a set or a list as a key is refused there, by the same error.
        with contextlib.suppress(TypeError):
            decode(tree, lambda body: tuple(body))

    def _try(self, name: str, read: Any) -> Any:
        try:
            result = read()
        except ValueViolation:
            self.tally.outcomes[f"{name}: violation"] += 1
            return None
        self.tally.outcomes[f"{name}: accepted"] += 1
        return result


def _hashable(items: list[Any]) -> list[Any]:
    return [item for item in items if isinstance(item, int | str | bytes | float | None)]


def _as_set(items: list[Any]) -> Any:
    return set(_hashable(items))


def _as_frozenset(items: list[Any]) -> Any:
    return frozenset(_hashable(items))


def _as_dict(items: list[Any]) -> Any:
    return dict.fromkeys(_hashable(items), items)


def _deep(items: list[Any]) -> Any:
    value: Any = items
    for _ in range(70 if len(items) > 3 else 30):
        value = [value]
    return value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=None)
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else time.time_ns()
    fuzzer = Fuzzer(seed)
    began = time.monotonic()
    while time.monotonic() - began < 60 * arguments.minutes:
        for _ in range(200):
            fuzzer.step()
    report = {
        "seed": seed,
        "seconds": round(time.monotonic() - began, 1),
        "inputs": fuzzer.tally.inputs,
        "slowest_ms": round(1000 * fuzzer.tally.slowest_s, 1),
        "outcomes": dict(sorted(fuzzer.tally.outcomes.items())),
    }
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
