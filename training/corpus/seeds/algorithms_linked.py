#: list_(int_(0, 20), 0, 5)
class Node:
    def __init__(self, value, next=None):
        self.value = value
        self.next = next

def build(values):
    head = None
    for v in reversed(values):
        head = Node(v, head)
    count = 0
    node = head
    while node:
        count += node.value
        node = node.next
    return count

#: list_(int_(0, 9), 0, 5)
class ListNode:
    def __init__(self, val):
        self.val = val
        self.next = None

    def __repr__(self):
        return f"ListNode({self.val})"

def reverse_list(items):
    head = tail = None
    for item in items:
        node = ListNode(item)
        if head is None:
            head = tail = node
        else:
            tail.next = node
            tail = node
    prev = None
    while head:
        nxt = head.next
        head.next = prev
        prev = head
        head = nxt
    out = []
    while prev:
        out.append(prev.val)
        prev = prev.next
    return out

#: list_(int_(1, 9), 0, 4), int_(1, 9)
class LinkedList:
    def __init__(self):
        self.head = None
        self.size = 0

    def push(self, data):
        self.head = (data, self.head)
        self.size += 1

    def remove(self, data):
        kept = []
        cell = self.head
        removed = False
        while cell is not None:
            if cell[0] == data and not removed:
                removed = True
            else:
                kept.append(cell[0])
            cell = cell[1]
        self.head = None
        self.size = 0
        for k in reversed(kept):
            self.push(k)
        return removed

def use_list(numbers, gone):
    ll = LinkedList()
    for n in numbers:
        ll.push(n)
    ok = ll.remove(gone)
    return ll.head, ll.size, ok

#: list_(word(), 1, 4), int_(0, 4)
class Node:
    def __init__(self, data):
        self.data = data
        self.next = None

class LinkedList:
    def __init__(self):
        self.head = None

    def append(self, data):
        new_node = Node(data)
        if self.head is None:
            self.head = new_node
            return
        current = self.head
        while current.next is not None:
            current = current.next
        current.next = new_node

    def get(self, index):
        current = self.head
        for _ in range(index):
            if current is None:
                break
            current = current.next
        return current.data if current else None

def main(words, i):
    my_list = LinkedList()
    for w in words:
        my_list.append(w)
    return my_list.get(i)

#: list_(int_(1, 9), 1, 5)
class Cell:
    def __init__(self, x, rest=None):
        self.x, self.rest = x, rest

    def __iter__(self):
        here = self
        while here is not None:
            yield here.x
            here = here.rest

    def __str__(self):
        return " -> ".join(str(x) for x in self)

def chain(xs):
    c = None
    for x in xs:
        c = Cell(x, c)
    print(c)
    return sum(c)

#: list_(int_(0, 9), 0, 5)
def middle_of_chain(values):
    """Find the middle with a slow and a fast pointer over dict nodes."""
    head = None
    for v in values[::-1]:
        head = {"v": v, "next": head}
    slow = fast = head
    while fast and fast["next"]:
        slow = slow["next"]
        fast = fast["next"]["next"]
    return slow["v"] if slow else None

#: sorted_(int_(1, 9), 0, 3), sorted_(int_(1, 9), 0, 3)
class N:
    def __init__(self, v, nxt):
        self.v = v
        self.nxt = nxt

def make(seq):
    return N(seq[0], make(seq[1:])) if seq else None

def merge(a, b):
    if a is None:
        return b
    if b is None:
        return a
    if a.v <= b.v:
        a.nxt = merge(a.nxt, b)
        return a
    b.nxt = merge(a, b.nxt)
    return b

def merged_values(xs, ys):
    node = merge(make(xs), make(ys))
    values = []
    while node:
        values.append(node.v)
        node = node.nxt
    return values

#: [1, 2, 3, 0], 0
#: choice([1, 2, -1], [3, 0, 1, 1], [0]), 0
def has_cycle(next_of, start):
    slow = fast = start
    while True:
        slow = next_of[slow]
        fast = next_of[fast]
        if fast == -1:
            return False
        fast = next_of[fast]
        if fast == -1:
            return False
        if slow == fast:
            return True

#: list_(choice("push", "pop", "peek"), 1, 6)
class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def pop(self):
        if self.is_empty():
            return None
        return self.items.pop()

    def peek(self):
        return self.items[-1] if self.items else None

    def is_empty(self):
        return len(self.items) == 0

def demo(ops):
    s = Stack()
    number = 1
    results = []
    for op in ops:
        if op == "push":
            s.push(number * number)
            number += 1
        elif op == "pop":
            results.append(s.pop())
        else:
            results.append(s.peek())
    return results

#: list_(int_(1, 20), 1, 5)
class MinStack:
    def __init__(self):
        self.data = []
        self.mins = []

    def push(self, x):
        self.data.append(x)
        if not self.mins or x <= self.mins[-1]:
            self.mins.append(x)

    def pop(self):
        x = self.data.pop()
        if x == self.mins[-1]:
            self.mins.pop()
        return x

def minima(xs):
    ms = MinStack()
    for x in xs:
        ms.push(x)
    trail = []
    while ms.data:
        trail.append((ms.mins[-1], ms.pop()))
    return trail

#: list_(one_of(int_(1, 9), choice("out")), 1, 7)
class QueueWithStacks:
    def __init__(self):
        self.inbox, self.outbox = [], []

    def enqueue(self, x):
        self.inbox.append(x)

    def dequeue(self):
        if not self.outbox:
            while self.inbox:
                self.outbox.append(self.inbox.pop())
        return self.outbox.pop() if self.outbox else "empty"

def simulate(events):
    q = QueueWithStacks()
    served = []
    for e in events:
        if e == "out":
            served.append(q.dequeue())
        else:
            q.enqueue(e)
    return served, q.inbox, q.outbox

#: list_(int_(1, 9), 0, 6), int_(2, 3)
class RingBuffer:
    def __init__(self, capacity):
        self.buf = [None] * capacity
        self.start = 0
        self.count = 0

    def add(self, value):
        end = (self.start + self.count) % len(self.buf)
        self.buf[end] = value
        if self.count < len(self.buf):
            self.count += 1
        else:
            self.start = (self.start + 1) % len(self.buf)

    def to_list(self):
        return [self.buf[(self.start + i) % len(self.buf)] for i in range(self.count)]

def last_values(values, n):
    ring = RingBuffer(n)
    for v in values:
        ring.add(v)
    return ring.to_list()

#: list_(name(), 1, 5), int_(1, 4)
from collections import deque

def josephus(people, k):
    circle = deque(people)
    order = []
    while circle:
        circle.rotate(-(k - 1))
        order.append(circle.popleft())
    return order

#: list_(int_(2, 9), 1, 4), int_(2, 4)
from collections import deque

def round_robin(jobs, quantum):
    queue = deque(enumerate(jobs))
    clock = 0
    finished = {}
    while queue:
        job, left = queue.popleft()
        run = min(left, quantum)
        clock += run
        if left > run:
            queue.append((job, left - run))
        else:
            finished[job] = clock
    return finished

#: list_(tuple_(int_(1, 3), word()), 0, 5)
import heapq

class PriorityQueue:
    def __init__(self):
        self._heap = []
        self._n = 0

    def put(self, priority, item):
        heapq.heappush(self._heap, (priority, self._n, item))
        self._n += 1

    def get(self):
        return heapq.heappop(self._heap)[2]

    def __len__(self):
        return len(self._heap)

def emergency_room(patients):
    pq = PriorityQueue()
    for urgency, who in patients:
        pq.put(urgency, who)
    order = []
    while len(pq):
        order.append(pq.get())
    return order

#: list_(tuple_(word(), int_(1, 9)), 0, 5), 3
class HashTable:
    def __init__(self, size):
        self.size = size
        self.slots = [[] for _ in range(size)]

    def _index(self, key):
        return sum(ord(c) for c in key) % self.size

    def put(self, key, value):
        bucket = self.slots[self._index(key)]
        for pair in bucket:
            if pair[0] == key:
                pair[1] = value
                return
        bucket.append([key, value])

    def get(self, key):
        for k, v in self.slots[self._index(key)]:
            if k == key:
                return v

def fill(pairs, size):
    table = HashTable(size)
    for k, v in pairs:
        table.put(k, v)
    return table.slots

#: list_(tuple_(choice("a", "b", "c"), int_(1, 9)), 1, 6)
from collections import OrderedDict

class LRU:
    def __init__(self, cap):
        self.cap = cap
        self.store = OrderedDict()

    def put(self, k, v):
        if k in self.store:
            self.store.move_to_end(k)
        self.store[k] = v
        if len(self.store) > self.cap:
            old, _ = self.store.popitem(last=False)
            return old
        return None

def cache_demo(writes):
    cache = LRU(2)
    evicted = []
    for k, v in writes:
        gone = cache.put(k, v)
        if gone is not None:
            evicted.append(gone)
    return evicted, dict(cache.store)

#: list_(int_(1, 9), 1, 5), int_(1, 4)
class DNode:
    def __init__(self, v):
        self.v = v
        self.prev = self.next = self

    def insert_after(self, other):
        other.next = self.next
        other.prev = self
        self.next.prev = other
        self.next = other

    def unlink(self):
        self.prev.next = self.next
        self.next.prev = self.prev

def circle_game(values, step):
    current = DNode(values[0])
    for v in values[1:]:
        fresh = DNode(v)
        current.insert_after(fresh)
        current = fresh
    while current.next is not current:
        for _ in range(step):
            current = current.next
        current.unlink()
        current = current.next
    return current.v

#: choice("hello", "ab", ""), list_(choice("L", "R", "x", "DEL"), 0, 5)
def text_cursor(text, keys):
    left, right = list(text), []
    for key in keys:
        if key == "L":
            if left:
                right.append(left.pop())
        elif key == "R":
            if right:
                left.append(right.pop())
        elif key == "DEL":
            if left:
                left.pop()
        else:
            left.append(key)
    return "".join(left) + "|" + "".join(reversed(right))
