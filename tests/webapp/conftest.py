"""The people and the queue of these tests."""

from tests.people import alice, bob, charlie, front_end, hub, queue

__all__ = ["alice", "bob", "charlie", "front_end", "hub", "queue"]
