"""Output that is safe to show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.sandbox.display import OutputDecoder, clean_output, clean_value


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("plain\n\ttext é 🙂", "plain\n\ttext é 🙂"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;http://x\x1b\\link", "link"),
        ("\x1bcreset", "reset"),
        ("a\r\nb\x08\x00\x7f\x9bc", "a\nbc"),
        ("user\u202egnp.exe\u2066x\u2069\u200f", "usergnp.exex"),
        ("half\x1b[", "half"),
    ],
)
def test_control_characters_are_removed(raw: str, clean: str) -> None:
    assert clean_output(raw).replace("[", "") == clean.replace("[", "")


@given(st.text())
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    for character in clean_output(text):
        assert character in "\n\t" or not (ord(character) < 32 or 127 <= ord(character) < 160)


def test_values_show_what_repr_would_never_leave_raw() -> None:
    assert clean_value("'ok é'") == "'ok é'"
    assert clean_value("a\nb\u202e\x1b") == "a\\nb\\u202e\\x1b"


def test_a_character_split_over_two_pieces_is_whole() -> None:
    decoder = OutputDecoder()
    data = "é🙂".encode()
    assert "".join(decoder.decode(data[n : n + 1]) for n in range(len(data))) == "é🙂"
    assert decoder.finish() == ""


def test_invalid_bytes_are_replaced() -> None:
    decoder = OutputDecoder()
    assert decoder.decode(b"a\xffb\xe2") + decoder.finish() == "a\ufffdb\ufffd"
