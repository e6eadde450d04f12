"""Backends, aims, and the table that closes a run: attacks by group and backend."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.attacks.backends import NAMES, open_backend
from tests.attacks.campaign import Campaign
from tests.attacks.harness import (
    Aims,
    Backend,
    Probe,
    aims,
    batches,
    lacking,
    run_boxed,
    run_outside,
)
from workers.sandbox.config import SandboxConfig
from workers.sandbox.launch import find_launcher
from workers.sandbox.probe import probe as probe_machine
from workers.sandbox.spawn import Launcher
from workers.sandbox.unavailable import SandboxUnavailable

#: (group, column) -> how many of each outcome. A column is a backend with its tier, or "canary".
TALLY: pytest.StashKey[Counter[tuple[str, str, str]]] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    config.stash.setdefault(TALLY, Counter())


@pytest.fixture(scope="session")
def tally(request: pytest.FixtureRequest) -> Counter[tuple[str, str, str]]:
    return request.config.stash.setdefault(TALLY, Counter())


@pytest.fixture(scope="session")
def config() -> SandboxConfig:
    value = SandboxConfig()
    available = probe_machine(value)
    if not available.ok:
        pytest.skip(f"no boxes here: {available.cause} {available.remedy}")
    return value


@pytest.fixture(scope="session")
def launcher(config: SandboxConfig) -> Launcher:
    return find_launcher(config)


@pytest.fixture(scope="session")
def targets(launcher: Launcher) -> Iterator[Aims]:
    with aims(launcher.ids) as found:
        yield found


@pytest.fixture(scope="session", params=NAMES)
def backend(request: pytest.FixtureRequest, config: SandboxConfig) -> Iterator[Backend]:
    with contextlib.ExitStack() as stack:
        if request.param == "armed B" and not os.environ.get("ATTACKS_ALL"):
            pytest.skip("armed boxes of tier B: set ATTACKS_ALL=1 (tier A's differ by a cgroup)")
        try:
            opened = stack.enter_context(open_backend(request.param, config))
        except SandboxUnavailable as problem:
            pytest.skip(f"no boxes of tier {request.param.split()[1]} here: {problem.cause}")
        yield opened


@pytest.fixture(scope="session")
def boxed(
    request: pytest.FixtureRequest, backend: Backend, launcher: Launcher, targets: Aims
) -> Iterator[Campaign]:
    """The verdicts of this backend on all probes that this run of pytest has selected."""
    chosen = selected(request.session, "backend", backend.name)
    probes = [probe for probe in chosen if not lacking(probe, launcher, targets, backend)]
    campaign = Campaign(
        batches(probes), lambda some: run_boxed(some, targets, backend.run, launcher.machine)
    )
    yield campaign
    campaign.close()


@pytest.fixture(scope="session")
def canaries(
    request: pytest.FixtureRequest, launcher: Launcher, targets: Aims
) -> Iterator[Campaign]:
    """What the same probes do outside of a box."""
    probes = [
        probe
        for probe in selected(request.session, "", "")
        if not lacking(probe, launcher, targets, None)
    ]
    campaign = Campaign(
        [(probe,) for probe in probes],
        lambda some: {some[0]: run_outside(some[0], targets, launcher)},
    )
    yield campaign
    campaign.close()


def selected(session: pytest.Session, key: str, value: str) -> list[Probe]:
    """The probes of the tests that were selected, for one backend or (`key` "") as canaries."""
    found = []
    for item in session.items:
        given = (
            item.callspec.params
            if isinstance(item, pytest.Function) and hasattr(item, "callspec")
            else {}
        )
        probe = given.get("probe")
        if (
            isinstance(probe, Probe)
            and given.get("backend", "") == value
            and (key or "backend" not in given)
        ):
            found.append(probe)
    return found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    tally = terminalreporter.config.stash.get(TALLY, Counter())
    if not tally:
        return
    terminalreporter.section("attacks x backends")
    for line in table(tally):
        terminalreporter.write_line(line)


def table(tally: Counter[tuple[str, str, str]]) -> list[str]:
    """One line per group: in each column the outcomes and how many probes came to each."""
    columns = sorted({column for _, column, _ in tally})
    groups = sorted({group for group, _, _ in tally})
    rows = [["group", *columns]]
    for group in [*groups, "total"]:
        row = [group]
        for column in columns:
            counts: Counter[str] = Counter()
            for (a_group, a_column, outcome), count in tally.items():
                if a_column == column and group in (a_group, "total"):
                    counts[outcome] += count
            row.append(", ".join(f"{n} {outcome}" for outcome, n in sorted(counts.items())) or "-")
        rows.append(row)
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
