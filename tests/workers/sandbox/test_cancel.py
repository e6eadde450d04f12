"""The cancel token."""

from __future__ import annotations

import select
import threading

from workers.sandbox.cancel import CancelToken


def test_a_token_wakes_a_waiter_and_stays_set() -> None:
    token = CancelToken()
    threading.Timer(0.02, token.cancel).start()
    for _ in range(2):
        assert select.select([token], [], [], 30)[0] == [token]
    assert token.cancelled
    token.close()


def test_cancelling_twice_or_after_closing_does_nothing_more() -> None:
    token = CancelToken()
    token.cancel()
    token.cancel()
    token.close()
    token.close()
    token.cancel()
    assert token.cancelled
