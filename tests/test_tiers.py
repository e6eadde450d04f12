"""The tier plugin: whom a test counts to, and what the table says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import tiers


@pytest.mark.parametrize(
    ("markers", "tier"),
    [
        ((), "unit"),
        (("slow",), "unit"),
        (("redis",), "redis"),
        (("redis", "stack"), "stack"),
        (("stack", "browser", "sandbox"), "browser"),
        (("gpu", "slow"), "gpu"),
    ],
)
def test_a_test_counts_to_the_most_demanding_of_its_tiers(
    markers: tuple[str, ...], tier: str
) -> None:
    assert tiers.tier_of(markers) == tier


def test_the_table_aligns_counts_and_repeats_the_reason() -> None:
    row = tiers.Row("gpu")
    row.counts["skipped"] = 2
    row.reasons["no NVIDIA GPU"] = 2
    lines = tiers.table([row.as_json()])
    assert len(lines) == 3
    assert lines[1].split()[:4] == ["gpu", "0", "0", "2"]
    assert "skipped: no NVIDIA GPU" in lines[2]


def test_a_missing_gpu_program_is_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert "nvidia-smi is missing" in tiers._no_gpu()


def test_a_box_that_cannot_start_is_told_with_the_programs_own_words(tmp_path: Path) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'No permissions to create new namespace' >&2\nexit 1\n")
    broken.chmod(0o755)
    assert tiers._try_box(str(broken)) == "No permissions to create new namespace"


def test_a_required_tier_that_cannot_run_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUIRE_TIERS", "gpu, unit")
    monkeypatch.setattr(tiers, "missing", lambda tier: "none here" if tier == "gpu" else "")
    assert tiers.TierTable(None).unmet_requirements() == ["gpu: none here"]
