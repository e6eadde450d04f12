#:
def main():
    numbers = [4, 8, 15, 16, 23, 42]
    total = 0
    for number in numbers:
        total += number
    average = total / len(numbers)
    print("Total:", total)
    print("Average:", average)
    return average

#:
def square(x):
    return x * x

def sum_of_squares(n):
    result = 0
    for i in range(1, n + 1):
        result += square(i)
    return result

def main():
    difference = sum_of_squares(5) - square(sum(range(1, 6)))
    print(difference)
    return difference

#:
def is_prime(n):
    if n < 2:
        return False
    for d in range(2, n):
        if n % d == 0:
            return False
    return True

def main():
    twins = []
    for n in range(2, 14):
        if is_prime(n) and is_prime(n + 2):
            twins.append((n, n + 2))
    return twins

#:
SCORES = {"Mia": [90, 85], "Leo": [70, 65, 80], "Zoe": []}

def average(values):
    if not values:
        return 0.0
    return sum(values) / len(values)

def best(table):
    winner = None
    top = -1
    for name, values in table.items():
        avg = average(values)
        if avg > top:
            top = avg
            winner = name
    return winner, top

def main():
    name, points = best(SCORES)
    print(f"{name} wins with {points:.1f} points")
    return name

#:
def main():
    text = "the rain in spain stays mainly in the plain"
    words = text.split()
    counts = {}
    for w in words:
        counts[w] = counts.get(w, 0) + 1
    repeated = sorted(w for w, n in counts.items() if n > 1)
    print(len(words), "words,", len(counts), "different")
    return repeated

#:
class Node:
    def __init__(self, value):
        self.value = value
        self.children = []

def add(parent, value):
    child = Node(value)
    parent.children.append(child)
    return child

def depth(node):
    if not node.children:
        return 1
    return 1 + max(depth(c) for c in node.children)

def main():
    root = Node("ceo")
    dev = add(root, "dev lead")
    add(root, "sales")
    add(dev, "junior")
    return depth(root)

#:
def deposit(account, amount):
    account["balance"] += amount
    account["history"].append(("in", amount))

def withdraw(account, amount):
    if account["balance"] < amount:
        account["history"].append(("refused", amount))
        return False
    account["balance"] -= amount
    account["history"].append(("out", amount))
    return True

def main():
    account = {"balance": 100, "history": []}
    deposit(account, 50)
    ok = withdraw(account, 500)
    ok = withdraw(account, 70) or ok
    for kind, amount in account["history"]:
        print(f"{kind:>8}: {amount}")
    return ok, account["balance"]

#:
def main() -> dict[str, int]:
    commands: list[str] = ["set x 5", "set y 2", "add x y", "show x", "halt", "show y"]
    memory: dict[str, int] = {}
    for line in commands:
        match line.split():
            case ["set", name, value]:
                memory[name] = int(value)
            case ["add", a, b]:
                memory[a] += memory[b]
            case ["show", name]:
                print(name, "=", memory[name])
            case ["halt"]:
                break
    return memory

#:
def make_grid(w, h):
    return [["." for _ in range(w)] for _ in range(h)]

def draw_line(grid, row, start, end):
    for col in range(start, end + 1):
        grid[row][col] = "-"

def draw_box(grid, top, left):
    for r, c in ((0, 0), (0, 1), (1, 0), (1, 1)):
        grid[top + r][left + c] = "#"

def main():
    canvas = make_grid(5, 3)
    draw_line(canvas, 2, 0, 3)
    draw_box(canvas, 0, 3)
    lines = ["".join(row) for row in canvas]
    print("\n".join(lines))
    return lines[2]

#:
from collections import deque

def main():
    printer = deque()
    printer.append(("report", 3))
    printer.append(("photo", 1))
    printer.appendleft(("urgent", 2))
    pages = 0
    order = []
    while printer:
        job, n = printer.popleft()
        pages += n
        order.append(job)
        if job == "urgent":
            printer.append(("copy", 1))
    return order, pages

#:
def main():
    a = [1, 2, 3]
    b = a
    c = list(a)
    b.append(4)
    c += [5]
    d = (a, c)
    d[0].pop(0)
    print(a, b, c)
    print(a is b, a == c, len(d))
    return d

#:
def main():
    names = ["Ida", "Tom", "Eve"]
    ages = [30, 41, 25]
    cities = ["Oslo", "Rome"]
    print(f"{'Name':<6}|{'Age':>4}|{'City':^8}")
    print("-" * 20)
    rows = 0
    for i, (name, age) in enumerate(zip(names, ages)):
        city = cities[i] if i < len(cities) else "?"
        print(f"{name:<6}|{age:>4}|{city:^8}")
        rows += 1
    return rows

#: int_(1, 9)
def check(value):
    if value % 2 == 0:
        return handle_even(value)
    return handle_odd(value)

def handle_even(value):
    print("even", value)
    return value // 2

def handle_odd(value):
    print("odd", value)
    return 3 * value + 1

def process(value):
    seen = []
    while value not in seen and len(seen) < 6:
        seen.append(value)
        value = check(value)
    return seen

#: sentence()
def clean(text):
    return "".join(c for c in text if c.isalpha() or c == " ").lower()

def count_words(text):
    return len(text.split())

def count_long_words(text, limit=5):
    n = 0
    for w in text.split():
        if len(w) > limit:
            n += 1
    return n

def readability(sentence):
    plain = clean(sentence[:16])
    words = count_words(plain)
    if words == 0:
        return None
    share = 100 * count_long_words(plain) / words
    return f"{share:.0f}% long words"

#: float_(1, 9), float_(1, 9)
import math

def hypotenuse(a, b):
    return math.sqrt(a ** 2 + b ** 2)

def angle(a, b):
    return math.degrees(math.atan2(a, b))

def right_triangle(a, b):
    c = hypotenuse(a, b)
    alpha = angle(a, b)
    perimeter = a + b + c
    return {"c": round(c, 2), "alpha": round(alpha, 1), "perimeter": round(perimeter, 2)}

#: list_(tuple_(choice("pizza", "pasta", "salad"), int_(1, 3)), 0, 4), bool_()
MENU = {"pizza": 9.5, "pasta": 8.0}
SERVICE = 0.1

def line_price(dish, n):
    price = MENU.get(dish)
    if price is None:
        print("Sorry, no", dish)
        return 0
    return price * n

def with_service(amount):
    return amount * (1 + SERVICE)

def bill(orders, dine_in):
    total = sum(line_price(d, n) for d, n in orders)
    if dine_in:
        total = with_service(total)
    return f"{total:.2f} EUR"

#: list_(int_(1, 49), 3, 6), list_(int_(1, 49), 3, 6)
def unique_sorted(numbers):
    result = []
    for n in sorted(numbers):
        if not result or result[-1] != n:
            result.append(n)
    return result

def count_matches(ticket, drawn):
    i = j = hits = 0
    while i < len(ticket) and j < len(drawn):
        if ticket[i] == drawn[j]:
            hits += 1
            i += 1
            j += 1
        elif ticket[i] < drawn[j]:
            i += 1
        else:
            j += 1
    return hits

def lottery(ticket, drawn):
    hits = count_matches(unique_sorted(ticket), unique_sorted(drawn))
    prizes = {0: 0, 1: 2, 2: 20}
    return hits, prizes.get(hits, 500)

#: list_(int_(0, 12), 0, 5), list_(int_(0, 12), 0, 5)
def union(a, b):
    out = list(a)
    for x in b:
        if x not in out:
            out.append(x)
    return sorted(out)

def difference(a, b):
    return [x for x in a if x not in b]

def symmetric(a, b):
    return union(difference(a, b), difference(b, a))

def set_algebra(a, b):
    u = union(a, b)
    s = symmetric(a, b)
    assert len(s) <= len(u)
    return {"union": u, "only one": s}

#: choice("ls", "cd docs;touch a.txt;ls", "mkdir x;cd x;cd ..;ls", "rm y")
def resolve(fs, path):
    here = fs
    for name in path:
        here = here[name]
    return here

def execute(fs, cwd, command):
    op, *rest = command.split()
    folder = resolve(fs, cwd)
    if op == "cd":
        if rest[0] == "..":
            cwd.pop()
        else:
            cwd.append(rest[0])
    elif op == "mkdir":
        folder[rest[0]] = {}
    elif op == "touch":
        folder[rest[0]] = None
    elif op == "ls":
        return sorted(folder)
    else:
        return op + ": not found"
    return ""

def shell(script):
    fs = {"docs": {}, "readme": None}
    cwd = []
    outputs = []
    for command in script.split(";"):
        out = execute(fs, cwd, command)
        if out:
            outputs.append(out)
    return outputs

#: int_(1, 5), int_(1, 5)
x = 10

def first(a):
    global x
    x = x + a
    return second(a) + x

def second(b):
    x = b * 2
    return third(x)

def third(c):
    return c + x

def chain(a, b):
    r1 = first(a)
    r2 = third(b)
    return r1, r2, x

#: list_(int_(0, 100), 1, 5)
def normalize(values):
    low, high = min(values), max(values)
    if low == high:
        return [0.5] * len(values)
    return [round((v - low) / (high - low), 2) for v in values]

def bar(share, width=10):
    filled = int(share * width)
    return "[" + "#" * filled + " " * (width - filled) + "]"

def bar_chart(values):
    shares = normalize(values)
    for v, s in zip(values, shares):
        print(f"{v:>4} {bar(s)}")
    return shares.index(max(shares))
