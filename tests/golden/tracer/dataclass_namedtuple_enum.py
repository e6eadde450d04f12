# entry: main()
from collections import Counter, defaultdict, deque, namedtuple
from dataclasses import dataclass, field
from enum import Enum


class Colour(Enum):
    RED = 1


@dataclass
class Item:
    name: str
    price: float = 1.5
    tags: list = field(default_factory=list)


Pair = namedtuple("Pair", "left right")


def main():
    item = Item("pen")
    item.tags.append(Colour.RED)
    pair = Pair(item, None)
    words = Counter("abca")
    groups = defaultdict(list)
    groups["x"].append(pair)
    queue = deque([1, 2], maxlen=2)
    queue.append(3)
    return pair
