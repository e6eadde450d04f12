"""The table of tests/attacks/README.md counts what is there, and issue-sized promises are kept."""

from __future__ import annotations

import re
from collections import Counter

from tests.attacks.forging.forgeries import FORGERIES
from tests.attacks.harness import HERE, load_probes
from tests.attacks.tracer_attacks import ATTACKS


def test_the_readme_counts_what_is_there() -> None:
    counts = Counter(probe.group for probe in load_probes())
    counts.update({"tracer": len(ATTACKS), "forging": len(FORGERIES)})
    text = (HERE / "README.md").read_text()
    table = {name: int(n) for name, n in re.findall(r"^\| `(\w+)` \| (\d+) \|", text, re.MULTILINE)}
    assert table == dict(counts)


def test_names_of_probes_are_unique_and_each_says_how_it_is_stopped() -> None:
    probes = load_probes()
    assert len({probe.id for probe in probes}) == len(probes)
    assert all(probe.stopped for probe in probes)


def test_there_are_as_many_attacks_as_the_sandbox_promises() -> None:
    assert len(load_probes()) >= 80
    assert len(FORGERIES) >= 20
    assert len(ATTACKS) >= 12
