"""Start SGLang with CWM on this machine.

    python3 -m deploy.sglang.launch /models/cwm                       fp8 on one 80 GB card
    python3 -m deploy.sglang.launch /models/cwm --preset bf16         bf16 over two 80 GB cards
    python3 -m deploy.sglang.launch /models/cwm --replicas 4          four servers, one card each
    python3 -m deploy.sglang.launch router http://gpu-1:30000 ...     one address before several

Everything after `--` goes to SGLang as it is. `--print` shows the command lines and starts nothing.
The folder is what `hf download facebook/cwm --local-dir FOLDER` makes. The weights are gated and
for non-commercial research only (FAIR's licence): nothing here fetches them.

Runs where SGLang is installed (its image, with this folder and the plugin mounted), hence the
standard library alone.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from workers.runtime.sglang_models import vocabulary
from workers.runtime.sglang_models.layers import LayersError, override_args

ROOT: Final = Path(__file__).resolve().parents[2]
PLUGIN: Final = "workers.runtime.sglang_models"

LICENCE: Final = (
    "CWM's weights are under the FAIR non-commercial research licence and gated: each operator "
    "accepts it at huggingface.co/facebook/cwm and answers for the use. Set MODEL_NOTICE on the "
    "site to what your users must read."
)


class LaunchError(Exception):
    """The server cannot be started. The text says what to change."""


@dataclass(frozen=True, slots=True)
class Preset:
    """What fits a kind of host. `window_ratio` is `--swa-full-tokens-ratio`: how many tokens the
    layers with a window hold for each token that the others hold (docs/operations.md)."""

    quantization: str | None
    tensor_parallel: int
    window_ratio: float
    memory_fraction: float = 0.9


PRESETS: Final = {
    "fp8": Preset(quantization="fp8", tensor_parallel=1, window_ratio=0.25),
    "bf16": Preset(quantization=None, tensor_parallel=2, window_ratio=0.25),
}


@dataclass(frozen=True, slots=True)
class Server:
    """One server: where its model is, where it listens, on which cards."""

    model: Path
    preset: Preset
    host: str = "127.0.0.1"
    port: int = 30000
    context_tokens: int = 32768
    name: str = "cwm"
    api_key: str = ""
    extra: tuple[str, ...] = ()


def read_config(model: Path) -> dict[str, Any]:
    """The checkpoint's `config.json`. Raises `LaunchError`."""
    path = model / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LaunchError(
            f"There is no model at {model}: download it first "
            f"(hf download facebook/cwm --local-dir {model}). {LICENCE}"
        ) from None
    except ValueError as error:
        raise LaunchError(f"{path} is not JSON: {error}") from None
    if "CwmForCausalLM" not in (config.get("architectures") or ()):
        raise LaunchError(f"{path} is not a CWM model: architectures lack CwmForCausalLM.")
    return dict(config)


def command(server: Server, config: dict[str, Any]) -> list[str]:
    """The command line of one server. Raises `LaunchError`."""
    preset = server.preset
    try:
        overrides = override_args(config, context_tokens=server.context_tokens)
    except LayersError as error:
        raise LaunchError(f"{server.model / 'config.json'}: {error}") from None
    # fmt: off
    line = [
        sys.executable, "-m", "sglang.launch_server",
        "--model-path", str(server.model), "--model-impl", "sglang",
        "--served-model-name", server.name,
        "--host", server.host, "--port", str(server.port),
        "--context-length", str(server.context_tokens),
        "--mem-fraction-static", str(preset.memory_fraction),
        "--tp-size", str(preset.tensor_parallel),
        # The site sends and reads ids; text would only be work.
        "--skip-tokenizer-init",
        # Each message has only the new tokens: a long trace would otherwise be sent again and
        # again, quadratic in its length.
        "--incremental-streaming-output",
        "--enable-metrics",
    ]
    # fmt: on
    if found := vocabulary.of_folder(server.model):
        # The site compares this with its own tokenizer; SGLang only repeats it.
        line += ["--weight-version", found.label]
    if overrides:
        line += ["--json-model-override-args", json.dumps(overrides, separators=(",", ":"))]
        line += ["--swa-full-tokens-ratio", str(preset.window_ratio)]
    if preset.quantization:
        line += ["--quantization", preset.quantization]
    if server.api_key:
        line += ["--api-key", server.api_key]
    return [*line, *server.extra]


def environment(cards: Sequence[int] | None = None) -> dict[str, str]:
    """What a server's processes need: the plugin by name, and where to find it."""
    variables = dict(os.environ)
    path = variables.get("PYTHONPATH")
    variables["PYTHONPATH"] = f"{ROOT}{os.pathsep}{path}" if path else str(ROOT)
    variables["SGLANG_EXTERNAL_MODEL_PACKAGE"] = PLUGIN
    if cards is not None:
        variables["CUDA_VISIBLE_DEVICES"] = ",".join(map(str, cards))
    return variables


def router_command(urls: Sequence[str], host: str, port: int) -> list[str]:
    """`sglang-router` before servers, which keeps prompts of one beginning on one server."""
    # fmt: off
    return [
        sys.executable, "-m", "sglang_router.launch_router",
        "--host", host, "--port", str(port), "--policy", "cache_aware", "--worker-urls", *urls,
    ]
    # fmt: on


def _replicas(options: argparse.Namespace) -> list[Server]:
    preset = PRESETS[options.preset]
    changed = {"tensor_parallel": options.tp, "window_ratio": options.window_ratio}
    preset = replace(preset, **{name: value for name, value in changed.items() if value})
    return [
        Server(
            model=Path(options.model).resolve(),
            preset=preset,
            host=options.host,
            port=options.port + number,
            context_tokens=options.context,
            name=options.name,
            api_key=os.environ.get("MODEL_API_KEY", ""),
            extra=tuple(options.extra),
        )
        for number in range(options.replicas)
    ]


def _run(servers: Sequence[Server], lines: Sequence[list[str]]) -> int:
    """Run until one ends or this process is told to; then end the others."""
    if len(lines) == 1:
        os.execvpe(lines[0][0], lines[0], environment())  # noqa: S606 - no shell is wanted
    cards = servers[0].preset.tensor_parallel
    running = [
        subprocess.Popen(line, env=environment(range(n * cards, (n + 1) * cards)))
        for n, line in enumerate(lines)
    ]

    def end(*_: object) -> None:
        for process in running:
            process.terminate()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
    end()
    return max(abs(process.wait()) for process in running)


def parser() -> argparse.ArgumentParser:
    """The options of a server."""
    found = argparse.ArgumentParser(prog="deploy.sglang.launch", epilog=LICENCE)
    found.add_argument("model", help="folder of the model")
    found.add_argument("--preset", choices=sorted(PRESETS), default="fp8")
    found.add_argument("--replicas", type=int, default=1, help="servers, on ports one apart")
    found.add_argument("--tp", type=int, help="cards per server, where the preset's do not fit")
    found.add_argument("--window-ratio", type=float, help="--swa-full-tokens-ratio")
    found.add_argument("--context", type=int, default=32768, help="longest prompt and output")
    found.add_argument("--host", default="127.0.0.1")
    found.add_argument("--port", type=int, default=30000)
    found.add_argument("--name", default="cwm", help="the name that the site shows")
    found.add_argument("--print", action="store_true", dest="print_only")
    return found


def _router_main(arguments: Sequence[str]) -> int:
    found = argparse.ArgumentParser(prog="deploy.sglang.launch router")
    found.add_argument("urls", nargs="+")
    found.add_argument("--host", default="127.0.0.1")
    found.add_argument("--port", type=int, default=30000)
    options = found.parse_args(arguments)
    line = router_command(options.urls, options.host, options.port)
    os.execvp(line[0], line)  # noqa: S606 - no shell is wanted


def main(arguments: Sequence[str] | None = None) -> int:
    """Start what the arguments say; a sentence and exit code 2 where that is not possible."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["router"]:
        return _router_main(given[1:])
    given, extra = _split(given)
    options = parser().parse_args(given)
    options.extra = extra
    try:
        servers = _replicas(options)
        config = read_config(Path(options.model))
        lines = [command(server, config) for server in servers]
    except LaunchError as error:
        print(error, file=sys.stderr)
        return 2
    if options.print_only:
        hidden = servers[0].api_key
        for line in lines:
            words = ("***" if hidden and word == hidden else word for word in line)
            print(json.dumps(list(words)))
        return 0
    print(LICENCE, file=sys.stderr)
    return _run(servers, lines)


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    if "--" not in arguments:
        return arguments, []
    at = arguments.index("--")
    return arguments[:at], arguments[at + 1 :]


if __name__ == "__main__":
    sys.exit(main())
