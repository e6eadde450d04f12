"""What every message of the contract is made of (`playground.runs.events`)."""

from __future__ import annotations

import msgspec


class Message(msgspec.Struct, frozen=True, tag_field="type", omit_defaults=True, kw_only=True):
    """Base of every message: immutable, tagged by `type`, defaults left out on the wire."""


class Value(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Base of what stands inside messages: the same without a tag."""
