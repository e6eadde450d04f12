"""The models that this installation solves problems with (SOLVE_MODEL)."""

from __future__ import annotations

import threading
from typing import Final

from django.conf import settings

from traces.codecs.chat import chat_codec
from traces.codecs.tokenizer import TokenizerError
from workers.runtime import artefact
from workers.runtime.base import RuntimeUnavailable
from workers.runtime.chat import ChatRuntime, TokenChat
from workers.runtime.fake import FakeRuntime, answer_after_one_mistake
from workers.runtime.openai import OpenAIChat, OpenAIConfig
from workers.runtime.sglang import SGLangRuntime
from workers.runtime.sglang_requests import ClientConfig
from workers.runtime.tokenizers import load_tokenizer
from workers.tasks.models import configured_model, embedded_words

_NO_MODEL: Final = "No model on this server can solve problems."
_CANNOT: Final = (
    "The model on this server predicts traces; it was not trained to solve problems and would "
    "answer nonsense."
)
_OTHERS: Final = "Set SOLVE_MODEL to smollm2 or openai (docs/operations.md)."
_MISTAKES: Final = "It makes many mistakes: the tests say which."
_loading = threading.Lock()
_loaded: dict[str, ChatRuntime] = {}


def configured_solver(turn: int = 0) -> ChatRuntime:
    """One of each kind per worker process. Raises RuntimeUnavailable where it cannot be had.

    `turn` numbers the models of a SOLVE_MODEL that names two, from 0.
    """
    kinds = solver_kinds()
    kind = kinds[min(turn, len(kinds) - 1)]
    with _loading:
        if kind not in _loaded:
            _loaded[kind] = new_solver(kind)
        return _loaded[kind]


def loaded_solvers() -> list[ChatRuntime]:
    """The solvers that this process has used."""
    with _loading:
        return list(_loaded.values())


def solver_kinds() -> tuple[str, ...]:
    """What SOLVE_MODEL names, in the order in which a problem goes to them."""
    return tuple(settings.SOLVE_MODEL.split("+"))


def new_solver(kind: str) -> ChatRuntime:
    """A solver of one's own. Raises RuntimeUnavailable where it cannot be had."""
    try:
        match kind:
            case "fake":
                fake = FakeRuntime(answer_after_one_mistake)
                return TokenChat(fake, fake.tokenizer, chat_codec(fake.tokenizer))
            case "openai":
                return _openai()
            case "smollm2":
                return _small_model()
            case "model":
                return _trace_model()
    except (TokenizerError, artefact.ArtefactError) as error:
        raise RuntimeUnavailable(
            "The model that solves problems on this server cannot be used.", fix=str(error)
        ) from error
    raise RuntimeUnavailable(_NO_MODEL, fix=_OTHERS)


def _openai() -> ChatRuntime:
    if not settings.SOLVE_MODEL_NAME:
        raise RuntimeUnavailable(_NO_MODEL, fix="Set SOLVE_MODEL_NAME to a model of the endpoint.")
    notice = f"Answered by {settings.SOLVE_MODEL_NAME} at another service."
    return OpenAIChat(
        OpenAIConfig(
            url=settings.SOLVE_URL,
            model=settings.SOLVE_MODEL_NAME,
            api_key=settings.SOLVE_API_KEY,
            notice=settings.SOLVE_NOTICE or notice,
        )
    )


def _small_model() -> ChatRuntime:
    """A model in an embedded engine of its own."""
    folder = settings.SOLVE_MODEL_PATH
    manifest = artefact.read_manifest(folder)
    tokenizer = load_tokenizer(folder)
    codec = chat_codec(tokenizer)
    size = f"{manifest.parameters / 1e6:.0f}M parameters" if manifest.parameters else "small"
    runtime = SGLangRuntime(
        ClientConfig(
            urls=(settings.SOLVE_URL,),
            api_key=settings.SOLVE_API_KEY,
            engine="llama.cpp on this server's processor",
            model=f"{manifest.name} {manifest.version}".strip(),
            notice=settings.SOLVE_NOTICE
            or f"{manifest.name}: a general language model ({size}, {manifest.licence}). "
            f"{_MISTAKES}",
            fix="`make run` starts its engine (its log: .local/log/solver.log); see SOLVE_URL.",
            context_tokens=manifest.context_length,
        )
    )
    return TokenChat(runtime, tokenizer, codec)


def _trace_model() -> ChatRuntime:
    """The model that predicts traces, if it can hold a conversation."""
    model = configured_model()
    notice = ""
    if settings.MODEL_RUNTIME == "embedded":
        manifest = artefact.read_manifest(settings.MODEL_PATH)
        if not manifest.solves:
            raise RuntimeUnavailable(_CANNOT, fix=_OTHERS)
        notice = settings.MODEL_NOTICE or f"{embedded_words(manifest)} {_MISTAKES}"
    tokenizer = model.codec.tokenizer
    # Two of five tests of the model in this repository are wrong (models/pocket/README.md).
    is_own = settings.MODEL_RUNTIME == "embedded"
    codec = chat_codec(tokenizer)
    return TokenChat(model.runtime, tokenizer, codec, notice=notice, tests_count=not is_own)
