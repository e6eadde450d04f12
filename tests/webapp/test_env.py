"""Environment variables: a wrong one stops the boot with a sentence that names the fix."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from webapp.env import env_bool, env_choice, env_int, env_list, env_str

NAME = "A_VARIABLE_OF_THE_TESTS"


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv(NAME, raising=False)
    monkeypatch.delenv(f"{NAME}_FILE", raising=False)
    return monkeypatch


def test_text_is_the_variable_or_its_default(env: pytest.MonkeyPatch) -> None:
    assert env_str(NAME, "default") == "default"
    env.setenv(NAME, "")
    assert env_str(NAME, "default") == ""
    env.setenv(NAME, " as it is ")
    assert env_str(NAME, "default") == " as it is "


def test_a_secret_can_come_from_a_file(env: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("s3cr3t\n", encoding="utf-8")
    env.setenv(NAME, "ignored")
    env.setenv(f"{NAME}_FILE", str(file))
    assert env_str(NAME) == "s3cr3t"


def test_a_secret_file_that_cannot_be_read_stops_the_boot(
    env: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    env.setenv(f"{NAME}_FILE", str(tmp_path / "missing"))
    with pytest.raises(ImproperlyConfigured, match=r"A_VARIABLE.*_FILE=.*cannot be read"):
        env_str(NAME)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\xff")
    env.setenv(f"{NAME}_FILE", str(tmp_path / "binary"))
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        env_str(NAME)


@pytest.mark.parametrize("text", ["1", "true", "TRUE", "yes", "On"])
def test_words_that_mean_true(env: pytest.MonkeyPatch, text: str) -> None:
    env.setenv(NAME, text)
    assert env_bool(NAME, default=False)


@pytest.mark.parametrize("text", ["0", "false", "False", "no", "OFF", ""])
def test_words_that_mean_false(env: pytest.MonkeyPatch, text: str) -> None:
    env.setenv(NAME, text)
    assert not env_bool(NAME, default=True)


@pytest.mark.parametrize("text", ["2", "ja", " ", "truee"])
def test_a_word_that_is_neither_stops_the_boot(env: pytest.MonkeyPatch, text: str) -> None:
    assert env_bool(NAME, default=True)
    env.setenv(NAME, text)
    with pytest.raises(ImproperlyConfigured, match=f"{NAME}=.*use 1 or 0"):
        env_bool(NAME, default=True)


def test_a_number_keeps_its_bounds(env: pytest.MonkeyPatch) -> None:
    assert env_int(NAME, 7) == 7
    for text, number in (("", 7), ("1", 1), ("10", 10), (" 5 ", 5)):
        env.setenv(NAME, text)
        assert env_int(NAME, 7, minimum=1, maximum=10) == number


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("0", "out of range: use 1 to 10"),
        ("11", "out of range: use 1 to 10"),
        ("-1", "out of range"),
        ("9" * 5000, "not a whole number"),
        ("1.5", "not a whole number"),
        ("ten", "not a whole number"),
    ],
)
def test_a_number_out_of_bounds_stops_the_boot(
    env: pytest.MonkeyPatch, text: str, sentence: str
) -> None:
    env.setenv(NAME, text)
    with pytest.raises(ImproperlyConfigured, match=sentence) as caught:
        env_int(NAME, 7, minimum=1, maximum=10)
    assert NAME in str(caught.value)


def test_a_list_is_split_at_commas(env: pytest.MonkeyPatch) -> None:
    assert env_list(NAME, ["a"]) == ["a"]
    for text, items in (("", []), ("a", ["a"]), (" a, b ,,c,", ["a", "b", "c"])):
        env.setenv(NAME, text)
        assert env_list(NAME, ["default"]) == items


def test_a_choice_is_one_of_those_offered(env: pytest.MonkeyPatch) -> None:
    assert env_choice(NAME, "a", ("a", "b")) == "a"
    for text, value in (("", "a"), ("b", "b")):
        env.setenv(NAME, text)
        assert env_choice(NAME, "a", ("a", "b")) == value
    env.setenv(NAME, "c")
    with pytest.raises(ImproperlyConfigured, match="unknown: use one of a, b"):
        env_choice(NAME, "a", ("a", "b"))
