#:
def main():
    people = [
        {"name": "Ada", "age": 36},
        {"name": "Bob", "age": 17},
        {"name": "Cem", "age": 52},
    ]
    adults = []
    for p in people:
        if p["age"] >= 18:
            adults.append(p["name"])
    print("Adults:", adults)
    return len(adults)

#: dict_(word(), tuple_(int_(0, 9), float_(1, 9, 2)), 0, 4)
def inventory_value(inventory):
    total = 0.0
    low = []
    for item, (count, price) in inventory.items():
        total += count * price
        if count < 3:
            low.append(item)
    print("reorder:", *low)
    return round(total, 2)

#: {"apple": {"qty": 5, "price": 2}, "pear": {"qty": 0, "price": 3}}, choice("apple", "pear", "fig"), int_(1, 6)
def sell(stock, product, quantity):
    if product not in stock:
        return "unknown product"
    entry = stock[product]
    if entry["qty"] < quantity:
        return f"only {entry['qty']} left"
    entry["qty"] -= quantity
    income = quantity * entry["price"]
    return income, stock

#: list_(tuple_(choice("math", "art", "bio"), int_(1, 6)), 0, 6)
from collections import defaultdict

def averages(marks):
    by_subject = defaultdict(list)
    for subject, mark in marks:
        by_subject[subject].append(mark)
    return {s: round(sum(m) / len(m), 1) for s, m in by_subject.items()}

#: words(1, 6)
from collections import Counter

def top_letters(text):
    counts = Counter(text.replace(" ", ""))
    best = counts.most_common(2)
    rare = [c for c, n in counts.items() if n == 1]
    return best, len(rare)

#: list_(choice("red", "blue", "green"), 0, 6)
from collections import Counter

def election(votes):
    result = Counter(votes)
    if not result:
        return "no votes"
    (winner, n), *others = result.most_common()
    if others and others[0][1] == n:
        return "tie"
    return f"{winner} with {n}"

#: "ann,30,Oslo;bob,25,Rome"
#: choice("x,1,Bonn;y,2", "z,19,Kiel")
def parse_table(text):
    rows = []
    for line in text.split(";"):
        fields = line.split(",")
        if len(fields) != 3:
            print("bad line:", line)
            continue
        name, age, city = fields
        rows.append({"name": name.title(), "age": int(age), "city": city})
    return rows

#: choice("id,name\n1,ann\n2,bo", "a,b,c\n1,2,3", "x")
def read_csv(text):
    lines = text.splitlines()
    header = lines[0].split(",")
    return [dict(zip(header, line.split(","))) for line in lines[1:]]

#: choice("a=1;b=2;c", "x = 5 ; y= hello", "")
def parse_pairs(line):
    result = {}
    for chunk in line.split(";"):
        if "=" not in chunk:
            continue
        key, value = chunk.split("=", 1)
        key = key.strip()
        value = value.strip()
        result[key] = int(value) if value.isdigit() else value
    return result

#: choice("name=ann&age=5", "q=a+b", "x")
def query_string(q):
    out = {}
    for part in q.split("&"):
        k, _, v = part.partition("=")
        out[k] = v.replace("+", " ") or None
    return out

#: dict_(name(), list_(int_(50, 100), 1, 3), 1, 3)
def report_cards(book):
    best_name, best_avg = "", 0
    for name in sorted(book):
        avg = sum(book[name]) / len(book[name])
        stars = "*" * int(avg // 20)
        print(f"{name:8}|{avg:6.1f}|{stars}")
        if avg > best_avg:
            best_name, best_avg = name, avg
    return best_name

#: dict_(char(), int_(1, 5), 0, 4)
def invert(d):
    inverted = {}
    for k, v in d.items():
        inverted.setdefault(v, []).append(k)
    return inverted

#: dict_(char(), int_(1, 9), 0, 3), dict_(char(), int_(1, 9), 0, 3)
def merge_dicts(a, b):
    merged = dict(a)
    for key in b:
        if key in merged:
            merged[key] += b[key]
        else:
            merged[key] = b[key]
    return merged

#: dict_(word(), int_(0, 20), 0, 5), int_(0, 20)
def filter_stock(stock, minimum):
    return {k: v for k, v in sorted(stock.items()) if v >= minimum}

#: list_(tuple_(choice("deposit", "withdraw", "check"), int_(1, 90)), 0, 5)
def process(transactions):
    balance = 50
    for kind, amount in transactions:
        match kind:
            case "deposit":
                balance += amount
            case "withdraw" if amount <= balance:
                balance -= amount
            case "withdraw":
                print("refused", amount)
            case _:
                print("balance is", balance)
    return balance

#: [{"to": "a", "amount": 5}, {"to": "b"}, {"amount": 3}]
#: list_(choice({"to": "x", "amount": 9}, {}, {"to": "y", "amount": 0}), 0, 3)
def summarise(messages):
    sums = {}
    for m in messages:
        match m:
            case {"to": who, "amount": n} if n > 0:
                sums[who] = sums.get(who, 0) + n
            case {"to": who}:
                sums.setdefault(who, 0)
            case {}:
                print("ignored")
    return sums

#: list_(tuple_(name(), choice("2024", "2023"), int_(1, 9)), 0, 5)
def pivot(sales):
    table = {}
    for seller, year, amount in sales:
        row = table.setdefault(seller, {})
        row[year] = row.get(year, 0) + amount
    totals = {seller: sum(row.values()) for seller, row in table.items()}
    return table, totals

#: list_(list_(choice("milk", "tea", "jam"), 1, 3), 0, 4)
def bought_together(baskets):
    pairs = {}
    for basket in baskets:
        unique = sorted(set(basket))
        for i, a in enumerate(unique):
            for b in unique[i + 1:]:
                pairs[a, b] = pairs.get((a, b), 0) + 1
    return pairs

#: list_(tuple_(word(), int_(1, 5)), 0, 4), choice("name", "size", "none")
def sort_files(files, by):
    if by == "name":
        files.sort()
    elif by == "size":
        files.sort(key=lambda f: f[1], reverse=True)
    else:
        print("unsorted")
    width = max((len(n) for n, _ in files), default=0)
    return [n.ljust(width, ".") + str(s) for n, s in files]

#: {"ann": ["bob", "cem"], "bob": ["ann"], "cem": []}, choice("ann", "bob")
def suggestions(friends, user):
    suggested = []
    for friend in friends[user]:
        for other in friends[friend]:
            if other != user and other not in friends[user] and other not in suggested:
                suggested.append(other)
    return suggested or "nobody"

#: list_(choice("add pen", "add cup", "del pen", "list", "oops"), 0, 6)
def menu(commands):
    items = []
    queue = list(commands) + ["quit"]
    while True:
        command = queue.pop(0)
        if command == "quit":
            break
        word, _, argument = command.partition(" ")
        if word == "add":
            items.append(argument)
        elif word == "del":
            if argument in items:
                items.remove(argument)
        elif word == "list":
            print(items)
        else:
            print("Unknown command:", command)
    return items

#: dict_(choice("x", "y", "z"), one_of(int_(0, 9), none_or(word()), list_(int_(0, 3), 0, 2)), 0, 3)
def to_json(value):
    if isinstance(value, dict):
        inner = ", ".join(f'"{k}": {to_json(v)}' for k, v in value.items())
        return "{" + inner + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(to_json, value)) + "]"
    if value is None:
        return "null"
    if isinstance(value, str):
        return '"' + value + '"'
    return str(value)

#: list_(int_(0, 9), 0, 4)
import copy

def aliasing(numbers):
    alias = numbers
    shallow = numbers[:]
    nested = [numbers, shallow]
    deep = copy.deepcopy(nested)
    alias.append("new")
    nested[1].append("late")
    return numbers, shallow, deep, alias is numbers

#: int_(1, 3)
def grid_trap(n):
    bad = [[0] * n] * n
    good = [[0] * n for _ in range(n)]
    bad[0][0] = 7
    good[0][0] = 7
    return bad, good

#: {"a": [1], "b": 2}
#: dict_(char(), list_(int_(0, 9), 0, 2), 1, 3)
def shallow_dict(original):
    copy = original.copy()
    for key in copy:
        if isinstance(copy[key], list):
            copy[key].append(0)
        else:
            copy[key] += 1
    copy["extra"] = None
    return original, list(copy)

#: list_(int_(0, 9), 1, 4), int_(0, 9)
def change_number(n):
    n += 1
    return n

def change_list(lst):
    lst.append(99)
    lst = [0]
    return lst

def pass_by_object(numbers, n):
    m = change_number(n)
    other = change_list(numbers)
    return n, m, numbers, other
