"""How strong a box is on this machine, and which strengths may run code.

| tier | needs | runs code |
|---|---|---|
| A | user namespaces, system call filters, a cgroup per box | yes |
| B | user namespaces, system call filters; one process per box | yes |
| C | Landlock and system call filters, no namespaces | only where an operator allows it |
| W | a WebAssembly runtime | only where an operator asks for it |
| D | nothing but time limits | only for a developer alone with the machine, who says so |

The default is to refuse: code never runs in a weaker box than somebody decided on. C, W and D
are policy only so far: no launcher for them exists, so allowing one changes the reason of the
refusal and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from workers.sandbox import unavailable

#: Tiers that boxes exist for, from the strongest down.
BUILT: Final = ("A", "B")
KNOWN: Final = (*BUILT, "C", "W", "D")
#: What the setting for tier D has to say.
UNSAFE_WORDS: Final = "i-understand"


@dataclass(frozen=True, slots=True)
class Offered:
    """What the machine was seen to offer; each by trying it."""

    namespaces: bool = False
    seccomp: bool = False
    cgroup: bool = False
    #: Version of the kernel's Landlock interface, 0 without.
    landlock: int = 0


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the operator has decided. The defaults refuse everything weaker than B."""

    #: SANDBOX_ALLOW_TIER: "" or "C".
    weakest: str = ""
    #: SANDBOX_BACKEND: "" or "wasi".
    backend: str = ""
    #: SANDBOX_UNSAFE_DEV, and the three facts without which it is not believed.
    unsafe: str = ""
    debug: bool = False
    loopback_only: bool = False
    other_users: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """The tier to run in; empty means: run nothing, for this reason, with this remedy."""

    tier: str
    cause: str = ""
    remedy: str = ""


def decide(offered: Offered, allowed: Allowed, *, built: tuple[str, ...] = BUILT) -> Decision:
    """The strongest tier that is offered, allowed and built, or a refusal."""
    tier, cause = _strongest(offered, allowed)
    if not tier:
        return Decision("", cause, _REMEDY)
    if tier not in built:
        return Decision("", f"tier {tier} is allowed, but this version has no boxes of it", _REMEDY)
    return Decision(tier)


_REMEDY = (
    "Make user namespaces and seccomp filters available to the worker (docs/sandbox.md lists how "
    "for Docker, systemd and Ubuntu). Code execution is off; the rest of the site works."
)


def _strongest(offered: Offered, allowed: Allowed) -> tuple[str, str]:
    """(tier, "") or ("", cause)."""
    if offered.namespaces and offered.seccomp:
        return ("A" if offered.cgroup else "B"), ""
    causes = ["user namespaces" if offered.seccomp else "seccomp filters"]
    causes[0] += " are not available"
    if offered.landlock and offered.seccomp:
        if allowed.weakest == "C":
            return "C", ""
        causes.append("the weaker tier C (Landlock) is not allowed by SANDBOX_ALLOW_TIER")
    if allowed.backend == "wasi":
        return "W", ""
    if allowed.unsafe:
        unmet = _unmet(allowed)
        if not unmet:
            return "D", ""
        causes.append(f"running without a box was asked for, but {unmet}")
    return "", "; ".join(causes)


def _unmet(allowed: Allowed) -> str:
    """The first condition of tier D that does not hold, "" when all do."""
    if allowed.unsafe != UNSAFE_WORDS:
        return f"SANDBOX_UNSAFE_DEV does not say {UNSAFE_WORDS}"
    if not allowed.debug:
        return "DEBUG is off"
    if not allowed.loopback_only:
        return "the site answers to more than this machine"
    if allowed.other_users:
        return "people other than superusers have accounts"
    return ""


def check_wanted(tier: str) -> None:
    """Raise `SandboxUnavailable` for a tier that was asked for by name and has no boxes."""
    if tier in ("", *BUILT):
        return
    cause = "this version has no boxes of it" if tier in KNOWN else "there is no such tier"
    raise unavailable.tier_refused(tier, cause, f"ask for one of {', '.join(BUILT)}, or none.")
