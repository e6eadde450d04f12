"""What a class asks, and how much of it a cache could have."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from benchmarks.sglang.workload import Shared, class_mix


def test_a_prompt_shares_what_came_before_except_its_last_token() -> None:
    shared = Shared()
    assert shared.length([1, 2, 3]) == 0
    shared.add([1, 2, 3, 4])
    assert shared.length([1, 2, 9, 4]) == 2
    assert shared.length([1, 2, 3, 4]) == 3
    assert shared.length([1, 2, 3, 4, 5]) == 4
    assert shared.length([7]) == 0


def test_branches_share_their_trunk_only() -> None:
    shared = Shared()
    shared.add([1, 2, 3])
    shared.add([1, 2, 8, 9])
    assert shared.length([1, 2, 8, 3, 3]) == 3


def test_the_mix_is_the_same_every_time() -> None:
    assert class_mix(12, vocabulary=500) == class_mix(12, vocabulary=500)
    assert class_mix(12, vocabulary=500) != class_mix(12, vocabulary=500, seed=4)


def test_the_mix_has_every_kind_and_some_who_leave() -> None:
    runs = class_mix(200, vocabulary=1000)
    assert Counter(run.kind for run in runs) == {"solve": 50, "trace": 50, "debug": 100}
    assert sum(run.aborts_after is not None for run in runs) == 20
    assert all(0 <= i < 1000 for run in runs[:20] for r in run.requests for i in r.prompt)


def test_every_step_of_a_session_begins_with_the_one_before_until_it_branches() -> None:
    run = next(r for r in class_mix(8, vocabulary=1000) if r.kind == "debug")
    prompts = [request.prompt for request in run.requests]
    extends = [b[: len(a)] == a for a, b in pairwise(prompts)]
    assert extends.count(False) == 1
    branch = extends.index(False) + 1
    shared = Shared()
    shared.add(prompts[branch - 1])
    assert shared.length(prompts[branch]) > len(prompts[0])


def test_students_of_one_assignment_begin_alike() -> None:
    solves = [r.requests[0].prompt for r in class_mix(80, vocabulary=1000) if r.kind == "solve"]
    shared = Shared()
    shared.add(solves[0])
    assert all(shared.length(prompt) >= 900 for prompt in solves[1:])
