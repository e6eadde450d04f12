"""The command lines that start SGLang."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.sglang.capacity import CONFIG
from deploy.sglang import launch


@pytest.fixture
def model(tmp_path: Path) -> Path:
    (tmp_path / "config.json").write_text(CONFIG.read_text(encoding="utf-8"))
    return tmp_path


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[list[str]]:
    assert launch.main([*arguments, "--print"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def value(line: list[str], name: str) -> str:
    return line[line.index(name) + 1]


def test_fp8_on_one_card_is_the_default(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [line] = printed(capsys, str(model))
    assert line[1:3] == ["-m", "sglang.launch_server"]
    assert value(line, "--quantization") == "fp8"
    assert value(line, "--tp-size") == "1"
    assert value(line, "--model-impl") == "sglang"
    assert value(line, "--host") == "127.0.0.1"


def test_the_server_repeats_which_vocabulary_it_has(
    model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (model / "tokenizer.json").write_text("{}")
    [line] = printed(capsys, str(model))
    assert value(line, "--weight-version").startswith("vocabulary-128256-tokenizer-44136fa355b3")


def test_bf16_takes_two_cards(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [line] = printed(capsys, str(model), "--preset", "bf16")
    assert value(line, "--tp-size") == "2"
    assert "--quantization" not in line


def test_layers_with_a_window_get_a_pool_of_their_own(
    model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [line] = printed(capsys, str(model), "--window-ratio", "0.4")
    overrides = json.loads(value(line, "--json-model-override-args"))
    assert overrides == {"is_hybrid_swa": True, "hybrid_layer_pattern": [0, 1, 1, 1] * 16}
    assert value(line, "--swa-full-tokens-ratio") == "0.4"


def test_a_context_within_the_window_needs_no_such_pool(
    model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [line] = printed(capsys, str(model), "--context", "8192")
    assert "--json-model-override-args" not in line
    assert "--swa-full-tokens-ratio" not in line


def test_replicas_listen_side_by_side(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, str(model), "--replicas", "3", "--port", "31000")
    assert [value(line, "--port") for line in lines] == ["31000", "31001", "31002"]


def test_what_follows_two_dashes_goes_to_sglang(
    model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(model), "--print", "--", "--attention-backend", "triton"]
    assert launch.main(arguments) == 0
    assert json.loads(capsys.readouterr().out)[-2:] == ["--attention-backend", "triton"]


def test_the_key_is_not_printed(
    model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODEL_API_KEY", "s3cret")
    [line] = printed(capsys, str(model))
    assert value(line, "--api-key") == "***"


def test_a_missing_model_is_never_fetched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert launch.main([str(tmp_path / "none")]) == 2
    said = capsys.readouterr().err
    assert "download it first" in said
    assert "non-commercial" in said


def test_another_kind_of_model_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.json").write_text('{"architectures": ["LlamaForCausalLM"]}')
    assert launch.main([str(tmp_path)]) == 2
    assert "CwmForCausalLM" in capsys.readouterr().err


def test_the_plugin_is_named_and_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    variables = launch.environment([2, 3])
    assert variables["SGLANG_EXTERNAL_MODEL_PACKAGE"] == "workers.runtime.sglang_models"
    assert variables["PYTHONPATH"] == f"{launch.ROOT}:/elsewhere"
    assert variables["CUDA_VISIBLE_DEVICES"] == "2,3"


def test_the_router_keeps_prompts_that_begin_alike_together() -> None:
    line = launch.router_command(["http://a:1", "http://b:1"], "127.0.0.1", 30000)
    assert line[1:3] == ["-m", "sglang_router.launch_router"]
    assert value(line, "--policy") == "cache_aware"
    assert line[-3:] == ["--worker-urls", "http://a:1", "http://b:1"]
