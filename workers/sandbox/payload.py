"""What is passed into every box: the boot program, the tracer, and where needed two data files.

The programs go in compiled, the tracer's modules as one file behind a descriptor: each file at a
path is a mount of its own, and ten of them take a box 2 ms. Boxes keep no cache of compiled
modules, and compiling the tracer would cost each of them more than everything else it does at its
start. The compiling is done once per worker process by the interpreter that will run the result.
"""

from __future__ import annotations

import marshal
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from workers.sandbox import unavailable
from workers.sandbox.pyruntime import GROUP, PASSWD, Runtime, loader_environment

BOOT = "/box/boot.pyc"
#: Bytes before the code in a .pyc file: magic number, flags, and eight that are not used here.
PYC_HEADER = 16
_BOOT_SOURCE = Path(__file__).resolve().parent / "boot.py"
_TRACER_FOLDER = Path(__file__).resolve().parent.parent / "tracer"
# Reads {box path: source} and writes {box path: content of a .pyc file that is never checked
# against a source}, both as marshal version 2, which every Python 3 reads.
#
# `from __future__` is a statement that imports a module; the compiler can be told without it.
_COMPILE = """
import __future__, marshal, sys
from importlib._bootstrap_external import _code_to_hash_pyc

def compiled_file(path, text):
    plain = text.replace("from __future__ import annotations\\n", "\\n", 1)
    flags = 0 if plain == text else __future__.annotations.compiler_flag
    code = compile(plain, path, "exec", flags, dont_inherit=True)
    return bytes(_code_to_hash_pyc(code, bytes(8), False))

sources = marshal.loads(sys.stdin.buffer.read())
compiled = {path: compiled_file(path, text) for path, text in sources.items()}
sys.stdout.buffer.write(marshal.dumps(compiled, 2))
"""


@dataclass(frozen=True, slots=True)
class Payload:
    """`files` are (path in the box, content); `tracer` maps modules to code, marshalled."""

    files: tuple[tuple[str, bytes], ...]
    tracer: bytes


@lru_cache(maxsize=4)
def payload_of(runtime: Runtime) -> Payload:
    """Everything that is passed in, compiled for this runtime."""
    sources = {BOOT: _BOOT_SOURCE.read_text()}
    modules = {}
    for path in sorted(_TRACER_FOLDER.glob("*.py")):
        module = "tracer" if path.stem == "__init__" else f"tracer.{path.stem}"
        modules[f"/box/tracer/{path.name}"] = module
        sources[f"/box/tracer/{path.name}"] = path.read_text()
    compiled = compile_sources(sources, runtime)
    tracer = {module: compiled[path][PYC_HEADER:] for path, module in modules.items()}
    files: tuple[tuple[str, bytes], ...] = ((BOOT, compiled[BOOT]),)
    if not runtime.root:
        files = (("/etc/passwd", PASSWD), ("/etc/group", GROUP), *files)
    return Payload(files, marshal.dumps(tracer, 2))


def compile_sources(sources: dict[str, str], runtime: Runtime) -> dict[str, bytes]:
    """Content of .pyc files, made by the interpreter that the boxes run."""
    python = runtime.binds[0][0]
    try:
        done = subprocess.run(  # noqa: S603  # the interpreter that was found for the boxes
            [python, "-I", "-S", "-c", _COMPILE],
            input=marshal.dumps(sources, 2),
            capture_output=True,
            check=True,
            timeout=60,
            cwd="/",
            env=loader_environment(),
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise unavailable.python_missing(f"{python} ({error})") from error
    compiled: dict[str, bytes] = marshal.loads(done.stdout)  # noqa: S302  # written by the line above
    return compiled
