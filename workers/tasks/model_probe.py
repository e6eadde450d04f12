"""What `manage.py doctor` asks the configured model servers."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from typing import Any, Final

from django.conf import settings

from traces.codecs.chat import ChatMessage
from traces.codecs.cwm import CWMCodec, choose_context
from traces.codecs.tokenizer import TokenizerError
from workers.runtime.base import RuntimeUnavailable, SamplingParams
from workers.runtime.chat import ChatParams
from workers.runtime.sglang import SGLangRuntime
from workers.runtime.sglang_models.vocabulary import digest_of, from_label
from workers.runtime.sglang_requests import context_tokens, vocabulary_size
from workers.runtime.tokenizers import load_tokenizer
from workers.tasks.models import client_config
from workers.tasks.solve_models import new_solver

_PROGRAM = "def total(numbers):\n    result = sum(numbers)\n    return result\n"
_TOKENS = 4

_ARCHITECTURE: Final = "CwmForCausalLM"
_LAUNCHER: Final = "Start it with `python3 -m deploy.sglang.launch` (docs/operations.md)."
_OTHER_FOLDER: Final = "Point MODEL_PATH at the folder of the model that the server runs."


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `remedy` is for the operator where it is not `ok`."""

    name: str
    ok: bool
    seen: str
    remedy: str = ""


async def examine_model() -> tuple[Check, ...]:
    """Everything that was looked at, in order; a server's checks end with the first that fails.

    Raises RuntimeUnavailable, with the fix, where no model is configured or its tokenizer cannot
    be used.
    """
    config = replace(client_config(), patience_s=2.0, first_chunk_s=60.0)
    try:
        codec = CWMCodec(load_tokenizer(settings.MODEL_PATH))
    except TokenizerError as error:
        raise RuntimeUnavailable("The tokenizer cannot be used.", fix=str(error)) from error
    found: list[Check] = []
    for url in config.urls:
        runtime = SGLangRuntime(replace(config, urls=(url,)))
        prefix = f"{url}: " if len(config.urls) > 1 else ""
        failing = "reachable"
        try:
            async for check in _examine(runtime, codec):
                failing = "generates"
                found.append(replace(check, name=f"{prefix}{check.name}"))
                if not check.ok:
                    break
        except RuntimeUnavailable as error:
            found.append(Check(f"{prefix}{failing}", ok=False, seen=str(error), remedy=error.fix))
        finally:
            await runtime.close()
    return tuple(found)


async def _examine(runtime: SGLangRuntime, codec: CWMCodec) -> AsyncGenerator[Check]:
    server = await runtime.server_info()
    info = await runtime.info()
    context = context_tokens(server) or info.context_tokens
    yield Check("reachable", ok=True, seen=f"{info.engine}, context {context:,} tokens")
    model = await runtime.model_info()
    yield _right_model(info.model, model)
    if "model_impl" in server:
        yield _plugin(server)
    yield await _vocabulary(runtime, server, codec)
    prompt = codec.prompts.full_trace(choose_context(_PROGRAM, "total([1, 2])"))
    await _generate(runtime, prompt.ids)
    yield Check("generates", ok=True, seen="generates")
    cached, size = await _generate(runtime, prompt.ids), len(prompt.ids)
    yield Check(
        "cached",
        ok=cached > 0,
        seen=f"{cached} of {size} tokens of an equal prompt came from its cache",
        remedy="" if cached else "Start SGLang without --disable-radix-cache.",
    )


def _right_model(name: str, model: dict[str, Any]) -> Check:
    classes = model.get("architectures")
    if isinstance(classes, list) and _ARCHITECTURE not in classes:
        seen = f"The server runs {', '.join(map(str, classes))}, not {_ARCHITECTURE}."
        return Check("model", ok=False, seen=seen, remedy=f"SGLANG_URLS: another port? {_LAUNCHER}")
    return Check("model", ok=True, seen=name)


def _plugin(server: dict[str, Any]) -> Check:
    """SGLang tells how a model is implemented, but not by which class: where its own code runs a
    `CwmForCausalLM`, that is the plugin, since SGLang has no such class itself."""
    if server["model_impl"] != "sglang":
        seen = (
            f"The server may run the model without the plugin (model_impl {server['model_impl']})"
        )
        return Check("plugin", ok=False, seen=seen, remedy=_LAUNCHER)
    windows = "is_hybrid_swa" in str(server.get("json_model_override_args"))
    pool = "with" if windows else "without"
    return Check("plugin", ok=True, seen=f"plugin loaded, {pool} a pool for windows")


async def _vocabulary(runtime: SGLangRuntime, server: dict[str, Any], codec: CWMCodec) -> Check:
    """Whether ids mean there what they mean here."""
    size, ours = vocabulary_size(server), codec.tokenizer.vocab_size
    label = from_label(server.get("weight_version"))
    if size and size < ours:
        return _foreign(f"The server's model has {size:,} tokens, the tokenizer {ours:,}")
    if label and label.tokenizer:
        same = label.tokenizer == digest_of(settings.MODEL_PATH)
        differs = "The server's tokenizer.json differs from the one in MODEL_PATH"
        return Check("tokenizer", ok=True, seen="same tokenizer") if same else _foreign(differs)
    if server.get("skip_tokenizer_init") is False:
        names, ids = zip(*sorted(codec.tokenizer.special_ids.items()), strict=True)
        theirs = await runtime.tokenize("".join(names) + _PROGRAM)
        if theirs and theirs != [*ids, *codec.prompts.plain(_PROGRAM)]:
            return _foreign("The server's tokenizer makes other ids of special tokens or text")
        if theirs:
            return Check("tokenizer", ok=True, seen=f"same {len(names)} special tokens and text")
    seen = f"{size:,} tokens" if size else "tokenizer not compared: the server does not tell it"
    return Check("tokenizer", ok=True, seen=seen, remedy="" if size else _LAUNCHER)


def _foreign(what: str) -> Check:
    seen = f"{what}: they do not belong together."
    return Check("tokenizer", ok=False, seen=seen, remedy=_OTHER_FOLDER)


async def examine_solver(kind: str) -> str:
    """Have a model that solves problems say a few tokens; what was seen, in words.

    Raises RuntimeUnavailable, with the fix, if it cannot be reached, or cannot solve anything.
    """
    solver = new_solver(kind)
    params = ChatParams(max_tokens=_TOKENS)
    asked = [ChatMessage("user", "Say hello.")]
    reply = solver.reply(asked, params, request_id=f"doctor-{uuid.uuid4().hex}")
    async with contextlib.aclosing(reply) as chunks:
        async for _ in chunks:
            pass
    info = await solver.info()
    return f"{info.model} ({info.engine}); answers"


async def _generate(runtime: SGLangRuntime, ids: tuple[int, ...]) -> int:
    """How many tokens of the prompt were cached."""
    cached = 0
    params = SamplingParams(max_new_tokens=_TOKENS)
    stream = runtime.stream(ids, params, request_id=f"doctor-{uuid.uuid4().hex}")
    async with contextlib.aclosing(stream) as chunks:
        async for chunk in chunks:
            cached = max(cached, chunk.cached_tokens)
    return cached
