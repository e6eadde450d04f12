"""The model runtime that this installation is configured for."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.conf import settings

from traces.codecs.cwm import CWMCodec
from traces.codecs.tokenizer import TokenizerError
from workers.runtime import artefact
from workers.runtime.base import Runtime, RuntimeUnavailable
from workers.runtime.fake import FakeRuntime
from workers.runtime.sglang import SGLangRuntime
from workers.runtime.sglang_models.vocabulary import of_folder
from workers.runtime.sglang_requests import ClientConfig
from workers.runtime.tokenizers import load_tokenizer

_NO_MODEL: Final = "No model is configured on this server."
_OTHER_NOTICE: Final = (
    "Predicted by a language model under its own licence. CWM's weights are for non-commercial "
    "research."
)


@dataclass(frozen=True, slots=True)
class Model:
    """An engine and the codec over its tokenizer."""

    runtime: Runtime
    codec: CWMCodec


_loading = threading.Lock()


def configured_model() -> Model:
    """One per worker process. Raises RuntimeUnavailable where none is configured."""
    with _loading:  # `cache` alone would let every thread of the pool load one
        return _configured_model()


def loaded_model() -> Model | None:
    """The model, if this process has used it."""
    with _loading:
        return _configured_model() if _configured_model.cache_info().currsize else None


@cache
def _configured_model() -> Model:
    if settings.MODEL_RUNTIME == "fake":
        fake = FakeRuntime()
        return Model(fake, CWMCodec(fake.tokenizer))
    config = client_config()
    try:
        return Model(SGLangRuntime(config), CWMCodec(load_tokenizer(settings.MODEL_PATH)))
    except TokenizerError as error:
        raise RuntimeUnavailable("The model on this server cannot be used.", fix=str(error)) from (
            error
        )


def client_config() -> ClientConfig:
    """How the configured model server is reached. Raises RuntimeUnavailable where none is."""
    match settings.MODEL_RUNTIME:
        case "embedded":
            return _embedded()
        case "sglang":
            return ClientConfig(
                urls=tuple(settings.SGLANG_URLS),
                api_key=settings.MODEL_API_KEY,
                notice=settings.MODEL_NOTICE or _OTHER_NOTICE,
                fix="Start the model server, and check SGLANG_URLS (docs/operations.md).",
                vocabulary=found.size if (found := of_folder(settings.MODEL_PATH)) else 0,
            )
        case _:
            raise RuntimeUnavailable(_NO_MODEL, fix="Set MODEL_RUNTIME and restart the workers.")


def _embedded() -> ClientConfig:
    try:
        manifest = artefact.read_manifest(settings.MODEL_PATH)
    except artefact.ArtefactError as error:
        raise RuntimeUnavailable("The model on this server cannot be used.", fix=str(error)) from (
            error
        )
    return ClientConfig(
        urls=(settings.EMBEDDED_URL,),
        api_key=settings.MODEL_API_KEY,
        engine="llama.cpp on this server's processor",
        model=f"{manifest.name} {manifest.version}",
        notice=settings.MODEL_NOTICE or embedded_notice(manifest),
        fix=(
            "`make run` starts the engine (its log: .local/log/engine.log); elsewhere start "
            "`python -m workers.runtime.embedded` and check EMBEDDED_URL."
        ),
        context_tokens=manifest.context_length,
    )


def embedded_notice(manifest: artefact.Manifest) -> str:
    """What the page says beside predictions of the model that comes with the site."""
    return f"{embedded_words(manifest)} It predicts; it does not execute."


def embedded_words(manifest: artefact.Manifest) -> str:
    """What the model that comes with the site is, in a sentence."""
    size = f"{manifest.parameters / 1e6:.0f}M parameters, " if manifest.parameters else ""
    licence = f", {manifest.licence}" if manifest.licence else ""
    return (
        f"{manifest.name}: a small model of this project's own ({size}runs on this server's "
        f"processor{licence})."
    )
