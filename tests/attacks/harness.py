"""Attacks on the box: the probes, what they aim at, and running one inside of a box or outside.

Theory of operation. A probe is a function in `probes/`. Its program is the prelude, its file, and
a last line that runs it; the same text runs in a box and, as its *canary*, in a plain Python
process. The verdict is one word: REACHED, or how the attack was stopped (an errno's name, an
exception's, SIGSYS, the status of the run). In a box it must be one of the words that the probe
names; in the canary it must be REACHED, or the probe proves nothing. A word that is neither is a
failure too: a probe that does not get as far as attacking must not look like a defence.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from workers.sandbox import syscalls
from workers.sandbox.config import Limits, TraceJob
from workers.sandbox.result import ExecutionStatus, Message, Output, TraceResult
from workers.sandbox.spawn import Launcher

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PRELUDE = (HERE / "probes" / "prelude.py").read_text()
CANARY_S = 60
REACHED = "REACHED"
#: Descriptors held while the attacks run: those of a box have high numbers under a busy worker.
BUSY = 100
TOKEN = "cwmprobe7d1f"  # a mark that no file of a machine contains by chance


@dataclass(frozen=True)
class Probe:
    """One attack. `facts` are the keyword arguments of its `@attack`."""

    name: str
    group: str
    stopped: tuple[str, ...]
    facts: dict[str, Any] = field(hash=False)

    @property
    def id(self) -> str:
        return f"{self.group}-{self.name}"


def load_group(path: Path) -> list[Probe]:
    """The probes of one file. Runs the file's definitions, no attack."""
    module = types.ModuleType("prelude")
    before = sys.modules.get("prelude")
    sys.modules["prelude"] = module
    try:
        module.__dict__["__name__"] = "prelude"
        exec(compile(PRELUDE, "prelude.py", "exec"), module.__dict__)  # noqa: S102  # our own file
        exec(compile(path.read_text(), str(path), "exec"), {"__name__": path.stem})  # noqa: S102
    finally:
        sys.modules.pop("prelude", None)
        if before is not None:
            sys.modules["prelude"] = before
    found = module.__dict__["ATTACKS"]
    return [Probe(name, path.stem, stopped, facts) for name, (_, stopped, facts) in found.items()]


def load_probes() -> list[Probe]:
    files = sorted((HERE / "probes").glob("*.py"))
    return [
        probe
        for path in files
        if path.stem not in ("prelude", "naive_tracer")
        for probe in load_group(path)
    ]


def program(
    probes: tuple[Probe, ...],
    facts: dict[str, Any],
    machine: str,
    *,
    outside: bool = False,
    plant: str = "",
) -> str:
    """Probes of one group as a program; `plant` is a function to call in their stead."""
    text = (HERE / "probes" / f"{probes[0].group}.py").read_text()
    table = syscalls.AARCH64 if machine == "aarch64" else syscalls.X86_64
    used = {name: number for name, number in table.items() if f'"{name}"' in text}
    last = f"{plant}()" if plant else "".join(f"run({probe.name!r})\n" for probe in probes)
    return (
        f"FACTS = {facts!r}\nNUMBERS = {used!r}\nOUTSIDE = {outside}\n{PRELUDE}\n{text}\n{last}\n"
        # The attack runs in the module's code, which is not traced: no limit on steps ends it.
        "def main():\n    pass\n"
    )


# --- what probes aim at ---------------------------------------------------------------------------


@dataclass
class Aims:
    """Live things outside of the box, and `facts`, what a probe is told about them."""

    facts: dict[str, Any]
    inherited: tuple[int, ...]
    drop: dict[str, Any]

    def victim(self, *, boxed: bool) -> subprocess.Popen[bytes]:
        """A process of the user that the probe runs as. It ends by itself after two minutes."""
        return subprocess.Popen(["sleep", "120"], **(self.drop if boxed else {}))


@contextlib.contextmanager
def busy() -> Iterator[None]:
    """Hold so many descriptors that those of a box started meanwhile have high numbers."""
    with contextlib.ExitStack() as stack:
        for _ in range(BUSY):
            stack.callback(os.close, os.open("/dev/null", os.O_RDONLY))
        yield


@contextlib.contextmanager
def aims(ids: tuple[int, int] | None) -> Iterator[Aims]:
    """Listeners, files and descriptors of this process for as long as the tests run."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=TOKEN)))
        folder.chmod(0o755)
        secret = folder / "secret"
        secret.write_text(f"{TOKEN} secret")
        (folder / "mine").write_text("")
        facts: dict[str, Any] = {
            "token": TOKEN,
            "mark": "-B",
            "secret": str(secret),
            "secret_text": secret.read_text(),
            "mine": str(folder / "mine"),
            "folder": str(folder),
            "repository": str(ROOT),
            "packages": str(Path(pytest_folder())),
            "uid": os.getuid(),
            "host": os.uname().nodename,
            "session": os.getsid(0),
        }
        _listeners(stack, folder, facts)
        descriptors = (os.open(secret, os.O_RDONLY), os.open(folder, os.O_RDONLY))
        for descriptor in descriptors:
            # Inheritable, as a careless library of the worker could leave one open.
            os.set_inheritable(descriptor, True)
            stack.callback(os.close, descriptor)
        stack.enter_context(busy())
        os.environ["PLAYGROUND_SECRET"] = TOKEN
        stack.callback(os.environ.pop, "PLAYGROUND_SECRET")
        drop: dict[str, Any] = {}
        if ids is not None:
            drop = {"user": ids[0], "group": ids[1], "extra_groups": []}
        yield Aims(facts, descriptors, drop)


def pytest_folder() -> str:
    """The folder of installed packages, any of which the worker could have been handed."""
    import pytest

    return str(Path(pytest.__file__).resolve().parent.parent)


def _listeners(stack: contextlib.ExitStack, folder: Path, facts: dict[str, Any]) -> None:
    def listen(family: int, kind: int, address: Any) -> socket.socket:
        one = stack.enter_context(socket.socket(family, kind))
        one.bind(address)
        if kind == socket.SOCK_STREAM:
            one.listen(64)
        return one

    facts["tcp"] = listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)).getsockname()[1]
    facts["udp"] = listen(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)).getsockname()[1]
    with contextlib.suppress(OSError):
        facts["tcp6"] = listen(socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0)).getsockname()[1]
    facts["unix"] = str(folder / "socket")
    listen(socket.AF_UNIX, socket.SOCK_STREAM, facts["unix"])
    (folder / "socket").chmod(0o777)
    facts["abstract"] = f"\0{TOKEN}-{os.getpid()}"
    listen(socket.AF_UNIX, socket.SOCK_STREAM, facts["abstract"])
    facts["abstract_datagram"] = f"\0{TOKEN}-{os.getpid()}-d"
    listen(socket.AF_UNIX, socket.SOCK_DGRAM, facts["abstract_datagram"])


# --- running one ----------------------------------------------------------------------------------

Runner = Callable[[TraceJob, Callable[[Message], None]], TraceResult]


@dataclass(frozen=True)
class Backend:
    """A named way to run a job in a box of its own. `run` may be called by several threads."""

    name: str
    run: Runner
    #: Whether the program may start processes.
    fork: bool


@dataclass(frozen=True)
class Seen:
    """What came of a probe: one word, and everything that was written, for the failure's text."""

    word: str
    text: str
    result: TraceResult | None = None


def batches(probes: list[Probe]) -> list[tuple[Probe, ...]]:
    """Probes that can share a box, because each of them is stopped by an error and nothing else."""
    found: list[tuple[Probe, ...]] = []
    shared: dict[str, list[Probe]] = {}
    for probe in probes:
        if probe.group in SHARING and not set(probe.facts) & ALONE and _by_error(probe):
            shared.setdefault(probe.group, []).append(probe)
        else:
            found.append((probe,))
    for together in shared.values():
        found += [tuple(together[at : at + 12]) for at in range(0, len(together), 12)]
    return found


#: Groups whose probes leave a box as it was, and facts that need a box of one's own.
SHARING = frozenset(("files", "kernel", "machine", "network", "processes", "surroundings"))
ALONE = frozenset(("limits", "after", "needs", "weak", "alone"))


#: Groups in which it makes a difference that a program may start processes.
FORK_MATTERS = frozenset(("kernel", "leftovers", "processes", "resources", "storage"))


def _by_error(probe: Probe) -> bool:
    return all(
        (word[0].isupper() and word != "SIGSYS") or word == "nothing" for word in probe.stopped
    )


def run_boxed(
    probes: tuple[Probe, ...], targets: Aims, runner: Runner, machine: str
) -> dict[Probe, Seen]:
    """Probes in a box, after a box for the program that plants for them, if any."""
    facts, first = dict(targets.facts), probes[0]
    limits = Limits(**first.facts.get("limits", {}))
    with contextlib.ExitStack() as stack:
        victim = _victim(first, targets, facts, stack, boxed=True)
        for plant in filter(None, (first.facts.get("after", ""), "-")):
            parts: list[str] = []
            text = program(probes, facts, machine, plant=plant.strip("-"))
            result = runner(TraceJob(text, limits=limits), partial(_collect, parts))
        written = "".join(parts)
        if victim is not None and victim.poll() is not None:
            return {first: Seen(REACHED, f"the process outside is dead; {written}", result)}
    return {probe: Seen(_boxed_word(probe, written, result), written, result) for probe in probes}


def _victim(
    probe: Probe,
    targets: Aims,
    facts: dict[str, Any],
    stack: contextlib.ExitStack,
    *,
    boxed: bool,
) -> subprocess.Popen[bytes] | None:
    """A process to aim at, where the probe asks for one."""
    if probe.facts.get("needs") != "victim":
        return None
    victim = targets.victim(boxed=boxed)
    stack.callback(victim.wait)
    stack.callback(victim.kill)
    facts["victim"] = victim.pid
    return victim


def _collect(parts: list[str], message: Message) -> None:
    if isinstance(message, Output):
        parts.append(message.text)


def _boxed_word(probe: Probe, text: str, result: TraceResult) -> str:
    status = result.execution.status
    word = _own_word(probe, text)
    if word == REACHED:
        return word
    if status == ExecutionStatus.SECURITY_VIOLATION:
        return "SIGSYS"
    if status not in (ExecutionStatus.OK, ExecutionStatus.NONZERO_EXIT):
        return str(status)
    if not word and result.status != "ok":
        return str(result.status)  # the tracer ended the program
    return word or f"no verdict ({result.status}: {result.message})"


def _own_word(probe: Probe, text: str) -> str:
    """REACHED, how the probe says it was stopped, or "" where it says nothing."""
    if re.search(rf"^REACHED {probe.name}\b", text, re.MULTILINE):
        return REACHED
    words = re.findall(rf"^STOPPED {probe.name} (\S+)", text, re.MULTILINE)
    return str(words[-1]) if words else ""


def run_outside(probe: Probe, targets: Aims, launcher: Launcher) -> Seen:
    """The canary: the same probe in a plain process of the same Python."""
    facts = dict(targets.facts)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=TOKEN)))
        facts["folder"] = str(folder)
        facts["mine"] = str(folder / "mine")
        (folder / "mine").write_text("")
        _victim(probe, targets, facts, stack, boxed=False)
        stdin: int = subprocess.DEVNULL
        prefix: list[str] = []
        if probe.facts.get("terminal"):
            controller, terminal = os.openpty()
            stack.callback(os.close, controller)
            stack.callback(os.close, terminal)
            facts["terminal"] = os.ttyname(terminal)
            prefix, stdin = ["setsid", "--ctty", "--wait"], terminal
        if probe.facts.get("wall"):
            prefix = ["unshare", *probe.facts["wall"], "--"]
        text = ""
        for plant in filter(None, (probe.facts.get("after", ""), "-")):
            path = folder / "program.py"
            path.write_text(
                program((probe,), facts, launcher.machine, outside=True, plant=plant.strip("-"))
            )
            done = _plain(probe, launcher, [*prefix, *_python(launcher), str(path)], stdin, targets)
            text = done.stdout + done.stderr
            code = done.returncode
    word = _own_word(probe, text)
    return Seen(word or (f"SIG{-code}" if code < 0 else f"no verdict (status {code})"), text)


def _python(launcher: Launcher) -> list[str]:
    return [launcher.runtime.binds[0][0], "-S", "-s", "-B"]


def _plain(
    probe: Probe, launcher: Launcher, argv: list[str], stdin: int, targets: Aims
) -> subprocess.CompletedProcess[str]:
    from workers.sandbox.pyruntime import loader_environment

    environment = {"PATH": os.environ.get("PATH", ""), **loader_environment()}
    if probe.facts.get("environment"):
        environment["PLAYGROUND_SECRET"] = TOKEN
    return subprocess.run(
        argv,
        stdin=stdin,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=CANARY_S,
        check=False,
        env=environment,
        cwd="/",
        pass_fds=targets.inherited if probe.facts.get("inherited") else (),
    )


def why_no_canary(probe: Probe, seen: Seen) -> str:
    """Why this machine cannot show the attack outside of a box, "" if it should have been able."""
    absent = {"ENOSYS", *probe.facts.get("absent", ())}
    if seen.word in absent or (seen.word == "SIG11" and "SIGSEGV" in absent):
        return f"this kernel or machine does not offer it ({seen.word})"
    return ""


def lacking(probe: Probe, launcher: Launcher, targets: Aims, backend: Backend | None) -> str:
    """Why this machine cannot try the probe at all; `backend` None for the canary."""
    processor = probe.facts.get("processor", launcher.machine)
    if processor != launcher.machine:
        return f"a probe for {processor}"
    if probe.facts.get("needs") == "tcp6" and "tcp6" not in targets.facts:
        return "no IPv6 on the loopback interface"
    if backend is not None:
        if backend.fork and probe.group not in FORK_MATTERS:
            return "the same in this backend as in cold A: nothing here starts a process"
        may = backend.fork and probe.facts.get("fork") == "allowed"
        return "programs may do this in this backend" if may else ""
    if probe.facts.get("root") and os.geteuid() != 0:
        return "only root can do this outside of a box"
    if probe.facts.get("wall") and shutil.which("unshare") is None:
        return "no unshare to keep the attempt from the machine"
    return ""


def expected(probe: Probe, backend: Backend) -> tuple[str, ...]:
    """The words that mean "stopped"; a program that may fork is stopped elsewhere, or later."""
    more = probe.facts.get("fork", ()) if backend.fork else ()
    return (*probe.stopped, *more)
