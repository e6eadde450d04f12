"""The judge's programs for boxes, compiled: they travel with the job of a box that needs them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from workers.sandbox.payload import compile_sources
from workers.sandbox.pyruntime import Runtime

Role = Literal["program", "serve", "tests"]

_FOLDER = Path(__file__).resolve().parent / "inbox"
#: In an order in which each finds what it imports; the last is the role itself.
_MODULES: dict[Role, tuple[str, ...]] = {
    "program": ("wire", "program"),
    "serve": ("codec", "wire", "program", "serving"),
    "tests": ("codec", "wire", "program", "remote", "testing"),
}
#: Bytes before the code in a .pyc file: magic number, flags, and eight that are not used here.
_PYC_HEADER = 16


def judge_modules(runtime: Runtime, role: Role) -> list[tuple[str, bytes]]:
    """Name and marshalled code of the modules that a box in this role executes."""
    compiled = _compiled(runtime)
    return [(name, compiled[name]) for name in _MODULES[role]]


@lru_cache(maxsize=4)
def _compiled(runtime: Runtime) -> dict[str, bytes]:
    names = {name for names in _MODULES.values() for name in names}
    sources = {f"/box/judge/{name}.py": (_FOLDER / f"{name}.py").read_text() for name in names}
    return {
        Path(path).stem: content[_PYC_HEADER:]
        for path, content in compile_sources(sources, runtime).items()
    }
