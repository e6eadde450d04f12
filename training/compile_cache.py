"""What `torch.compile` made, as one file that the next machine of the same kind can begin with.

Compiling for a GPU takes more than a minute of a lease of half an hour. PyTorch can hand out what
it compiled in this process (`torch.compiler.save_cache_artifacts`) and take it back elsewhere; it
looks entries up by the code, the versions and the GPU, so a file that does not fit is useless but
harmless. Any failure here is told and ignored: it costs a compilation.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import torch

Say = Callable[..., None]


def load(path: Path, say: Say) -> bool:
    """Take the file's entries, if it is there and readable. Says whether it was."""
    if not path.is_file():
        return False
    try:
        found = torch.compiler.load_cache_artifacts(path.read_bytes())
    except Exception as error:  # every cache reads its own entries, with its own errors
        say("%s cannot be used: %.300s", path, repr(error))
        return False
    say("what was compiled before: %s", "taken" if found is not None else "not usable here")
    return found is not None


def save(path: Path, say: Say) -> None:
    """Write what was compiled in this process so far, if anything."""
    try:
        made = torch.compiler.save_cache_artifacts()
    except Exception as error:  # as in `load`
        say("what was compiled cannot be kept: %.300s", repr(error))
        return
    if made is None:
        return
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(made[0])
    os.replace(temporary, path)  # noqa: PTH105 - the atomic rename is the point
    say("what was compiled is kept: %.1f MB", len(made[0]) / 1e6)
