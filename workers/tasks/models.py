"""The model runtime that this installation is configured for."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache

from django.conf import settings

from traces.codecs.cwm import CWMCodec
from workers.runtime.base import Runtime, RuntimeUnavailable
from workers.runtime.fake import FakeRuntime


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


@cache
def _configured_model() -> Model:
    if settings.MODEL_RUNTIME == "fake":
        runtime = FakeRuntime()
        return Model(runtime, CWMCodec(runtime.tokenizer))
    raise RuntimeUnavailable(
        "No model is configured on this server.", fix="Set MODEL_RUNTIME and restart the workers."
    )
