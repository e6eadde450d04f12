"""Fixtures of this folder."""

from tests.people import front_end

__all__ = ["front_end"]
