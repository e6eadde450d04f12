"""Start the embedded engine: python -m workers.runtime.embedded --model models/pocket --port P"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import resource
import sys
import time
from pathlib import Path

import uvicorn

from workers.runtime import artefact

logger = logging.getLogger("engine")

#: Threads of the library wait for each other by spinning; not for so long where a core is shared.
_SPIN_COUNT = "1000"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m workers.runtime.embedded")
    parser.add_argument("--model", type=Path, required=True, help="folder with manifest.json")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--port", type=int, help="TCP port")
    where.add_argument("--socket", type=Path, help="Unix socket; its folder decides who may use it")
    parser.add_argument("--host", default="127.0.0.1", help="address for --port")
    parser.add_argument("--cache", type=Path, default=Path(".local/cache/model"))
    parser.add_argument("--slots", type=int, default=4, help="streams at once")
    parser.add_argument("--context", type=int, default=0, help="tokens of a stream; 0: the model's")
    parser.add_argument("--threads", type=int, default=0, help="0: all cores but one")
    parser.add_argument("--cache-mb", type=int, default=128, help="for prompts seen before")
    parser.add_argument("--memory-mb", type=int, default=1500, help="limit; 0: none")
    parser.add_argument("--speculation", default="", help="llama.cpp's name of a method")
    return parser.parse_args()


def main() -> None:
    """Load, then serve until asked to stop. Exit 1 with a sentence if there is nothing to serve."""
    options = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    if options.memory_mb and sys.platform == "linux":  # elsewhere the limit has no effect
        limit = options.memory_mb * 2**20
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    os.environ.setdefault("GOMP_SPINCOUNT", _SPIN_COUNT)
    try:
        asyncio.run(_serve(options))
    except (artefact.ArtefactError, OSError) as error:
        sys.exit(str(error))
    except RuntimeError as error:
        sys.exit(f"llama.cpp cannot load the model: {error}")


async def _serve(options: argparse.Namespace) -> None:
    # Loads the library, which reads the environment that `main` has just set.
    from workers.runtime.embedded import engine as engines
    from workers.runtime.embedded.server import EngineApp

    began = time.monotonic()
    manifest = artefact.read_manifest(options.model)
    artefact.verify_files(options.model, manifest)
    engine = engines.Engine(
        engines.EngineConfig(
            model=artefact.engine_file(options.model, manifest, options.cache),
            context_tokens=options.context or manifest.context_length,
            slots=options.slots,
            threads=options.threads or engines.default_threads(),
            cache_mib=options.cache_mb,
            speculation=options.speculation,
        )
    )
    try:
        warm_up = engines.Request(rid="warm-up", ids=(0,), max_new_tokens=1)
        async for _ in engine.generate(warm_up):
            pass
        seconds = time.monotonic() - began
        logger.info("loaded %s %s in %.2f s", manifest.name, manifest.version, seconds)
        await _listen(
            EngineApp(engine, manifest, token=os.environ.get("MODEL_API_KEY", "")), options
        )
    finally:
        engine.close()


async def _listen(app: object, options: argparse.Namespace) -> None:
    where = (
        {"uds": str(options.socket)}
        if options.socket
        else {"host": options.host, "port": options.port}
    )
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]  # uvicorn's own ASGI types are stricter than the protocol
        **where,
        lifespan="off",
        http="httptools",
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    main()
