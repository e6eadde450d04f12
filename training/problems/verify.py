"""Check the bank: every reference passes its tests, every wrong solution fails one.

    python -m training.problems.verify [--draws 3] [NAME...]

runs all families (or those whose names contain one of NAME), several draws each, in processes of
their own, and prints figures for each theme and every fault. The exit status is 1 if there is a
fault. The same arguments give the same result.
"""

from __future__ import annotations

import argparse
import ast
import sys
import warnings
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from training.problems.document import documents
from training.problems.family import Family, FamilyError, Kind, load_families
from training.problems.instance import Instance, draw, first_failure


@dataclass(slots=True)
class Report:
    """Figures and faults of one family."""

    name: str
    theme: str
    figures: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def verify_family(family: Family, draws: int = 3) -> Report:
    """Run a family's codes and render its documents, for several draws."""
    report = Report(family.name, family.theme)
    report.figures.update(
        families=1,
        wordings=len(family.wordings),
        solutions=len(family.solutions),
        wrong=len(family.wrong),
    )
    caught = [0] * len(family.wrong)
    # A SyntaxWarning in a solution is a fault too.
    warnings.simplefilter("error")
    for seed in range(draws):
        try:
            instance = draw(family, f"verify-{seed}")
            _verify_instance(instance, report, caught)
            rendered = list(documents(instance, seed))
        except (FamilyError, SyntaxError, KeyError, ValueError, TypeError, NameError) as error:
            report.faults.append(f"{family.where}: {family.name}: {error!r}")
            break
        report.figures.update(documents=len(rendered))
    for times, wrong in zip(caught, family.wrong, strict=True):
        if not times:
            report.faults.append(f"{family.where}: {family.name}: passes: {wrong.reason}")
    return report


def _verify_instance(instance: Instance, report: Report, caught: list[int]) -> None:
    where = f"{instance.family.where}: {instance.family.name}"
    if len({repr(case.expected) for case in instance.cases}) < 2:
        report.faults.append(f"{where}: all tests expect the same")
    for case in instance.cases:
        if instance.family.kind is Kind.PROGRAM:
            continue
        for value in (case.arguments, case.expected):
            if ast.literal_eval(repr(value)) != value:
                report.faults.append(f"{where}: {value!r} has no literal")
    for number, code in enumerate(instance.solutions, start=1):
        report.figures.update(runs=len(instance.cases))
        failure = first_failure(instance, code)
        if failure is not None:
            case, got = failure
            report.faults.append(
                f"{where}: solution {number} on {case.arguments!r}: {got!r}, not {case.expected!r}"
            )
    for number, wrong in enumerate(instance.wrong):
        report.figures.update(wrong_runs=1)
        if first_failure(instance, wrong.code) is not None:
            caught[number] += 1
            report.figures.update(wrong_caught=1)


def verify(families: Iterable[Family], draws: int) -> list[Report]:
    """Reports of all the families, in their order."""
    families = list(families)
    with ProcessPoolExecutor() as pool:
        return list(pool.map(verify_family, families, [draws] * len(families), chunksize=4))


def main() -> int:
    """The command; see the module's docstring."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    chosen = [
        family
        for family in load_families()
        if not options.names or any(name in family.name for name in options.names)
    ]
    reports = verify(chosen, options.draws)
    themes: dict[str, Counter[str]] = {}
    for report in reports:
        themes.setdefault(report.theme, Counter()).update(report.figures)
        themes.setdefault("all", Counter()).update(report.figures)
    for theme, figures in sorted(themes.items()):
        sys.stdout.write(f"{theme}: {dict(figures)}\n")
    faults = [fault for report in reports for fault in report.faults]
    sys.stdout.write("".join(f"{fault}\n" for fault in faults) + f"{len(faults)} faults\n")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
