"""Seeds: dictionaries as tables, counters, caches, graphs and records."""

#: list_(tuple_(name(), int_(0, 50)), 0, 5)
#: [('Eve', 0)]
#: []
def totals(rows):
    total = {}
    for who, amount in rows:
        total[who] = total.get(who, 0) + amount
    total['all'] = sum(total.values())
    return total

#: dict_(char(), list_(char(), 0, 2), 1, 4), char()
#: {'a': ['b', 'c'], 'b': ['c'], 'c': []}, 'a'
#: {}, 'a'
def reachable(graph, start):
    todo = [start]
    seen = []
    while todo:
        node = todo.pop(0)
        if node in seen:
            continue
        seen.append(node)
        todo += graph.get(node, [])
    return seen

#: int_(0, 8)
#: 1
#: 0
def f(n, memo=None):
    if memo is None:
        memo = {0: 0, 1: 1}
    if n not in memo:
        memo[n] = f(n - 1, memo) + f(n - 2, memo)
    return memo[n]

#: list_(int_(1, 6), 0, 4)
#: [1]
#: []
def f(nums, cache={}):
    cache.clear()
    for n in nums:
        if n in cache:
            cache[n] += 1
        else:
            cache[n] = cache.get(n - 1, 0)
    return cache

#: letters(0, 6), letters(0, 6)
#: 'egg', 'foo'
#: 'ab', 'aa'
def isomorphic(a, b):
    to, back = {}, {}
    for x, y in zip(a, b):
        if to.setdefault(x, y) != y or back.setdefault(y, x) != x:
            return x + y
    return len(a) == len(b)

#: list_(int_(-5, 9), 0, 6), int_(0, 10)
#: [5, 5], 10
#: [], 0
def two_sum(nums, target):
    seen = {}
    for i, n in enumerate(nums):
        if target - n in seen:
            return seen[target - n], i
        seen[n] = i
    return seen

#: words(0, 6)
#: 'Level a'
#: ''
def f(text):
    lengths = {}
    for w in text.split():
        lengths.setdefault(len(w), []).append(w[::-1])
    return {k: lengths[k] for k in sorted(lengths, reverse=True)}

#: dict_(name(), int_(0, 100), 0, 5)
#: {'A': 50}
#: {}
def grades(marks):
    out = {}
    for name, m in marks.items():
        out[name] = 'A' if m >= 80 else 'B' if m >= 50 else 'F'
    fails = [n for n in out if out[n] == 'F']
    if len(fails) == len(out):
        out.clear()
    return out, fails

#: list_(dict_(choice('a', 'b', 'c'), int_(), 0, 3), 0, 3)
#: [{'a': 1}, {'a': 2}]
#: []
def f(dicts):
    result = {}
    for d in dicts:
        for k, v in d.items():
            if k in result:
                result[k] = max(result[k], v)
            else:
                result[k] = v
    return result

#: matrix(choice(0, 1), 3, 3)
#: [[1]]
#: []
def cells(grid):
    on = {}
    for y, row in enumerate(grid):
        for x, v in enumerate(row):
            if v:
                on[x, y] = on.get((x - 1, y), 0) + 1
    return on

#: dict_(char(), int_(0, 5), 0, 4), list_(char(), 0, 4)
#: {'a': 1}, ['a', 'a']
#: {}, ['b']
def spend(stock, orders):
    missed = 0
    for item in orders:
        if stock.get(item, 0) > 0:
            stock[item] -= 1
            if not stock[item]:
                del stock[item]
        else:
            missed += 1
    return stock, missed

#: joined(choice('I', 'V', 'X'), '', 0, 4)
#: 'IX'
#: 'MCMXC'
#: ''
def roman_value(s):
    value = {'I': 1, 'V': 5, 'X': 10, 'L': 50, 'C': 100, 'D': 500, 'M': 1000}
    total = 0
    for a, b in zip(s, s[1:] + ' '):
        n = value[a]
        total += -n if n < value.get(b, 0) else n
    return total

#: list_(choice('north', 'south', 'up', 'east'), 0, 5)
#: ['stay']
#: []
def walk(moves):
    delta = {'north': (0, 1), 'south': (0, -1), 'east': (1, 0)}
    x = y = 0
    for m in moves:
        try:
            dx, dy = delta[m]
        except KeyError:
            return m, (x, y)
        x, y = x + dx, y + dy
    return x, y

#: dict_(word(), one_of(int_(), word(), list_(int_(), 0, 2)), 0, 4)
#: {'n': None}
#: {}
def type_names(record):
    names = {k: type(v).__name__ for k, v in record.items()}
    return names, len(set(names.values()))

#: dict_(char(), int_(1, 5), 0, 4)
#: {'z': 1}
#: {}
def f(counts):
    s = ''
    while counts:
        for k in sorted(counts):
            s += k
            counts[k] -= 1
        counts = {k: n for k, n in counts.items() if n}
    return s

#: list_(word(), 0, 5)
#: ['ab', 'ba']
#: []
def anagram_groups(words):
    groups = {}
    for w in words:
        key = ''.join(sorted(w.lower()))
        groups.setdefault(key, []).append(w)
    return list(groups.values())

#: dict_(name(), none_or(name()), 0, 4), name()
#: {'Bob': 'Eve', 'Eve': None}, 'Bob'
#: {}, 'Bob'
def chain(boss, who):
    path = [who]
    while (nxt := boss.get(who)) is not None and nxt not in path:
        path.append(nxt)
        who = nxt
    return ' > '.join(path)

#: dict_(choice('a', 'b', 'c'), list_(choice('a', 'b', 'c', 'd'), 0, 2), 0, 3)
#: {'a': ['b'], 'b': []}
#: {}
def order(needs):
    done = []
    todo = dict(needs)
    changed = True
    while changed:
        changed = False
        for job in list(todo):
            if all(n in done or n not in needs for n in todo[job]):
                done.append(job)
                del todo[job]
                changed = True
    return done, list(todo)

#: letters(0, 8)
#: 'abcabc'
#: ''
def longest_distinct(s):
    last = {}
    start = best = 0
    for i, c in enumerate(s):
        if last.get(c, -1) >= start:
            start = last[c] + 1
        last[c] = i
        best = max(best, i - start + 1)
    return best, s[start:]

#: dict_(word(), int_(), 0, 4), choice('add', 'drop', 'peek', 'zap'), word()
#: {}, 'drop', 'x'
#: {'x': 1}, 'drop', 'x'
def act(d, action, key):
    actions = {
        'add': lambda: d.__setitem__(key, 1),
        'drop': lambda: d.pop(key, 'gone'),
        'peek': lambda: d.get(key, '?'),
    }
    result = actions.get(action, lambda: action)()
    return result, d

#: dict_(choice('width', 'height', 'x'), int_(0, 9), 0, 3)
#: {'width': 2, 'height': 3}
#: {}
def f(options):
    defaults = {'width': 80, 'colour': 'red'}
    final = {**defaults, **options}
    extra = [k for k in options if k not in defaults]
    defaults |= {'width': final['width'] // 2}
    return defaults, extra, final

#: text(0, 12)
#: 'aAbB'
#: '1'
def kinds(s):
    tally = dict(upper=0, lower=0, digit=0, other=0)
    for c in s:
        if c.isupper(): tally['upper'] += 1
        elif c.islower(): tally['lower'] += 1
        elif c.isdigit(): tally['digit'] += 1
        else: tally['other'] += 1
    return {k: v for k, v in tally.items() if v}

#: list_(tuple_(word(), choice('red', 'blue')), 0, 5)
#: [('a', 'red'), ('a', 'blue')]
#: []
def f(items):
    by = {'red': [], 'blue': []}
    for thing, colour in items:
        other = by['blue' if colour == 'red' else 'red']
        if thing in other:
            other.remove(thing)
        by[colour].append(thing)
    return by

#: dict_(int_(0, 9), int_(0, 9), 0, 4), int_(0, 9)
#: {1: 2, 2: 1}, 1
#: {}, 0
def cycle_length(step, at):
    seen = {}
    while at in step and at not in seen:
        seen[at] = len(seen)
        at = step[at]
    return len(seen) - seen[at] if at in seen else 0

#: dict_(char(), float_(0, 5, 1), 0, 3), dict_(char(), int_(1, 3), 0, 3)
#: {'a': 1.5}, {'a': 2}
#: {}, {'a': 1}
def bill(prices, basket):
    due, unknown = 0.0, []
    for item, n in basket.items():
        price = prices.get(item)
        if price is None:
            unknown.append(item)
            continue
        due += price * n
    return round(due, 2), unknown

#: dict_(word(), int_(), 0, 4)
#: {'a': 1}
#: {}
def f(d):
    items = list(d.items())
    items.sort(key=lambda kv: kv[1], reverse=True)
    d.clear()
    d.update(items[:2])
    rest = dict(items[2:])
    return d, rest

#: list_(one_of(int_(0, 3), word()), 0, 6)
#: [1, True, 1.0]
#: []
def f(xs):
    count = {}
    for x in xs:
        count[x] = count.setdefault(x, 0) + 1
    return count, [k for k in count if count[k] == 1]

#: dict_(word(), int_(1, 9), 0, 4)
#: {'a': 4}
#: {}
def shares(parts):
    total = sum(parts.values())
    try:
        return {k: f'{100 * v / total:.0f}%' for k, v in parts.items()} or total / total
    except ZeroDivisionError:
        return {}

#: list_(date(), 0, 4)
#: ['2024-02-29', '2024-02-01']
#: []
def by_month(dates):
    out = {}
    for d in dates:
        year, month, day = d.split('-')
        out.setdefault(year, {}).setdefault(int(month), []).append(int(day))
    return out

#: dict_(char(), char(), 0, 5), letters(1, 6)
#: {'a': 'b', 'b': 'c'}, 'ab'
#: {}, ''
def substitute(table, text):
    once = ''.join(table.get(c, c) for c in text)
    twice = ''.join(table.get(c, c.upper()) for c in once)
    return once, twice

#: tuple_(word(), int_()), dict_(word(), int_(), 0, 2)
#: (), {}
#: ('a', 1, 2), {'b': 3}
def call(args, kwargs):
    def inner(*args, **kwargs):
        return len(args), sorted(kwargs), args[::-1]
    return inner(*args, **kwargs)

#: dict_(char(), int_(), 0, 3)
#: {'a': 1}
#: {}
def f(d):
    keys = d.keys()
    n = len(keys)
    d['zz'] = n
    view = list(keys)
    d.pop(view[0])
    return n, view, len(keys), 'zz' in keys

#: dict_(word(), int_(0, 3), 1, 5), int_(0, 3)
#: {'a': 1}, 1
#: {}, 1
def keys_for(d, value):
    match = [k for k, v in d.items() if v == value]
    for k in match:
        d.pop(k)
    return match[0] if len(match) == 1 else (match, list(d))

#: list_(list_(char(), 2, 2), 0, 4)
#: [['a', 'b'], ['b', 'a']]
#: []
def degrees(edges):
    near = {}
    for a, b in edges:
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    return {k: len(v) for k, v in sorted(near.items()) if len(v) != 1} or near
