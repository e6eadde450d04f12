"""Seeds: dictionary methods, their return values and the order of keys."""

#: dict_(word(), int_(), 0, 4), key_of(0)
#: {}, 'x'
#: {'x': 0}, 'x'
def f(d, key):
    value = d.get(key)
    if value:
        d[key] = value + 1
    else:
        d.setdefault(key, 10)
    return d

#: dict_(word(), int_(), 0, 5), key_of(0)
#: {'a': 1}, 'a'
#: {}, 'a'
def pop_or(dic, key):
    gone = dic.pop(key, None)
    if gone is None:
        dic['none'] = key
    return gone, list(dic)

#: dict_(word(), int_(), 0, 5)
#: {}
#: {'a': 1}
def f(d):
    out = []
    while d:
        k, v = d.popitem()
        out.append(k * (v % 3))
    return out, d

#: dict_(char(), int_(), 0, 4), dict_(char(), int_(), 0, 4)
#: {'a': 1}, {'a': 2}
#: {}, {}
def merge_sum(a, b):
    merged = a | b
    for k in sorted(a.keys() & b.keys()):
        merged[k] = a[k] + b[k]
    return merged

#: list_(word(), 0, 5), one_of(int_(), none_or(word()))
#: ['a', 'a'], 0
#: [], 1
def f(keys, default):
    d = dict.fromkeys(keys, default)
    d.update(dict.fromkeys(keys[:1]))
    return d, len(keys) - len(d)

#: list_(char(), 0, 4)
#: ['a', 'b', 'a']
#: []
def shared_default(keys):
    """fromkeys shares one list among all the keys."""
    d = dict.fromkeys(keys, [])
    for i, k in enumerate(keys):
        d[k].append(i)
    return d

#: dict_(word(), int_(0, 5), 0, 5)
#: {'a': 1, 'b': 1}
#: {}
def invert(d):
    back = {}
    for k, v in d.items():
        back.setdefault(v, []).append(k)
    return back

#: dict_(word(), int_(), 0, 5), int_()
#: {'a': 5}, 5
#: {}, 5
def f(d, limit):
    for k in list(d.keys()):
        if d[k] < limit:
            del d[k]
    return d or None

#: dict_(char(), int_(0, 4), 0, 4)
#: {'a': 0}
#: {}
def grow_while_reading(d):
    try:
        for k in d:
            if d[k] == 0:
                d[k + k] = 1
    except RuntimeError:
        return 'changed', d
    return 'same', d

#: dict_(word(), int_(), 0, 4), word(), int_()
#: {'a': 1, 'b': 2}, 'a', 3
#: {}, 'z', 0
def move_last(d, k, v):
    d.pop(k, 0)
    d[k] = v
    first = next(iter(d))
    return first, list(d.items())

#: letters(0, 10)
#: 'aabb'
#: ''
def f(text):
    counts = {}
    for c in text:
        counts[c] = counts.get(c, 0) + 1
    return sorted(counts.items(), key=lambda kv: (-kv[1], kv[0]))[:3]

#: words(0, 6)
#: 'a a'
#: ''
def last_seen(text):
    where = {}
    gaps = []
    for i, w in enumerate(text.split()):
        if w in where:
            gaps.append(i - where[w])
        where[w] = i
    return gaps, where

#: dict_(word(), list_(int_(), 0, 3), 0, 3), word(), int_()
#: {'a': []}, 'a', 1
#: {}, 'b', 2
def add_to(d, key, item):
    if key not in d:
        d = {key: [item], **d}
    elif item not in d[key]:
        d[key] += [item]
    return d

#: dict_(word(), int_(), 0, 4)
#: {'x': 1}
#: {}
def f(d):
    e = d
    c = d.copy()
    e['new'] = len(d)
    c.clear()
    return d, c, e is d

#: dict_(char(), list_(int_(), 1, 2), 1, 3)
#: {}
#: {'a': [1]}
def shallow(d):
    c = d.copy()
    for k in c:
        c[k].append(0)
        c[k] = c[k] + [1]
    return d, c

#: dict_(word(), int_(), 0, 5)
#: {'b': 1, 'a': 2}
#: {}
def f(dic):
    keys = sorted(dic)
    values = [dic[k] for k in reversed(keys)]
    return dict(zip(keys, values))

#: dict_(word(), int_(), 0, 5)
#: {'a': 3, 'b': 3}
#: {}
def best_key(d):
    try:
        return max(d, key=d.get), min(d, key=lambda k: (d[k], k))
    except ValueError:
        return None

#: joined(choice('a=1', 'b=2', 'c', 'a=3', '=4'), ';', 0, 4)
#: ''
#: ';'
def parse(text):
    out = {}
    for pair in text.split(';'):
        k, eq, v = pair.partition('=')
        if not eq:
            out[k] = True
        elif v.isdigit():
            out[k] = int(v)
    return out

#: dict_(choice('a', 'b', 'c'), int_(), 0, 3), dict_(choice('a', 'b', 'c'), int_(), 0, 3)
#: {}, {'a': 1}
#: {'a': 1}, {'a': 1}
def diff(old, new):
    changes = []
    for k in sorted(old | new):
        if k not in new:
            changes.append('-' + k)
        elif k not in old:
            changes.append('+' + k)
        elif old[k] != new[k]:
            changes.append(f'{k}:{new[k] - old[k]:+}')
    return changes

#: dict_(word(), word(), 0, 4), word()
#: {'a': 'b', 'b': 'a'}, 'a'
#: {}, 'a'
def follow(links, start):
    seen = [start]
    while seen[-1] in links:
        nxt = links[seen[-1]]
        if nxt in seen:
            return seen + ['...']
        seen.append(nxt)
    return seen

#: dict_(word(), dict_(char(), int_(), 0, 2), 0, 3), key_of(0), char()
#: {'a': {'b': 1}}, 'a', 'b'
#: {}, 'a', 'b'
def f(d, outer, inner):
    return d.get(outer, {}).get(inner, -1) + len(d)

#: dict_(char(), one_of(int_(), dict_(char(), int_(), 0, 2)), 0, 3)
#: {'a': {}}
#: {'a': {'b': {'c': 1}}}
def flatten(d, prefix=''):
    flat = {}
    for k, v in d.items():
        if isinstance(v, dict):
            flat.update(flatten(v, prefix + k + '.'))
        else:
            flat[prefix + k] = v
    return flat

#: list_(tuple_(char(), int_()), 0, 5)
#: [('a', 1), ('a', 2)]
#: []
def f(pairs):
    d = dict(pairs)
    e = dict(reversed(pairs))
    return [k for k in d if d[k] != e[k]], list(d.values())

#: list_(word(), 0, 5), list_(int_(), 0, 5)
#: ['a'], []
#: [], []
def zipped(keys, values):
    d = {k: v for k, v in zip(keys, values)}
    for k in keys[len(values):]:
        d[k] = None
    return d

#: dict_(int_(0, 3), word(), 0, 4)
#: {1: 'a', True: 'b'}
#: {}
def f(d):
    d[1.0] = 'float'
    d[False] = d.get(0, 'no')
    return d

#: dict_(word(), int_(-5, 5), 0, 4)
#: {'a': 0}
#: {}
def drop_falsy(d):
    return {k: v for k, v in d.items() if v}, sum(not v for v in d.values())

#: dict_(word(), int_(), 0, 3), one_of(dict_(word(), int_(), 0, 2), list_(tuple_(char(), int_()), 0, 2))
#: {}, [('a', 1), ['b', 2]]
#: {}, ['xy', 'zw']
def f(d, other):
    before = len(d)
    result = d.update(other)
    return result, len(d) - before, d

#: words(0, 5)
#: 'a'
#: ''
def index_words(text):
    index = {}
    for w in text.lower().split():
        index.setdefault(w[0], {})
        index[w[0]][w] = index[w[0]].get(w, 0) + 1
    return index

#: dict_(word(), int_(0, 9), 0, 5), int_(0, 5)
#: {'a': 1}, 0
#: {}, 2
def first_n(d, n):
    out = {}
    for i, (k, v) in enumerate(d.items()):
        if i == n:
            break
        out[k] = v
    return out

#: dict_(char(), int_(), 1, 4), key_of(0), char()
#: {'a': 1}, 'a', 'b'
#: {'a': 1, 'b': 2}, 'a', 'b'
def rename(d, old, new):
    if old not in d:
        raise KeyError(old)
    return {(new if k == old else k): v for k, v in d.items()}

#: dict_(char(), int_(), 0, 4), key_of(0)
#: {}, 'q'
#: {'q': None}, 'q'
def f(d, k):
    try:
        v = d[k]
    except KeyError as e:
        return e.args[0], str(e)
    return v

#: dict_(int_(0, 9), int_(0, 9), 0, 4)
#: {1: 1}
#: {}
def swap_pairs(d):
    e = {}
    for k in d:
        e[d[k]] = k
    return e == d, len(d) - len(e), e

#: list_(dict_(choice('id', 'n'), int_(0, 5), 1, 2), 0, 4)
#: [{'id': 1}, {'n': 2}]
#: []
def column(rows):
    got = [r['id'] for r in rows if 'id' in r]
    other = [r.get('n', 0) for r in rows]
    return got, sum(other)

#: dict_(word(), int_(0, 9), 0, 4)
#: {'a': 1}
#: {}
def f(stock):
    lines = []
    for k, v in sorted(stock.items(), key=lambda item: item[::-1]):
        lines.append(f"{k}x{v}")
    return ' '.join(lines)

#: dict_(word(), int_(), 0, 4), dict_(word(), int_(), 0, 4)
#: {'a': 1, 'b': 2}, {'b': 2, 'a': 1}
#: {}, {}
def same(a, b):
    return a == b, list(a) == list(b), a.items() == b.items(), list(a.values()) == list(b.values())

#: list_(choice('set a 1', 'set b 2', 'get a', 'del a', 'get b', 'undo'), 0, 5)
#: ['del a']
#: ['set a 1', 'set a 5', 'undo', 'get a']
def store(commands):
    data, log, out = {}, [], []
    for line in commands:
        cmd, *args = line.split()
        if cmd == 'get':
            out.append(data.get(*args, 'nil'))
            continue
        if cmd == 'undo':
            data = log.pop() if log else {}
            continue
        log.append(dict(data))
        if cmd == 'set':
            data[args[0]] = args[1]
        else:
            data.pop(args[0], None)
    return out, data
