"""One rule for each `__repr__` implementation of CPython that values in programs use.

`Writer.write_value` asks which implementation applies to a value's type. Known ones have a rule
here that writes the same text structurally, so that elements which are objects of the program's
classes are written by these rules too instead of calling their `__repr__`.
"""

from __future__ import annotations

import types

# The C module: importing `collections` itself would cost the box a millisecond per start.
from _collections import (  # type: ignore[import-not-found]  # typeshed does not list it
    OrderedDict,
    defaultdict,
    deque,
)
from _weakref import ref

from .inspection import (
    class_name,
    instance_dict,
    lookup,
    strip_addresses,
    type_dict,
    type_module,
    type_mro,
    type_qualname,
)
from .writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing these would cost every box several milliseconds
    from typing import Any

    from .writer import Rule

# --- the rules ---------------------------------------------------------------------------------


def _write_stripped(writer: Writer, value: Any) -> None:
    try:
        text = strip_addresses(repr(value))
    except Exception:
        text = f"<{class_name(type(value))} object>"
    writer.put(text)


def _write_object(writer: Writer, value: Any) -> None:
    writer.put(f"<{class_name(type(value))} object>")


def _write_int(writer: Writer, value: int) -> None:
    try:
        text = int.__repr__(value)
    except ValueError:  # more digits than CPython prints (sys.set_int_max_str_digits)
        writer.cut = True
        text = f"<int of {int.bit_length(value)} bits>"
    writer.put(text)


def _write_str(writer: Writer, value: str) -> None:
    if str.__len__(value) > writer.budget:
        value = str.__getitem__(value, slice(0, writer.budget + 1))  # too long all the same
    writer.put(str.__repr__(value))


def _write_bytes(writer: Writer, value: bytes) -> None:
    if bytes.__len__(value) > writer.budget:
        value = bytes.__getitem__(value, slice(0, writer.budget + 1))
    writer.put(bytes.__repr__(value))


def _write_bytearray(writer: Writer, value: bytearray) -> None:
    writer.put(f"{type_qualname(type(value))}(")
    _write_bytes(writer, bytes(memoryview(value)[: writer.budget + 1]))
    writer.put(")")


def _write_list(writer: Writer, value: list[Any]) -> None:
    writer.put("[")
    writer.write_items(list.__iter__(value))
    writer.put("]")


def _write_tuple(writer: Writer, value: tuple[Any, ...]) -> None:
    writer.put("(")
    writer.write_items(tuple.__iter__(value))
    writer.put(",)" if tuple.__len__(value) == 1 else ")")


def _write_set(writer: Writer, value: Any) -> None:
    kind = type(value)
    iterate = frozenset.__iter__ if frozenset in type_mro(kind) else set.__iter__
    items = iterate(value)
    if kind is set and set.__len__(value):
        writer.put("{")
        writer.write_items(items)
        writer.put("}")
        return
    length = frozenset.__len__(value) if iterate is frozenset.__iter__ else set.__len__(value)
    writer.put(type_qualname(kind) + ("({" if length else "("))
    writer.write_items(items)
    writer.put("})" if length else ")")


def _write_dict(writer: Writer, value: dict[Any, Any]) -> None:
    writer.write_pairs(list(dict.items(value)))


def _write_view(name: str) -> Rule:
    def write(writer: Writer, value: Any) -> None:
        writer.put(name + "([")
        writer.write_items(iter(value))
        writer.put("])")

    return write


def _write_exception(writer: Writer, value: BaseException) -> None:
    writer.put(type_qualname(type(value)))
    arguments = BaseException.__dict__["args"].__get__(value)
    writer.put("(")
    writer.write_items(tuple.__iter__(arguments))
    writer.put(")")


def _write_type(writer: Writer, value: type) -> None:
    writer.put(f"<class '{class_name(value)}'>")


def _write_enum_class(writer: Writer, value: type) -> None:
    writer.put(f"<enum {type_qualname(value)!r}>")


def _write_module(writer: Writer, value: types.ModuleType) -> None:
    name = instance_dict(value).get("__name__")
    writer.put(f"<module {name!r}>" if type(name) is str else "<module>")


def _write_method(writer: Writer, value: types.MethodType) -> None:
    function = value.__func__
    name = function.__qualname__ if type(function) is types.FunctionType else "?"
    writer.put(f"<bound method {name} of ")
    writer.write_value(value.__self__)
    writer.put(">")


def _write_builtin(writer: Writer, value: types.BuiltinFunctionType) -> None:
    owner = value.__self__
    if owner is None or type(owner) is types.ModuleType:
        writer.put(f"<built-in function {value.__name__}>")
    else:
        writer.put(f"<built-in method {value.__name__} of {class_name(type(owner))} object>")


def _write_slice(writer: Writer, value: slice) -> None:
    writer.put("slice(")
    writer.write_items(iter((value.start, value.stop, value.step)))
    writer.put(")")


def _write_dataclass(writer: Writer, value: Any) -> None:
    fields = lookup(type(value), "__dataclass_fields__")
    attributes = instance_dict(value)
    found: list[tuple[str, Any]] = []
    for name in fields if type(fields) is dict else ():
        slot = lookup(type(value), name)
        if name in attributes:
            found.append((name, attributes[name]))
        elif type(slot) is types.MemberDescriptorType:
            try:
                found.append((name, slot.__get__(value)))
            except AttributeError:
                continue
    writer.write_fields(type_qualname(type(value)), found)


def _write_namedtuple(writer: Writer, value: tuple[Any, ...]) -> None:
    names = lookup(type(value), "_fields")
    fields = [name for name in names if type(name) is str] if type(names) is tuple else []
    writer.write_fields(
        type_qualname(type(value)), zip(fields, tuple.__iter__(value), strict=False)
    )


def _write_enum(writer: Writer, value: Any) -> None:
    attributes = instance_dict(value)
    name = attributes.get("_name_")
    writer.put(f"<{type_qualname(type(value))}.{name}: ")
    writer.write_value(attributes.get("_value_"))
    writer.put(">")


def _write_deque(writer: Writer, value: Any) -> None:
    writer.put(f"{type_qualname(type(value))}([")
    writer.write_items(deque.__iter__(value))
    maxlen = type_dict(deque)["maxlen"].__get__(value)
    writer.put("])" if maxlen is None else f"], maxlen={maxlen})")


def _write_defaultdict(writer: Writer, value: Any) -> None:
    writer.put(f"{type_qualname(type(value))}(")
    writer.write_value(type_dict(defaultdict)["default_factory"].__get__(value))
    writer.put(", ")
    writer.write_pairs(list(dict.items(value)))
    writer.put(")")


def _write_ordered_dict(writer: Writer, value: Any) -> None:
    pairs = list(OrderedDict.items(value))
    writer.put(type_qualname(type(value)) + "(")
    if pairs:
        _write_list(writer, pairs)
    writer.put(")")


def _write_counter(writer: Writer, value: Any) -> None:
    pairs = list(dict.items(value))
    writer.put(type_qualname(type(value)) + "(")
    if pairs:
        if all(type(count) is int for _, count in pairs):
            pairs.sort(key=lambda pair: pair[1], reverse=True)
        writer.write_pairs(pairs)
    writer.put(")")


def _write_namespace(writer: Writer, value: Any) -> None:
    writer.write_fields("namespace", list(instance_dict(value).items()))


def _write_wrapped(writer: Writer, value: Any) -> None:
    writer.put(f"<{type_qualname(type(value))}(")
    writer.write_value(value.__func__)
    writer.put(")>")


# --- which rule applies -------------------------------------------------------------------------


def _slot(kind: Any) -> int:
    return id(lookup(kind, "__repr__"))


_BY_IMPLEMENTATION: dict[int, Rule] = {
    _slot(object): _write_object,
    _slot(int): _write_int,
    _slot(str): _write_str,
    _slot(bytes): _write_bytes,
    _slot(bytearray): _write_bytearray,
    _slot(list): _write_list,
    _slot(tuple): _write_tuple,
    _slot(set): _write_set,
    _slot(frozenset): _write_set,
    _slot(dict): _write_dict,
    _slot(type({}.keys())): _write_view("dict_keys"),
    _slot(type({}.values())): _write_view("dict_values"),
    _slot(type({}.items())): _write_view("dict_items"),
    _slot(BaseException): _write_exception,
    _slot(type): _write_type,
    _slot(types.ModuleType): _write_module,
    _slot(types.MethodType): _write_method,
    _slot(types.BuiltinFunctionType): _write_builtin,
    _slot(slice): _write_slice,
    _slot(deque): _write_deque,
    _slot(defaultdict): _write_defaultdict,
    _slot(OrderedDict): _write_ordered_dict,
    _slot(types.SimpleNamespace): _write_namespace,
    _slot(staticmethod): _write_wrapped,
    _slot(classmethod): _write_wrapped,
}
# Implementations in C whose text depends on nothing that a program defines.
_BY_IMPLEMENTATION.update(
    dict.fromkeys(
        map(
            _slot,
            (
                float,
                bool,
                complex,
                type(None),
                type(...),
                type(NotImplemented),
                range,
                memoryview,
                types.FunctionType,
                types.GeneratorType,
                types.CoroutineType,
                types.AsyncGeneratorType,
                types.CodeType,
                types.CellType,
                types.FrameType,
                types.MethodWrapperType,
                types.WrapperDescriptorType,
                types.MethodDescriptorType,
                types.ClassMethodDescriptorType,
                types.GetSetDescriptorType,
                types.MemberDescriptorType,
                ref,
            ),
        ),
        _write_stripped,
    )
)

#: The same for library modules that are not loaded here; told by the class that defines the slot.
_LEAF_CLASSES = frozenset(
    {
        ("decimal", "Decimal"),
        ("datetime", "date"),
        ("datetime", "time"),
        ("datetime", "datetime"),
        ("datetime", "timedelta"),
        ("datetime", "timezone"),
        ("re", "Pattern"),
        ("re", "Match"),
        ("array", "array"),
        ("random", "Random"),
    }
)
#: Implementations in Python, in the standard library, that look at plain fields only. They are
#: called for exactly these classes, not for a program's subclasses.
_LEAF_FUNCTIONS = frozenset(
    {
        ("fractions", "Fraction.__repr__"),
        ("pathlib", "PurePath.__repr__"),
        ("uuid", "UUID.__repr__"),
    }
)


def rule_for(kind: type) -> Rule:
    implementation: Any = lookup(kind, "__repr__")
    rule = _BY_IMPLEMENTATION.get(id(implementation))
    if rule is not None:
        return rule
    if type(implementation) is types.WrapperDescriptorType:
        owner = implementation.__objclass__
        if (type_module(owner), type_qualname(owner)) in _LEAF_CLASSES:
            return _write_stripped
    elif type(implementation) is types.FunctionType:
        return _rule_for_python(kind, implementation)
    return _write_object


def _rule_for_python(kind: type, implementation: types.FunctionType) -> Rule:
    origin = (implementation.__module__, implementation.__qualname__)
    if origin == ("collections", "Counter.__repr__"):
        return _write_counter
    if origin in _LEAF_FUNCTIONS and type_module(kind) == origin[0]:
        return _write_stripped
    if type in type_mro(kind):  # the value is a class, its metaclass has a __repr__
        return _write_enum_class if origin == ("enum", "EnumType.__repr__") else _write_type
    if type(lookup(kind, "__dataclass_fields__")) is dict:
        return _write_dataclass
    if tuple in type_mro(kind) and type(lookup(kind, "_fields")) is tuple:
        return _write_namedtuple
    if type(lookup(kind, "_member_map_")) is dict:
        return _write_enum
    return _write_object
