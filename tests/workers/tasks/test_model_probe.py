"""What `doctor` finds out about model servers: the embedded engine, and SGLang as recorded."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from tests.redis_server import free_port
from tests.workers.runtime.recorded import Recording, recording
from tests.workers.runtime.scripted_server import ScriptedServer, message, scripted_server
from tests.workers.runtime.test_sglang import says
from tests.workers.runtime.tiny import CONTEXT_TOKENS, MODEL, engine_process
from workers.runtime.base import RuntimeUnavailable
from workers.runtime.sglang_models import vocabulary
from workers.tasks.model_probe import Check, examine_model


@pytest.fixture
def embedded(settings: Settings) -> Settings:
    settings.MODEL_RUNTIME = "embedded"
    settings.MODEL_PATH = MODEL
    settings.EMBEDDED_URL = f"http://127.0.0.1:{free_port()}"
    return settings


def by_name(checks: tuple[Check, ...]) -> dict[str, Check]:
    return {check.name: check for check in checks}


def test_the_doctor_generates_twice_and_sees_the_cache(embedded: Settings, tmp_path: Path) -> None:
    with engine_process(tmp_path) as address:
        embedded.EMBEDDED_URL = address
        found = by_name(asyncio.run(examine_model()))
    assert all(check.ok for check in found.values())
    assert f"{CONTEXT_TOKENS:,} tokens" in found["reachable"].seen
    assert "Tiny test model" in found["model"].seen
    assert "0 of" not in found["cached"].seen


@pytest.mark.usefixtures("embedded")
def test_the_doctor_says_that_nothing_answers() -> None:
    (only,) = asyncio.run(examine_model())
    assert (only.name, only.ok) == ("reachable", False)
    assert "does not answer" in only.seen
    assert "EMBEDDED_URL" in only.remedy


def test_a_tokenizer_that_cannot_be_read_is_said(embedded: Settings, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(MODEL, broken)
    (broken / "tokenizer.json").write_text("{")
    embedded.MODEL_PATH = broken
    with pytest.raises(RuntimeUnavailable, match="tokenizer cannot be used"):
        asyncio.run(examine_model())


def with_one_token_more(folder: Path) -> Path:
    """The tiny model's folder with a token that its model does not have."""
    shutil.copytree(MODEL, folder)
    text = (folder / "tokenizer.json").read_text()
    more = '"special": true, "id": 999, "content": "<|new|>", "single_word": false, '
    more += '"lstrip": false, "rstrip": false, "normalized": false'
    changed = text.replace('"added_tokens": [', f'"added_tokens": [{{{more}}},', 1)
    (folder / "tokenizer.json").write_text(changed)
    return folder


def test_the_doctor_notices_a_tokenizer_of_another_model(
    embedded: Settings, tmp_path: Path
) -> None:
    with engine_process(tmp_path) as address:
        embedded.EMBEDDED_URL = address
        embedded.MODEL_PATH = with_one_token_more(tmp_path / "other")
        *_, last = asyncio.run(examine_model())
    assert (last.name, last.ok) == ("tokenizer", False)
    assert "do not belong together" in last.seen
    assert "MODEL_PATH" in last.remedy


# --- SGLang -------------------------------------------------------------------------------------


@pytest.fixture
def sglang(settings: Settings, tmp_path: Path) -> Settings:
    """A site beside a server that the launcher would start over the same folder."""
    folder = tmp_path / "model"
    shutil.copytree(MODEL, folder)
    (folder / "config.json").write_text(json.dumps({"vocab_size": 300}))
    settings.MODEL_RUNTIME = "sglang"
    settings.MODEL_PATH = folder
    return settings


def examine(
    site: Settings,
    *,
    server: Callable[[dict[str, Any]], None] = lambda _: None,
    model: Callable[[dict[str, Any]], None] = lambda _: None,
    tokens: list[int] | None = None,
    dead: tuple[str, ...] = (),
) -> dict[str, Check]:
    """The checks, where the pages of a recorded SGLang server are changed like this."""
    recorded: Recording = recording("incremental")
    info, facts = recorded.facts("/server_info"), recorded.facts("/model_info")
    own = vocabulary.of_folder(site.MODEL_PATH)
    assert own is not None
    info["weight_version"] = own.label
    server(info)
    model(facts)

    async def go() -> dict[str, Check]:
        end = {"type": "length", "length": 1}
        async with scripted_server(says(message([5], 1, end, cached_tokens=30))) as made:
            _answer(made, info, facts, tokens)
            site.SGLANG_URLS = [made.url, *dead]
            return by_name(await examine_model())

    return asyncio.run(go())


def _answer(
    made: ScriptedServer, info: dict[str, Any], facts: dict[str, Any], tokens: list[int] | None
) -> None:
    made.info = info
    made.pages["/model_info"] = facts
    if tokens is not None:
        made.pages["/tokenize"] = {"tokens": tokens, "count": len(tokens), "max_model_len": -1}


def test_a_server_that_the_launcher_started_passes_every_check(sglang: Settings) -> None:
    found = examine(sglang)
    assert list(found) == ["reachable", "model", "plugin", "tokenizer", "generates", "cached"]
    assert all(check.ok for check in found.values())
    assert "SGLang 0.5.17" in found["reachable"].seen
    assert found["tokenizer"].seen == "same tokenizer"


def test_a_server_of_another_model_is_named(sglang: Settings) -> None:
    found = examine(sglang, model=lambda facts: facts.update(architectures=["Qwen3ForCausalLM"]))
    assert not found["model"].ok
    assert "Qwen3ForCausalLM" in found["model"].seen
    assert "generates" not in found


def test_a_server_without_the_plugin_is_named(sglang: Settings) -> None:
    found = examine(sglang, server=lambda info: info.update(model_impl="auto"))
    assert not found["plugin"].ok
    assert "deploy.sglang.launch" in found["plugin"].remedy


def test_another_tokenizer_at_the_server_is_noticed(sglang: Settings) -> None:
    label = "vocabulary-100000-tokenizer-0123456789abcdef"
    found = examine(sglang, server=lambda info: info.update(weight_version=label))
    assert not found["tokenizer"].ok
    assert "tokenizer.json differs" in found["tokenizer"].seen


def test_a_smaller_vocabulary_at_the_server_is_noticed(sglang: Settings) -> None:
    label = "vocabulary-100-tokenizer-none"
    found = examine(sglang, server=lambda info: info.update(weight_version=label))
    assert not found["tokenizer"].ok
    assert "has 100 tokens" in found["tokenizer"].seen


def test_a_server_with_a_tokenizer_is_asked_for_ids(sglang: Settings) -> None:
    def by_hand(info: dict[str, Any]) -> None:
        info.update(weight_version="default", skip_tokenizer_init=False)

    found = examine(sglang, server=by_hand, tokens=[1, 2, 3])
    assert not found["tokenizer"].ok
    assert "other ids" in found["tokenizer"].seen


def test_a_server_that_does_not_tell_is_said_to_be_unknown(sglang: Settings) -> None:
    found = examine(sglang, server=lambda info: info.update(weight_version="default"))
    assert found["tokenizer"].ok
    assert "not compared" in found["tokenizer"].seen
    assert "deploy.sglang.launch" in found["tokenizer"].remedy


def test_each_of_several_servers_is_looked_at(sglang: Settings) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    found = examine(sglang, dead=(nobody,))
    assert not found[f"{nobody}: reachable"].ok
    assert "SGLANG_URLS" in found[f"{nobody}: reachable"].remedy
    assert sum(name.endswith(": cached") for name in found) == 1
