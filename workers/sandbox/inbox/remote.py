"""The stand-in for the student's module in the box that runs the instructor's tests.

Plain values (`codec`) come as new objects of exact built-in types. Everything else stays in the
student's box and is a `Remote` here: its attributes can be read and set, it can be called,
measured, indexed and iterated over. It equals nothing, not even itself, and differs from nothing,
because the answer would be the student's to give.
"""

from __future__ import annotations

import builtins
from types import ModuleType

from .codec import CannotEncodeError, Encoder, decode

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing these would cost every box a few milliseconds
    from collections.abc import Iterator
    from typing import Any

    from .wire import Wire

_MUTABLE = (list, dict, set, bytearray)
#: Raising these would end the test run rather than the test.
_NEVER_RAISED = ("KeyboardInterrupt", "GeneratorExit", "BaseException")


class StudentLostError(Exception):
    """The student's program has ended, hangs, or broke the protocol."""


class Link:
    """Questions to the host. Closed until the plan is out."""

    def __init__(self, wire: Wire) -> None:
        self.open = False
        self._wire = wire

    def ask(
        self,
        do: str,
        on: int,
        name: str = "",
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """The value of the answer, or the exception that the student's code raised."""
        if not self.open:
            raise RuntimeError(
                "the tests use the solution while they are being loaded; do that in setUp or in "
                "a test"
            )
        question = {
            "e": "ask",
            "do": do,
            "on": on,
            "name": name,
            "args": [self._encode(item) for item in args],
            "kwargs": {key: self._encode(item) for key, item in (kwargs or {}).items()},
        }
        self._wire.send(self._wire.pack(question))
        answer = self._wire.read()
        if "lost" in answer:
            raise StudentLostError(answer["lost"])
        if "x" in answer:
            raise _exception(*answer["x"])
        changed = [item for item in args if type(item) in _MUTABLE]
        for item, tree in zip(changed, answer["a"], strict=False):
            _update(item, decode(tree, self._remote))
        return decode(answer["v"], self._remote)

    def _remote(self, body: list[Any]) -> Remote:
        return Remote(self, body[0], body[1], body[2])

    def _encode(self, value: Any) -> Any:
        try:
            return Encoder(_argument).encode(value)
        except CannotEncodeError as problem:
            raise TypeError(f"this argument cannot be passed to the solution: {problem}") from None


def _argument(value: Any) -> Any:
    if type(value) is Remote:
        return {"o": ["", "", value._remote_resolve()]}
    raise TypeError(
        f"an argument of type {type(value).__name__} cannot be passed to the solution; pass plain "
        "values, or use an exercise of kind inprocess"
    )


def _update(item: Any, new: Any) -> None:
    """Make a mutable argument what the call has made of its copy."""
    if type(new) is not type(item):
        return
    if type(item) in (list, bytearray):
        item[:] = new
    else:
        item.clear()
        item.update(new)


def _exception(name: str, message: str, bases: list[str]) -> BaseException:
    """A built-in exception that the student's is, as nearly as can be."""
    for base in bases:
        kind = getattr(builtins, base, None)
        if isinstance(kind, type) and issubclass(kind, BaseException) and base not in _NEVER_RAISED:
            try:
                return kind(message if base == name else f"{name}: {message}")
            except TypeError:  # UnicodeDecodeError and its like need more
                continue
    return RuntimeError(f"{name}: {message}")


class Remote:
    """An object in the student's box, or a name of the module that was imported before the plan."""

    __slots__ = (
        "_remote_kind",
        "_remote_link",
        "_remote_name",
        "_remote_number",
        "_remote_text",
    )
    __hash__ = None  # type: ignore[assignment]  # equal to nothing, so no key of anything

    def __init__(self, link: Link, kind: str, text: str, number: int, name: str = "") -> None:
        values = (kind, link, name, number, text)
        for key, value in zip(self.__slots__, values, strict=True):
            object.__setattr__(self, key, value)

    def _remote_resolve(self) -> int:
        """The object's number in the student's box as it is now."""
        if not self._remote_name:
            own: int = self._remote_number
            return own
        value = self._remote_link.ask("get", 0, self._remote_name)
        if type(value) is not Remote:
            raise TypeError(
                f"solution.{self._remote_name} is a plain value; import solution and write "
                f"solution.{self._remote_name} in the test"
            )
        number: int = value._remote_number
        return number

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._remote_name:
            return self._remote_link.ask("call", 0, self._remote_name, args, kwargs)
        return self._remote_link.ask("call", self._remote_number, "", args, kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._remote_link.ask("get", self._remote_resolve(), name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._remote_link.ask("set", self._remote_resolve(), name, (value,))

    def _remote_special(self, name: str, *args: Any) -> Any:
        try:
            return self._remote_link.ask("call", self._remote_resolve(), name, args)
        except AttributeError as error:  # Python's own word for a missing special method
            raise TypeError(str(error)) from None

    def __len__(self) -> int:
        length: int = self._remote_special("__len__")
        return length

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, key: Any) -> Any:
        return self._remote_special("__getitem__", key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._remote_special("__setitem__", key, value)

    def __contains__(self, key: Any) -> bool:
        return self._remote_special("__contains__", key) is True

    def __iter__(self) -> Iterator[Any]:
        return iter(self._remote_link.ask("list", self._remote_resolve()))

    def __next__(self) -> Any:
        return self._remote_special("__next__")

    def __eq__(self, other: object) -> bool:
        if self._remote_name:  # a constant that was imported by name
            value = self._remote_link.ask("get", 0, self._remote_name)
            return type(value) is not Remote and bool(value == other)
        return False

    def __ne__(self, other: object) -> bool:
        if self._remote_name:
            value = self._remote_link.ask("get", 0, self._remote_name)
            return type(value) is not Remote and bool(value != other)
        return False

    def __str__(self) -> str:
        text = self._remote_special("__str__")
        return text if type(text) is str else repr(self)

    def __repr__(self) -> str:
        if self._remote_name:
            return f"<solution.{self._remote_name}>"
        return f"<{self._remote_kind} in the solution: {self._remote_text}>"


class SolutionModule(ModuleType):
    """`solution`, as the tests import it."""

    def __init__(self, link: Link) -> None:
        super().__init__("solution")
        self.__dict__["_link_"] = link

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        link: Link = self.__dict__["_link_"]
        if not link.open:
            return Remote(link, "name", "", 0, name)
        return link.ask("get", 0, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("__"):
            super().__setattr__(name, value)
        else:
            self.__dict__["_link_"].ask("set", 0, name, (value,))
