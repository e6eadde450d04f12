from dataclasses import replace
from pathlib import Path

import pytest

from training.config import (
    ConfigError,
    ModelConfig,
    TrainConfig,
    parse_overrides,
    read_recipe,
    with_overrides,
)

CONFIGS = Path(__file__).parents[2] / "training" / "configs"


def test_the_model_says_in_hugging_face_s_words_what_it_is_and_reads_them_back() -> None:
    config = ModelConfig(vocab_size=300, eos_token_ids=(4, 7))
    words = config.to_hf()
    assert words["architectures"] == ["CwmForCausalLM"]
    assert words["sliding_window"] == words["max_position_embeddings"]
    assert words["layer_types"][:5] == [
        "full_attention",
        *["sliding_attention"] * 3,
        "full_attention",
    ]
    assert ModelConfig.from_hf(words) == config


def test_a_config_whose_window_slides_is_refused() -> None:
    words = ModelConfig().to_hf() | {"sliding_window": 1024}
    with pytest.raises(ConfigError, match="window"):
        ModelConfig.from_hf(words)


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.toml")), ids=lambda p: p.stem)
def test_every_recipe_of_the_repository_can_be_read(path: Path) -> None:
    recipe = read_recipe(path)
    assert set(recipe.phases) == {"pretrain", "midtrain", "posttrain"}


def test_a_phase_overrides_what_all_share(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text("[train]\nsteps = 7\nseed = 1\n[midtrain]\nsteps = 9\n")
    recipe = read_recipe(path)
    assert (recipe.phases["midtrain"].steps, recipe.phases["pretrain"].steps) == (9, 7)
    changed = with_overrides(recipe.phases["midtrain"], steps=None, budget_seconds=3.0)
    assert changed == replace(recipe.phases["midtrain"], budget_seconds=3.0)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[train]\nstepps = 7\n", "stepps"),
        ("[trains]\n", "trains"),
        ("[train]\nrow_tokens = 100\n", "divide"),
        ("[train]\nattention = 'flash'\n", "attention"),
        ("[model]\nmax_position_embeddings = 64\n", "row_tokens"),
        ("[model\n", "cannot be read"),
    ],
)
def test_a_mistake_in_a_recipe_is_named(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=word):
        read_recipe(path)


def test_settings_of_the_command_line_are_read_as_in_the_file() -> None:
    settings = ["flex_block=64", "compile_mode=max-autotune-no-cudagraphs", "grad_clip=0.5"]
    settings += ["class_weights=[0, 1, 1, 1]", "compile=false"]
    config = with_overrides(TrainConfig(), **parse_overrides(settings))
    assert (config.flex_block, config.grad_clip, config.compile) == (64, 0.5, False)
    assert config.compile_mode == "max-autotune-no-cudagraphs"
    assert config.class_weights == (0, 1, 1, 1)


def test_a_setting_that_does_not_exist_is_named() -> None:
    with pytest.raises(ConfigError, match="flexblock"):
        parse_overrides(["flexblock=64"])
