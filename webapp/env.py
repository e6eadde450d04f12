"""Typed reading of environment variables. A wrong value stops the boot and names the fix."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from django.core.exceptions import ImproperlyConfigured

_TRUE: Final = frozenset({"1", "true", "yes", "on"})
_FALSE: Final = frozenset({"0", "false", "no", "off", ""})


def env_str(name: str, default: str = "") -> str:
    """The variable's value. `NAME_FILE` may point to a file holding it (container secrets)."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            message = f"{name}_FILE={path} cannot be read: {why}."
            raise ImproperlyConfigured(message) from error
    return os.environ.get(name, default)


def env_bool(name: str, *, default: bool) -> bool:
    """`1 true yes on` or `0 false no off`, in any case."""
    text = os.environ.get(name)
    if text is None:
        return default
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    message = f"{name}={text!r} is neither true nor false: use 1 or 0."
    raise ImproperlyConfigured(message)


def env_int(name: str, default: int, *, minimum: int = 0, maximum: int = 2**31) -> int:
    """A whole number within bounds."""
    text = os.environ.get(name, "")
    if not text:
        return default
    try:
        number = int(text)
    except ValueError as error:
        message = f"{name}={text!r} is not a whole number."
        raise ImproperlyConfigured(message) from error
    if not minimum <= number <= maximum:
        message = f"{name}={number} is out of range: use {minimum} to {maximum}."
        raise ImproperlyConfigured(message)
    return number


def env_list(name: str, default: list[str]) -> list[str]:
    """Comma-separated words; empty items are dropped."""
    text = os.environ.get(name)
    if text is None:
        return default
    return [item.strip() for item in text.split(",") if item.strip()]


def env_choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """One of `choices`."""
    value = os.environ.get(name) or default
    if value not in choices:
        message = f"{name}={value!r} is unknown: use one of {', '.join(choices)}."
        raise ImproperlyConfigured(message)
    return value
