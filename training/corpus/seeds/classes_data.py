#: int_(1, 9), float_(1, 20, 2)
from dataclasses import dataclass

@dataclass
class Item:
    name: str
    price: float
    quantity: int = 1

    def total(self) -> float:
        return self.price * self.quantity

def order(n, price):
    items = [Item("pen", price, n), Item("cup", 4.5)]
    grand_total = 0.0
    for item in items:
        grand_total += item.total()
    return round(grand_total, 2), items[1]

#: list_(int_(1, 9), 0, 4)
from dataclasses import dataclass, field

@dataclass
class Basket:
    owner: str
    weights: list[int] = field(default_factory=list)

    def add(self, w: int) -> None:
        if sum(self.weights) + w <= 20:
            self.weights.append(w)
        else:
            print("too heavy:", w)

def baskets(ws):
    one = Basket("Lea")
    two = Basket("Tom", [3])
    for w in ws:
        one.add(w)
        two.add(w * 2)
    return one, two

#: int_(-5, 5), int_(-5, 5), int_(-2, 2)
from dataclasses import dataclass

@dataclass(frozen=True, order=True)
class Point:
    x: int
    y: int

    def moved(self, dx, dy):
        return Point(self.x + dx, self.y + dy)

def path(x, y, d):
    p = Point(x, y)
    q = p.moved(d, -d)
    corner = max(p, q)
    return [p, q, corner == p]

#: list_(tuple_(name(), int_(18, 70)), 1, 4)
from collections import namedtuple

Person = namedtuple("Person", ["name", "age"])

def oldest(rows):
    people = [Person(*row) for row in rows]
    top = people[0]
    for p in people:
        if p.age > top.age:
            top = p
    return top

#: int_(0, 9), int_(0, 9), int_(1, 3)
from typing import NamedTuple

class Cell(NamedTuple):
    row: int
    col: int

    def neighbours(self):
        return [Cell(self.row + 1, self.col), Cell(self.row, self.col + 1)]

def walk(r, c, steps):
    here = Cell(r, c)
    trail = [here]
    for i in range(steps):
        here = here.neighbours()[i % 2]
        trail.append(here)
    row, col = here
    return row * col, trail

#: int_(1, 3), int_(1, 5)
from enum import Enum

class Light(Enum):
    RED = 1
    GREEN = 2
    YELLOW = 3

    def next(self):
        if self is Light.RED:
            return Light.GREEN
        if self is Light.GREEN:
            return Light.YELLOW
        return Light.RED

def lights(start, ticks):
    light = Light(start)
    shown = [light.name]
    for _ in range(ticks):
        light = light.next()
        shown.append(light.name)
    return shown

#: list_(tuple_(choice("dev", "ops", "hr"), int_(20, 60)), 0, 5)
from dataclasses import dataclass

@dataclass
class Team:
    label: str
    members: int = 0
    salary: int = 0

def payroll(rows):
    teams = {}
    for label, pay in rows:
        team = teams.setdefault(label, Team(label))
        team.members += 1
        team.salary += pay
    return sorted(teams.values(), key=lambda t: (-t.salary, t.label))

#: choice((2, 3), (5,), (1, 2, 3, 4))
from dataclasses import dataclass

@dataclass
class Node:
    value: int
    next: "Node | None" = None

def link(values):
    head = None
    for v in values:
        head = Node(v, head)
    node, total = head, 0
    while node is not None:
        total = total * 10 + node.value
        node = node.next
    return total

#: list_(int_(1, 9), 1, 4)
from dataclasses import dataclass

@dataclass
class Tree:
    key: int
    left: "Tree" = None
    right: "Tree" = None

def insert(tree, key):
    if tree is None:
        return Tree(key)
    if key < tree.key:
        tree.left = insert(tree.left, key)
    else:
        tree.right = insert(tree.right, key)
    return tree

def grow(keys):
    root = None
    for k in keys:
        root = insert(root, k)
    return root

#: list_(choice("milk", "eggs", "tea"), 0, 5)
class Inventory:
    def __init__(self):
        self.stock = {"milk": 2, "eggs": 12}
        self.sold = []

    def sell(self, product):
        left = self.stock.get(product, 0)
        if left == 0:
            return False
        self.stock[product] = left - 1
        self.sold.append(product)
        return True

def shop_day(customers):
    inv = Inventory()
    lost = 0
    for wish in customers:
        if not inv.sell(wish):
            lost += 1
    return inv.stock, inv.sold, lost

#: list_(int_(0, 9), 0, 5)
class Poly:
    """A polynomial; coefficients from the constant term up."""

    def __init__(self, *coef):
        self.coef = list(coef)

    def __call__(self, x):
        y = 0
        for c in reversed(self.coef):
            y = y * x + c
        return y

    def __add__(self, other):
        n = max(len(self.coef), len(other.coef))
        a = self.coef + [0] * (n - len(self.coef))
        b = other.coef + [0] * (n - len(other.coef))
        return Poly(*[p + q for p, q in zip(a, b)])

    def derivative(self):
        return Poly(*[i * c for i, c in enumerate(self.coef)][1:])

def polynomials(coef):
    p = Poly(*coef)
    q = p + Poly(1, 1)
    return p(2), q.coef, q.derivative().coef

#: int_(0, 1500)
class Money:
    def __init__(self, cents):
        self.cents = cents

    def __add__(self, other):
        if isinstance(other, int):
            return Money(self.cents + other)
        return Money(self.cents + other.cents)

    __radd__ = __add__

    def __format__(self, spec):
        euros, cents = divmod(self.cents, 100)
        return f"{euros}.{cents:02d}{spec}"

def pay(c):
    purse = [Money(c), Money(250), Money(99)]
    total = sum(purse)
    return f"{total:EUR}"

#: list_(int_(1, 6), 1, 6)
class Dice:
    def __init__(self, rolls):
        self._rolls = tuple(rolls)

    @property
    def total(self):
        return sum(self._rolls)

    @property
    def is_pasch(self):
        return len(self._rolls) > 1 and len(set(self._rolls)) == 1

    def __iter__(self):
        return iter(self._rolls)

    def __reversed__(self):
        return reversed(self._rolls)

def dice(rolls):
    d = Dice(rolls)
    doubled = [r * 2 for r in d]
    try:
        d.total = 5
    except AttributeError:
        doubled.append("read only")
    return d.total, d.is_pasch, doubled

#: list_(tuple_(int_(1, 10), int_(1, 10)), 1, 3)
class Song:
    def __init__(self, title, seconds):
        self.title, self.seconds = title, seconds

class Album:
    def __init__(self, *songs):
        self.songs = songs

    def length(self):
        minutes, seconds = divmod(sum(s.seconds for s in self.songs), 60)
        return f"{minutes}:{seconds:02}"

    def longest(self):
        return max(self.songs, key=lambda s: s.seconds).title

def album(pairs):
    songs = [Song("Song %d" % n, s * 30) for n, s in pairs]
    a = Album(*songs)
    return a.length(), a.longest()

#: choice("A1", "C3", "H8", "Z9")
class Square:
    def __init__(self, name):
        self.col = "ABCDEFGH".find(name[0])
        self.row = int(name[1]) - 1

    def __str__(self):
        return "ABCDEFGH"[self.col] + str(self.row + 1)

    def knight_moves(self):
        moves = []
        for dc, dr in ((1, 2), (2, 1), (2, -1), (1, -2), (-1, -2), (-2, -1), (-2, 1), (-1, 2)):
            c, r = self.col + dc, self.row + dr
            if 0 <= c < 8 and 0 <= r < 8:
                moves.append("ABCDEFGH"[c] + str(r + 1))
        return sorted(moves)

def knight(position):
    s = Square(position)
    if s.col == -1 or s.row > 7:
        return None
    return str(s), s.knight_moves()

#: list_(tuple_(choice("d", "h"), int_(2, 14)), 1, 5)
class Card:
    NAMES = {11: "J", 12: "Q", 13: "K", 14: "A"}

    def __init__(self, suit, rank):
        self.suit = suit
        self.rank = rank

    def __repr__(self):
        return self.NAMES.get(self.rank, str(self.rank)) + self.suit

    def __gt__(self, other):
        return self.rank > other.rank

class Hand:
    def __init__(self):
        self.cards = []

    def take(self, card):
        self.cards.append(card)

    def points(self):
        return sum(min(c.rank, 10) for c in self.cards)

def deal(specs):
    hand = Hand()
    highest = None
    for suit, rank in specs:
        card = Card(suit, rank)
        hand.take(card)
        if highest is None or card > highest:
            highest = card
    return hand.points(), repr(highest), str(hand.cards)

#: list_(tuple_(choice("todo", "done"), word()), 0, 5)
from dataclasses import dataclass

@dataclass
class Task:
    title: str
    done: bool = False

class TodoList:
    def __init__(self):
        self.tasks = []

    def add(self, title):
        self.tasks.append(Task(title))

    def finish(self, title):
        for t in self.tasks:
            if t.title == title and not t.done:
                t.done = True
                return t
        return None

    def open(self):
        return [t.title for t in self.tasks if not t.done]

def todo(actions):
    todos = TodoList()
    todos.add("sleep")
    for what, title in actions:
        if what == "todo":
            todos.add(title)
        else:
            found = todos.finish(title)
            print(found)
    return todos.open()

#: int_(1, 9), int_(0, 3)
class Config:
    _instance = None

    def __new__(cls):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
            cls._instance.options = {}
        return cls._instance

    def __getattr__(self, name):
        return self.options.get(name, "default")

def singleton(n, m):
    a = Config()
    b = Config()
    a.options["level"] = n
    if m:
        b.options["mode"] = m
    return a is b, b.level, a.mode

#: choice("abcabc", "aab", "")
class History:
    def __init__(self):
        self.undo_stack = []
        self.redo_stack = []
        self.text = ""

    def write(self, s):
        self.undo_stack.append(self.text)
        self.text += s
        self.redo_stack.clear()

    def undo(self):
        if self.undo_stack:
            self.redo_stack.append(self.text)
            self.text = self.undo_stack.pop()

    def redo(self):
        if self.redo_stack:
            self.undo_stack.append(self.text)
            self.text = self.redo_stack.pop()

def editor(keys):
    h = History()
    for k in keys:
        if k == "c":
            h.undo()
        elif k == "b":
            h.write("b!")
        else:
            h.write(k)
    h.undo()
    h.redo()
    return h.text, len(h.undo_stack)
