"""The tiny model of tests/golden/tiny_model, and engines over it."""

from __future__ import annotations

import asyncio
import socket as socket_module
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from workers.runtime import artefact
from workers.runtime.embedded.engine import Engine, EngineConfig, Request, Step

ROOT = Path(__file__).resolve().parents[3]
MODEL = ROOT / "tests" / "golden" / "tiny_model"
CONTEXT_TOKENS = 1024

#: Ids of the tiny model's control tokens.
END_OF_TEXT = 276

#: A prompt after which the tiny model writes mostly bytes that are no characters by themselves.
PROMPT = tuple(range(40, 60))


def new_engine(cache: Path, *, slots: int = 4) -> Engine:
    """An engine in this process."""
    manifest = artefact.read_manifest(MODEL)
    path = artefact.engine_file(MODEL, manifest, cache)
    return Engine(EngineConfig(model=path, context_tokens=CONTEXT_TOKENS, slots=slots))


def request(
    rid: str = "r", ids: Sequence[int] = PROMPT, tokens: int = 32, **more: object
) -> Request:
    """Greedy, and never ended by the model itself unless asked for."""
    values = {"ignore_eos": True, **more}
    return Request(rid=rid, ids=tuple(ids), max_new_tokens=tokens, **values)  # type: ignore[arg-type]  # a test's shorthand


async def steps_of(stream: AsyncIterator[Step]) -> list[Step]:
    """All steps, within a minute."""
    async with asyncio.timeout(60):
        return [step async for step in stream]


def ids_of(steps: Sequence[Step]) -> list[int]:
    """The ids of all steps."""
    return [token for step in steps for token in step.ids]


@contextmanager
def engine_process(
    folder: Path, *arguments: str, name: str = "engine", model: Path = MODEL
) -> Iterator[str]:
    """The engine as a process; yields its address."""
    socket = folder / f"{name}.sock"
    argv = [sys.executable, "-m", "workers.runtime.embedded", "--model", str(model)]
    argv += ["--socket", str(socket), "--cache", str(folder / "cache"), *arguments]
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(argv, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_until_it_listens(socket, process, log)
        yield f"unix://{socket}"
    finally:
        process.kill()
        process.wait()


def wait_until_it_listens(socket: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once the engine can be asked."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with socket_module.socket(socket_module.AF_UNIX) as probe:
            if probe.connect_ex(str(socket)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"the engine did not start: {log.read_text()}")
