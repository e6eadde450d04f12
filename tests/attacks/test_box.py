"""Every probe against every backend, and each one's canary."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.attacks.campaign import Campaign
from tests.attacks.harness import (
    REACHED,
    Aims,
    Backend,
    Probe,
    expected,
    lacking,
    load_probes,
    why_no_canary,
)
from workers.sandbox.spawn import Launcher

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]
PROBES = load_probes()
Tally = Counter[tuple[str, str, str]]


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.id)
def test_the_attack_is_stopped(
    probe: Probe,
    backend: Backend,
    boxed: Campaign,
    launcher: Launcher,
    targets: Aims,
    tally: Tally,
) -> None:
    reason = lacking(probe, launcher, targets, backend)
    if reason:
        pytest.skip(reason)
    seen = boxed.verdict(probe)
    assert seen.result is not None
    execution = seen.result.execution
    assert execution.tier == backend.name.split()[1]
    if seen.word == REACHED and probe.facts.get("weak") in execution.missing:
        tally[probe.group, backend.name, "not offered here"] += 1
        pytest.skip(f"this machine does not offer the protection: {probe.facts['weak']}")
    stopped = seen.word in expected(probe, backend)
    outcome = "stopped" if stopped else "REACHED" if seen.word == REACHED else "UNCLEAR"
    tally[probe.group, backend.name, outcome] += 1
    wanted = expected(probe, backend)
    assert stopped, f"{seen.word}, expected one of {wanted}; it wrote: {seen.text!r:.500}"


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.id)
def test_its_canary_works_outside(
    probe: Probe, canaries: Campaign, launcher: Launcher, targets: Aims, tally: Tally
) -> None:
    reason = lacking(probe, launcher, targets, None)
    if reason:
        tally[probe.group, "canary", "not possible here"] += 1
        pytest.skip(reason)
    seen = canaries.verdict(probe)
    reason = "" if seen.word == REACHED else why_no_canary(probe, seen)
    outcome = "fired" if seen.word == REACHED else "not possible here" if reason else "SILENT"
    tally[probe.group, "canary", outcome] += 1
    if reason:
        pytest.skip(reason)
    assert seen.word == REACHED, f"{seen.word}; it wrote: {seen.text!r:.500}"
