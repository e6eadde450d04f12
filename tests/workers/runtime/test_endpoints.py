"""Which of several servers takes a prompt."""

from __future__ import annotations

import pytest

from workers.runtime.endpoints import Endpoint, Endpoints

URLS = ("http://a:1", "http://b:1", "http://c:1")


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def chosen(endpoints: Endpoints, prompt: list[int]) -> Endpoint:
    endpoint = endpoints.choose(prompt)
    assert endpoint is not None
    return endpoint


def test_prompts_that_begin_alike_go_to_one_server_and_others_are_spread() -> None:
    endpoints = Endpoints(URLS)
    program = list(range(200))
    assert chosen(endpoints, [*program, 1]) is chosen(endpoints, [*program, 2, 3])
    spread = {chosen(endpoints, [n, *program]).url for n in range(50)}
    assert spread == set(URLS)


def test_a_server_with_clearly_more_to_do_is_spared() -> None:
    endpoints = Endpoints(URLS)
    own = chosen(endpoints, [1, 2, 3])
    own.load = 4
    assert chosen(endpoints, [1, 2, 3]) is own
    own.load = 5
    assert chosen(endpoints, [1, 2, 3]) is not own


def test_a_server_that_fails_is_left_alone_for_longer_each_time() -> None:
    clock = Clock()
    endpoints = Endpoints(URLS[:1], clock)
    only = endpoints.all[0]
    pauses = []
    for _ in range(9):
        only.failed()
        assert endpoints.choose([1]) is None
        pauses.append(only.down_until - clock.now)
        clock.now = only.down_until
        assert endpoints.choose([1]) is only
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    only.answered()
    only.failed()
    assert only.down_until - clock.now == 0.5


def test_only_the_failed_servers_prompts_move() -> None:
    endpoints = Endpoints(URLS)
    before = [chosen(endpoints, [n]).url for n in range(60)]
    endpoints.all[0].failed()
    after = [chosen(endpoints, [n]).url for n in range(60)]
    moved = {old for old, new in zip(before, after, strict=True) if old != new}
    assert moved == {endpoints.all[0].url}


def test_servers_that_were_tried_are_not_chosen_again() -> None:
    endpoints = Endpoints(URLS)
    assert endpoints.choose([1], frozenset(URLS)) is None
    assert endpoints.soonest() in endpoints.all


def test_there_must_be_a_server() -> None:
    with pytest.raises(ValueError, match="At least one"):
        Endpoints(())
