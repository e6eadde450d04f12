"""How strong a box is, and which strengths exist.

| tier | means | here |
|---|---|---|
| A | user namespaces, system call filters, a cgroup per box | built |
| B | user namespaces, system call filters; one process per box | built |
| C | Landlock and system call filters, no namespaces | not built |
| W | a WebAssembly runtime | not built |
| D | nothing but time limits | not built |

The strongest that the machine offers is taken. Where it offers neither A nor B, nothing runs:
C, W and D are named so that whoever asks for one is told so, not to promise them. In C a program
sees the host's processes, in W it is another Python, slower by more than ten times, and D is no
box; grades and shared machines are worth none of the three.
"""

from __future__ import annotations

from typing import Final

from workers.sandbox import unavailable

#: Tiers that boxes exist for, from the strongest down.
BUILT: Final = ("A", "B")
KNOWN: Final = (*BUILT, "C", "W", "D")


def check_wanted(tier: str) -> None:
    """Raise `SandboxUnavailable` for a tier that was asked for by name and has no boxes."""
    if tier in ("", *BUILT):
        return
    cause = "this version has no boxes of it" if tier in KNOWN else "there is no such tier"
    raise unavailable.tier_refused(tier, cause, f"ask for one of {', '.join(BUILT)}, or none.")
