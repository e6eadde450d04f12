"""The model that is evaluated: an engine of its own for a model folder, or a server that runs."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from traces.codecs.cwm import CWMCodec
from workers.runtime.base import Runtime, RuntimeUnavailable
from workers.runtime.fake import FakeRuntime
from workers.runtime.sglang import SGLangRuntime
from workers.runtime.sglang_requests import ClientConfig
from workers.runtime.tokenizers import load_tokenizer

_START_S = 120.0
_STOP_S = 5.0
#: prctl(2): the signal that a process gets when its parent dies.
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Served:
    """A model that answers."""

    runtime: Runtime
    codec: CWMCodec


@contextlib.contextmanager
def embedded(
    model: Path, cache: Path, *, slots: int, threads: int = 0, root: Path
) -> Iterator[Served]:
    """An embedded engine for the model folder, and its codec. As `embedded_runtime`.

    Raises `TokenizerError` for a folder without a tokenizer.
    """
    codec = CWMCodec(load_tokenizer(model))
    with embedded_runtime(model, cache, slots=slots, threads=threads, root=root) as runtime:
        yield Served(runtime, codec)


@contextlib.contextmanager
def embedded_runtime(
    model: Path, cache: Path, *, slots: int, threads: int = 0, root: Path, name: str = ""
) -> Iterator[SGLangRuntime]:
    """An embedded engine for the model folder, as long as the context lasts.

    `threads` 0 leaves the number to the engine. Raises `RuntimeUnavailable` with the engine's own
    last words if it does not come up.
    """
    with tempfile.TemporaryDirectory(prefix="evaluate-") as folder:
        socket, log = Path(folder) / "engine.sock", Path(folder) / "engine.log"
        command = [sys.executable, "-m", "workers.runtime.embedded", "--model", str(model)]
        command += ["--socket", str(socket), "--cache", str(cache), "--slots", str(slots)]
        command += ["--threads", str(threads)]
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - this project's own program
                command,
                cwd=root,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl+C is for the evaluation, which then ends the engine
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )
        try:
            config = ClientConfig(
                urls=(f"unix://{socket}",),
                engine="embedded",
                model=name,
                max_streams=slots,
                patience_s=1.0,
            )
            _wait_until_up(config, process, log)
            yield SGLangRuntime(config)
        finally:
            process.terminate()
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def running(url: str, tokenizer: Path, *, api_key: str = "", streams: int) -> Served:
    """A server that speaks SGLang's native API, and the folder with its model's tokenizer."""
    runtime = running_runtime(url, api_key=api_key, streams=streams)
    return Served(runtime, CWMCodec(load_tokenizer(tokenizer)))


def running_runtime(url: str, *, api_key: str = "", streams: int) -> SGLangRuntime:
    """A server that speaks SGLang's native API."""
    return SGLangRuntime(
        ClientConfig(urls=(url,), api_key=api_key, max_streams=streams, first_chunk_s=900.0)
    )


async def release(served: Served) -> None:
    """Close connections before the event loop ends that they belong to."""
    if isinstance(served.runtime, SGLangRuntime):
        await served.runtime.close()


def fake() -> Served:
    """The scripted stand-in, for tests of the command."""
    runtime = FakeRuntime()
    return Served(runtime, CWMCodec(runtime.tokenizer))


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _wait_until_up(config: ClientConfig, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < deadline:
        if asyncio.run(_is_up(SGLangRuntime(config))):
            return
        time.sleep(0.1)
    words = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise RuntimeUnavailable(
        "The engine did not start.", fix=words[-1] if words else "It said nothing."
    )


async def _is_up(runtime: SGLangRuntime) -> bool:
    try:
        await runtime.health()
    except RuntimeUnavailable:
        return False
    finally:
        await runtime.close()  # connections belong to the loop that made them
    return True
