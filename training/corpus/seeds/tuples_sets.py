"""Seeds: tuples, unpacking, sets in ways that do not show their order."""

#: tuple_(int_(), word(), int_())
#: (1, 'a', 2)
#: ('x', '', 'y')
def f(t):
    a, _, b = t
    return t[::-1] + (a == b,)

#: list_(int_(), 0, 6)
#: [1]
#: []
def head_tail(xs):
    try:
        first, *rest, last = xs
    except ValueError:
        return tuple(xs) * 2
    return (last, rest, first)

#: tuple_(int_(), int_()), tuple_(int_(), int_(), int_())
#: (1, 2), (1, 2, 0)
#: (), (1, 2, 3)
def f(a, b):
    if a < b:
        return a + b
    return b + a if len(a) != len(b) else max(a, b)

#: list_(int_(0, 5), 0, 7), list_(int_(0, 5), 0, 7)
#: [], [1]
#: [1, 1], [1]
def set_sizes(a, b):
    a, b = set(a), set(b)
    return len(a | b), len(a & b), len(a - b), len(a ^ b), a <= b

#: letters(0, 8), letters(0, 8)
#: 'abc', 'cba'
#: '', 'x'
def f(s, t):
    common = set(s).intersection(t)
    if not common:
        return s.isdisjoint(t) if isinstance(s, set) else 'disjoint'
    return ''.join(sorted(common))

#: list_(word(), 0, 6)
#: ['a', 'a']
#: []
def unique_sorted(words):
    found = set()
    twice = set()
    for w in words:
        if w in found:
            twice.add(w)
        found.add(w)
    return sorted(found - twice), sorted(twice)

#: tuple_(int_(), int_(), int_()), index_of(0), int_()
#: (1,), 0, 9
#: (), 0, 1
def replaced(t, i, value):
    try:
        t[i] = value
    except TypeError:
        changed = list(t)
        changed[i:i + 1] = [value]
        t = tuple(changed)
    return t

#: list_(tuple_(int_(0, 5), int_(0, 5)), 0, 5)
#: [(1, 2), (2, 1)]
#: []
def unordered_pairs(edges):
    seen = set()
    for a, b in edges:
        seen.add(frozenset((a, b)))
    loops = sum(1 for e in seen if len(e) == 1)
    return len(seen), loops

#: tuple_(word(), int_(), word())
#: ('a', 'a', 'a')
#: (1,)
def f(t):
    return t.count(t[0]), t.index(t[-1]), t * 2, t[1:], (t,)

#: list_(int_(0, 9), 0, 6), int_(0, 9)
#: [3], 3
#: [], 0
def toggles(xs, x):
    s = set(xs)
    if x in s:
        s.remove(x)
    else:
        s.discard(-1)
        s.add(x)
    return sorted(s, reverse=True)

#: list_(int_(0, 4), 0, 5), int_(0, 4)
#: [1], 2
#: [2], 2
def remove_strict(xs, x):
    s = frozenset(xs)
    t = set(s)
    try:
        t.remove(x)
    except KeyError as err:
        return 'no', err.args, len(t)
    return len(s) - len(t), s > t, x in s

#: list_(tuple_(int_(0, 9), int_(0, 9)), 0, 4)
#: [(1, 1)]
#: []
def f(points):
    xs, ys = zip(*points) if points else ((), ())
    return max(xs, default=0) - min(xs, default=0), sum(ys), xs

#: sentence()
#: ''
#: 'The quick brown fox jumps over the lazy dog'
def missing_letters(s):
    alphabet = set('abcdefghijklmnop')
    left = alphabet - set(s.lower())
    return ''.join(sorted(left)) or 'pangram'

#: int_(-9, 9), int_(-9, 9), int_(-9, 9)
#: 1, 1, 1
#: 3, 2, 1
def order3(a, b, c):
    if a > b:
        a, b = b, a
    if b > c:
        b, c = c, b
    if a > b:
        a, b = b, a
    return a, b, c

#: list_(list_(int_(0, 4), 0, 4), 0, 3)
#: [[1], [2]]
#: []
def all_values(lists):
    total = set()
    sizes = []
    for lst in lists:
        total |= set(lst)
        sizes.append(len(total))
    return sizes, sum(total)

#: list_(int_(0, 6), 0, 6)
#: [6, 5, 4]
#: []
def longest_run(nums):
    pool = set(nums)
    best = 0
    for n in sorted(pool):
        if n - 1 not in pool:
            end = n
            while end + 1 in pool:
                end += 1
            best = max(best, end - n + 1)
    return best

#: tuple_(tuple_(int_(), int_()), word())
#: ((0, 0), '')
#: ((1, 2, 3), 'a')
def nested(item):
    try:
        (x, y), label = item
    except ValueError as e:
        return str(e)
    return {label: (y, x)}, (label, x) < (label, y)

#: int_(0, 6), int_(0, 6)
#: 0, 0
#: 5, 5
def f(a, b):
    t = a, b
    a, b = t[b > a], t[a >= b]
    t += (a - b,)
    return t

#: list_(one_of(int_(0, 2), bool_(), float_(0, 2, 1)), 0, 5)
#: [1, True, 1.0]
#: []
def distinct_count(xs):
    return len(set(xs)), len(set(map(str, xs))), len({type(x) for x in xs})

#: one_of(list_(int_(), 0, 2), tuple_(int_()), word(), int_())
#: {}
#: ([],)
def hashable(x):
    try:
        s = {x}
    except TypeError as e:
        return str(e)
    return x in s, len(s)

#: list_(int_(-9, 9), 1, 6)
#: [0]
#: []
def min_max(nums):
    def stats(xs):
        return min(xs), max(xs), len(xs)

    if nums:
        lo, hi, n = stats(nums)
        return (hi - lo) / n
    return ()

#: tuple_(int_(), int_(), int_(), int_()), int_(0, 5)
#: (), 2
#: (1, 2), 0
def f(t, n):
    for _ in range(n):
        t = t[1:] + t[:1]
        if t and t[0] == max(t):
            break
    else:
        t += ('end',)
    return t

#: list_(word(), 0, 4), list_(word(), 0, 4)
#: ['a'], ['a', 'b']
#: [], []
def relation(a, b):
    a, b = set(a), set(b)
    if a == b:
        return 'equal'
    if a < b:
        return 'subset'
    if a.issuperset(b):
        return 'superset'
    return 'disjoint' if a.isdisjoint(b) else 'overlap'

#: list_(tuple_(name(), int_(1, 9)), 0, 4)
#: [('Al', 2), ('Bo', 2)]
#: []
def tuple_sort(people):
    people = sorted(people, key=lambda p: (-p[1], p[0]))
    return tuple(n[:2] for n, _ in people), tuple(a for _, a in people)

#: list_(tuple_(int_(0, 9), int_(0, 9)), 0, 5)
#: [(1, 5), (5, 6)]
#: []
def join_ranges(ranges):
    out = []
    for lo, hi in sorted((min(r), max(r)) for r in ranges):
        if out and lo <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], hi))
        else:
            out.append((lo, hi))
    return out

#: int_(1, 5), int_(1, 5)
#: 0, 3
def grid_points(w, h):
    pts = [(x, y) for x in range(w) for y in range(h) if (x + y) % 2]
    return len(pts), pts[-1:], (0, 1) in pts

#: list_(int_(0, 9), 0, 5)
#: [2]
#: []
def f(nums):
    t = ()
    for n in nums:
        t = (n,) + t if n % 2 else t + (n,)
    return t, t[:1] * len(t)

#: text(0, 10)
#: 'abba'
#: ''
def alternating(s):
    seen = set()
    flips = 0
    for c in s:
        if c in seen:
            seen.clear()
            flips += 1
        seen.add(c)
    return flips, len(seen)

#: distinct(int_(0, 5), 0, 4), distinct(int_(0, 5), 0, 4)
#: [1], [1]
#: [], [2]
def f(a, b):
    s = set(a)
    s.update(b, [9])
    s.difference_update([0, 1])
    s.intersection_update(range(3, 10))
    return sorted(s), min(s)

#: tuple_(int_(), none_or(word()), bool_())
#: (0, '', False)
#: ()
def truthy(t):
    return tuple(filter(None, t)), any(t), all(t), bool(t), t or None

#: dict_(tuple_(int_(0, 2), int_(0, 2)), word(), 0, 4)
#: {(0, 1): 'a', (1, 0): 'b'}
#: {}
def mirror_keys(d):
    hits = []
    for (x, y), v in d.items():
        if (y, x) in d and x < y:
            hits.append(v + d[y, x])
        elif x == y:
            hits.append(v)
    return hits
