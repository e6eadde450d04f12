"""Looking at objects without running any of the program's code.

Ordinary attribute access can call a property, a `__getattr__` or a metaclass. These functions go
through the slots of `type` and CPython's own descriptors only.
"""

from __future__ import annotations

import types

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing these would cost every box several milliseconds
    from typing import Any

type_mro = type.__dict__["__mro__"].__get__
type_dict = type.__dict__["__dict__"].__get__
type_module = type.__dict__["__module__"].__get__
type_qualname = type.__dict__["__qualname__"].__get__

#: CPython 3.11 names the iterator over an ASCII string apart; 3.10 did not, and models were
#: trained on the older name.
_RENAMED = {"str_ascii_iterator": "str_iterator"}


def lookup(kind: type, name: str) -> object:
    """A class attribute as `type.__getattribute__` finds it, without running descriptors."""
    for base in type_mro(kind):
        namespace = type_dict(base)
        if name in namespace:
            return namespace[name]
    return None


def class_name(kind: type) -> str:
    """`module.Class`, or `Class` for built-in ones, as CPython's default repr writes it."""
    module, name = type_module(kind), type_qualname(kind)
    name = _RENAMED.get(name, name)
    if type(module) is not str or module == "builtins":
        return str(name)
    return f"{module}.{name}"


def instance_dict(value: object) -> dict[str, Any]:
    """An object's attributes, or nothing where reading them could run the program's code."""
    descriptor: Any = lookup(type(value), "__dict__")
    if type(descriptor) not in (types.GetSetDescriptorType, types.MemberDescriptorType):
        return {}
    attributes = descriptor.__get__(value)
    return attributes if type(attributes) is dict else {}


def strip_addresses(text: str) -> str:
    """Remove each ` at 0x...` that CPython's default reprs contain."""
    start = text.find(" at 0x")
    while start >= 0:
        end = start + 6
        while end < len(text) and text[end] in "0123456789abcdefABCDEF":
            end += 1
        text = text[:start] + text[end:]
        start = text.find(" at 0x", start)
    return text
