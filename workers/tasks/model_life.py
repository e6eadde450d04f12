"""The model at the beginning and the end of a worker: warmed up, and left without open requests.

The first prompt of a kind is the slow one: the worker loads its tokenizer, the server compiles
kernels and computes the beginning that all prompts of the kind share (the solver's instructions
and examples are most of its prompt). A worker of the `model` queue therefore asks for one token
of each kind when it starts, in the background and without a word where that is not possible: runs
say themselves what is wrong.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from celery.signals import worker_ready, worker_shutdown
from django.conf import settings

from traces.codecs.cwm import choose_context
from traces.prompts.solve import ProblemText, first_messages
from workers.runtime.base import RuntimeUnavailable, SamplingParams
from workers.runtime.chat import ChatParams, ChatRuntime
from workers.runtime.sglang import SGLangRuntime
from workers.tasks.models import Model, configured_model, loaded_model
from workers.tasks.process import worker_process
from workers.tasks.solve_models import configured_solver, loaded_solvers, solver_kinds

logger = logging.getLogger(__name__)

_QUEUE: Final = "model"
_PROGRAM: Final = "def total(numbers):\n    result = sum(numbers)\n    return result\n"
_PROBLEM: Final = ProblemText("Return the sum of two numbers.")

#: A stopping worker has a few seconds in all.
_CLOSE_WITHIN_S: Final = 3.0


@worker_ready.connect
def warm_up_soon(sender: Any, **_: Any) -> None:
    """Warm up beside the first tasks, in a worker of the `model` queue that has a model."""
    queues = {queue.name for queue in sender.task_consumer.queues}
    if _QUEUE in queues and settings.MODEL_RUNTIME in ("embedded", "sglang"):
        threading.Thread(target=warm_up, name="model-warm-up", daemon=True).start()


def warm_up() -> dict[str, float]:
    """Seconds that each kind took, by its name; kinds that were not possible are left out."""
    found: dict[str, float] = {}
    kinds: list[tuple[str, Callable[[], None]]] = [("trace", _trace)]
    for turn, name in enumerate(solver_kinds()):
        if name in ("model", "smollm2"):  # another service is not ours to warm up
            kinds.append((f"solve-{name}", partial(_solve, turn)))
    for kind, ask in kinds:
        began = time.monotonic()
        try:
            ask()
        except RuntimeUnavailable as problem:
            logger.info("no warm-up of %s: %s (%s)", kind, problem, problem.fix)
        except Exception:  # a fault here must not look like a fault of the worker
            logger.exception("warm-up of %s failed", kind)
        else:
            found[kind] = round(time.monotonic() - began, 2)
    logger.info("model warmed up: %s", found)
    return found


def _trace() -> None:
    model = configured_model()
    worker_process().run(_one_token(model))


async def _one_token(model: Model) -> None:
    prompt = model.codec.prompts.full_trace(choose_context(_PROGRAM, "total([1, 2])"))
    params = SamplingParams(max_new_tokens=1, stop_ids=prompt.stop_ids)
    stream = model.runtime.stream(prompt.ids, params, request_id=_name())
    async with contextlib.aclosing(stream) as chunks:
        async for _ in chunks:
            pass


def _solve(turn: int) -> None:
    worker_process().run(_one_word(configured_solver(turn)))


async def _one_word(solver: ChatRuntime) -> None:
    messages = first_messages(_PROBLEM, small=solver.is_small)
    reply = solver.reply(messages, ChatParams(max_tokens=1), request_id=_name())
    async with contextlib.aclosing(reply) as chunks:
        async for _ in chunks:
            pass


def _name() -> str:
    return f"warm-up-{uuid.uuid4().hex}"


@worker_shutdown.connect
def close_models(**_: Any) -> None:
    """End what is still open at the model servers: nobody will read it."""
    model = loaded_model()
    solvers = [getattr(solver, "runtime", None) for solver in loaded_solvers()]
    runtimes = {
        id(runtime): runtime
        for runtime in (model and model.runtime, *solvers)
        if isinstance(runtime, SGLangRuntime)
    }
    for runtime in runtimes.values():
        closing = worker_process().submit(runtime.close())
        try:
            closing.result(timeout=_CLOSE_WITHIN_S)
        except TimeoutError:
            logger.warning("the model server was not told that this worker ends")
