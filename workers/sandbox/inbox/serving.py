"""Kinds `calls` and `unittest`, the student's side: answers questions about a program's values.

This process runs the student's code, so everything it sends is a claim, and it is told nothing
that would help to claim well: it sees the arguments of a call, never what is expected of it.
"""

from __future__ import annotations

from itertools import islice
from types import ModuleType

from .codec import CannotEncodeError, Encoder, decode
from .program import FILENAME, make_module
from .wire import Wire, greet, plain

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing it would cost every box a few milliseconds
    from typing import Any

MAX_ANSWER_BYTES = 1024 * 1024
_MAX_NAME, _MAX_REPR, _MAX_MESSAGE, _MAX_BASES = 200, 200, 2000, 32
_MAX_ITEMS = 100_000
_MUTABLE = (list, dict, set, bytearray)


class Server:
    """The student's module and the objects that the host may refer to by number."""

    def __init__(self, wire: Wire, first_number: int) -> None:
        self._wire = wire
        self._module: ModuleType | None = None
        self._objects: dict[int, Any] = {}
        self._next = first_number

    def load(self, message: dict[str, Any]) -> bool:
        """Run the module's own code; False when it does not get through."""
        try:
            self._module = make_module(message["source"], "solution", FILENAME)
        except BaseException as error:
            self._send({"id": message["id"], "x": self._describe(error)})
            return False
        self._send({"id": message["id"], "v": None})
        return True

    def answer(self, question: dict[str, Any]) -> None:
        """Do what is asked and send its outcome."""
        try:
            value, mutated = self._perform(question)
            reply = {"id": question["id"], "v": self._encode(value)}
            if question.get("after"):
                reply["a"] = [self._encode(item) for item in mutated]
            data = self._wire.pack(reply)
            if len(data) > MAX_ANSWER_BYTES:
                reply["v"] = self._opaque(value, "more than a mebibyte")
                if "a" in reply:
                    reply["a"] = [self._opaque(item, "not sent") for item in mutated]
                data = self._wire.pack(reply)
        except BaseException as error:
            data = self._wire.pack({"id": question["id"], "x": self._describe(error)})
        self._wire.send(data)

    def _perform(self, question: dict[str, Any]) -> tuple[Any, list[Any]]:
        target = self._find(question["on"])
        what, name = question["do"], question["name"]
        if what == "get":
            return getattr(target, name), []
        if what == "list":
            return list(islice(target, _MAX_ITEMS)), []
        args = [decode(tree, self._look_up) for tree in question["args"]]
        if what == "set":
            setattr(target, name, args[0])
            return None, []
        kwargs = {key: decode(tree, self._look_up) for key, tree in question["kwargs"].items()}
        function = getattr(target, name) if name else target
        value = function(*args, **kwargs)
        return value, [item for item in args if type(item) in _MUTABLE]

    def _find(self, number: int) -> Any:
        if number == 0:
            return self._module
        if number not in self._objects:
            raise LookupError("this object is gone: the program was restarted in between")
        return self._objects[number]

    def _look_up(self, body: list[Any]) -> Any:
        return self._find(body[2])

    def _encode(self, value: Any) -> Any:
        try:
            return Encoder(lambda other: self._opaque(other)).encode(value)
        except CannotEncodeError as problem:
            return self._opaque(value, str(problem))

    def _opaque(self, value: Any, note: str = "") -> Any:
        number = self._next
        self._next += 1
        self._objects[number] = value
        return {"o": [plain(type(value).__name__, _MAX_NAME), note or _text(value), number]}

    def _describe(self, error: BaseException) -> list[Any]:
        """Type name, text, and the names of the type and all its bases."""
        try:
            single = isinstance(error, KeyError) and len(error.args) == 1
            text = plain(error.args[0] if single else error, _MAX_MESSAGE)
        except BaseException as second:
            text = f"(its text cannot be made: {plain(type(second).__name__, 100)})"
        names = [plain(base.__name__, _MAX_NAME) for base in type(error).__mro__[:_MAX_BASES]]
        return [names[0], text, names]

    def _send(self, message: dict[str, Any]) -> None:
        self._wire.send(self._wire.pack(message))


def _text(value: Any) -> str:
    try:
        return plain(repr(value), _MAX_REPR)
    except BaseException as error:
        return f"(its repr raised {plain(type(error).__name__, 100)})"


def run(job: dict[str, Any], descriptor: int) -> None:  # noqa: ARG001  # every role's signature
    """Load the student's module, then answer until the host goes away."""
    wire, message = greet(descriptor)
    server = Server(wire, message["handles"])
    server.load(message)
    while True:
        server.answer(wire.read())
