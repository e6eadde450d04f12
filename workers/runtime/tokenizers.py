"""A model folder's tokenizer, loaded for the codecs."""

from __future__ import annotations

import json
from pathlib import Path

from tokenizers import Tokenizer as LoadedTokenizer

from traces.codecs.literal_tokenizer import BY_CHARACTER, STRING_CONTENTS, LiteralTokenizer
from traces.codecs.tokenizer import HFTokenizer, Tokenizer, TokenizerError


def load_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer in `folder` (`tokenizer.json`, and `tokenizer_config.json` if there is one).

    Raises `TokenizerError`; the text names the file and the fix.
    """
    path = folder / "tokenizer.json"
    if not path.is_file():
        message = f"There is no tokenizer at {path}: point MODEL_PATH at the model's folder."
        raise TokenizerError(message)
    try:
        # The library raises bare Exception for anything that it cannot read.
        loaded = LoadedTokenizer.from_file(str(path))
        spells_strings = _config(folder).get(STRING_CONTENTS) == BY_CHARACTER
    except Exception as error:
        raise TokenizerError(f"{path} is not a tokenizer that can be read: {error}") from error
    tokenizer = HFTokenizer(loaded)
    return LiteralTokenizer(tokenizer) if spells_strings else tokenizer


def _config(folder: Path) -> dict[str, object]:
    try:
        config = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return config if isinstance(config, dict) else {}
