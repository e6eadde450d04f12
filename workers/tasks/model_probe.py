"""What `manage.py doctor` asks the configured model server."""

from __future__ import annotations

import contextlib
import uuid
from dataclasses import replace

from django.conf import settings

from traces.codecs.chat import ChatMessage
from traces.codecs.cwm import CWMCodec, choose_context
from traces.codecs.tokenizer import TokenizerError
from workers.runtime.base import RuntimeUnavailable, SamplingParams
from workers.runtime.chat import ChatParams
from workers.runtime.sglang import SGLangRuntime
from workers.runtime.tokenizers import load_tokenizer
from workers.tasks.models import client_config
from workers.tasks.solve_models import new_solver

_PROGRAM = "def total(numbers):\n    result = sum(numbers)\n    return result\n"
_TOKENS = 4


async def examine_model() -> str:
    """Generate a few tokens twice; what was seen, in words.

    Raises RuntimeUnavailable, with the fix, if the server cannot be reached, cannot generate, or
    serves a model that the tokenizer in MODEL_PATH does not belong to.
    """
    config = replace(client_config(), patience_s=2.0, first_chunk_s=60.0)
    runtime = SGLangRuntime(config)
    try:
        codec = CWMCodec(load_tokenizer(settings.MODEL_PATH))
        server = await runtime.server_info()
        size = server.get("vocab_size")
        if isinstance(size, int) and size < codec.tokenizer.vocab_size:
            raise RuntimeUnavailable(
                f"The server's model has {size} tokens, the tokenizer "
                f"{codec.tokenizer.vocab_size}: they do not belong together.",
                fix="Point MODEL_PATH at the folder of the model that the server runs.",
            )
        info = await runtime.info()
        prompt = codec.prompts.full_trace(choose_context(_PROGRAM, "total([1, 2])"))
        await _generate(runtime, prompt.ids)
        cached = await _generate(runtime, prompt.ids)
    except TokenizerError as error:
        raise RuntimeUnavailable("The tokenizer cannot be used.", fix=str(error)) from error
    finally:
        await runtime.close()
    return (
        f"{info.model} ({info.engine}), context {info.context_tokens:,} tokens; generates; "
        f"{cached} of {len(prompt.ids)} tokens of an equal prompt came from its cache"
    )


async def examine_solver() -> str:
    """Have the model that solves problems say a few tokens; what was seen, in words.

    Raises RuntimeUnavailable, with the fix, if it cannot be reached, or cannot solve anything.
    """
    solver = new_solver()
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
