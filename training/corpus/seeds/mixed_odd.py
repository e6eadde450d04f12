"""Seeds: odd little functions over several argument types, mostly longer loops."""

#: text(1, 12), int_(1, 5), char()
#: 'aaaa', 2, 'a'
#: '', 1, 'x'
def f(text, size, fill):
    rows = []
    start = 0
    while start < len(text):
        row = text[start:start + size]
        if len(row) < size:
            row = row.ljust(size, fill)
        if row.count(fill) == size:
            rows.append('-')
        else:
            rows.append(row)
        start += size
    return rows[::-1]

#: dict_(char(), int_(0, 9), 0, 4), letters(0, 6)
#: {'a': 1}, 'aab'
#: {}, ''
def f(d, keys):
    result = []
    for k in keys:
        if k in d:
            d[k] -= 1
            if d[k] <= 0:
                result.append(d.popitem())
        else:
            d.setdefault(k, len(d))
    return result, sorted(d.items())

#: list_(int_(-9, 20), 0, 7), int_(1, 6)
#: [6, 6], 6
#: [], 1
def f(nums, n):
    low, high = [], []
    for i, x in enumerate(nums):
        if x % n == 0:
            low.append(i)
        elif x > n:
            high.insert(0, x)
        else:
            high.extend([x] * (i % 3))
    if not low:
        return high
    return [high[i] if i < len(high) else None for i in low]

#: list_(word(), 0, 5), dict_(word(), int_(0, 9), 0, 3)
#: ['a', 'b', 'a'], {'a': 0}
#: [], {}
def f(names, scores):
    out = ''
    for name in names:
        score = scores.get(name, scores.pop(out, None))
        if score is None:
            out = name
        elif score:
            out += str(score)
        else:
            scores[name] = len(out)
    return out, scores

#: int_(1, 200), int_(2, 5)
#: 1, 2
#: 128, 2
def f(n, k):
    trail = []
    while n > 1 and len(trail) < 8:
        q, r = divmod(n, k)
        if r == 0:
            n = q
        elif r == 1 and q:
            n -= 1
            trail.append('-')
        else:
            n = q + r
            trail.append(str(r))
    return ''.join(trail) or n

#: text(0, 14)
#: 'aaBB'
#: ''
def f(s):
    best, cur = '', ''
    for a in s:
        if cur and a.isupper() == cur[-1].isupper():
            cur += a
        else:
            cur = a
        if len(cur) >= len(best):
            best = cur
    return best, s.rfind(best), len(s) // (len(best) or 1)

#: list_(list_(int_(0, 9), 0, 3), 0, 4), int_(0, 9)
#: [[1, 1], [1]], 1
#: [], 0
def f(rows, x):
    hits = 0
    for row in rows:
        while x in row:
            row[row.index(x)] = str(x)
            hits += 1
        row.sort(key=str, reverse=hits % 2 == 1)
    return rows, hits

#: words(1, 5), int_(1, 4)
#: 'a', 3
#: '', 1
def f(text, n):
    words = text.split()
    result = []
    for i, word in enumerate(words):
        if len(word) < n:
            result.append(word.zfill(n))
        elif i % 2 == 0:
            result.append(word[-n:] + word[:-n])
        else:
            result.append(word[:n].upper())
    return '_'.join(result) if len(result) != n else result

#: list_(int_(0, 9), 1, 6), letters(1, 6)
#: [0], 'a'
#: [9, 9], ''
def f(offsets, s):
    picked = []
    for o in offsets:
        try:
            picked.append(s[o])
        except IndexError:
            if not s:
                break
            picked.append(s[o % len(s)].upper())
    else:
        picked.append('.')
    return ''.join(picked)

#: digits(1, 8)
#: '0000'
#: '9'
def f(s):
    total, prev = 0, None
    for d in map(int, s):
        if prev is None or d >= prev:
            total += d
        else:
            total = total * 2 - d
        prev = d
    return f'{total:+}', total == sum(int(c) for c in s)

#: dict_(word(), list_(int_(0, 9), 0, 3), 0, 3)
#: {'a': [], 'b': [1]}
#: {}
def f(table):
    out = []
    while any(table.values()):
        for k in table:
            if table[k]:
                out.append(k[0] + str(table[k].pop()))
    return ' '.join(out), len(table)

#: text(0, 12), dict_(char(), char(), 0, 4)
#: 'aba', {'a': 'b', 'b': 'a'}
#: '', {}
def f(text, swaps):
    for old, new in swaps.items():
        if new in swaps:
            text = text.replace(old, new.upper())
        else:
            text = text.replace(old, new)
    return text.swapcase() if any(map(str.isupper, text)) else text

#: tuple_(int_(0, 20), int_(0, 20)), list_(int_(-5, 5), 0, 5)
#: (5, 5), [1]
#: (0, 9), []
def f(bounds, moves):
    lo, hi = sorted(bounds)
    pos = (lo + hi) // 2
    bounced = 0
    for m in moves:
        pos += m
        if pos < lo:
            pos = 2 * lo - pos
            bounced += 1
        elif pos > hi:
            pos = hi
            bounced -= 1
    return pos, bounced

#: list_(mixed(1, 4), 0, 5)
#: ['a1', '1a']
#: []
def f(codes):
    sums = {}
    for code in codes:
        key = ''.join(c for c in code if c.isalpha()).lower()
        num = ''.join(c for c in code if c.isdigit())
        if not key:
            continue
        sums[key] = sums.get(key, 0) + int(num or -1)
    return max(sums.items(), key=lambda kv: kv[1], default=())

#: list_(int_(0, 9), 0, 6), bool_()
#: [3], True
#: [], False
def f(xs, flag):
    a, b = [], []
    while xs:
        (a if flag else b).append(xs.pop(0))
        if a and b and a[-1] == b[-1]:
            a.clear()
        flag = not flag if len(a) > len(b) else flag or len(b) > 1
    return a, b

#: sentence(), int_(1, 6)
#: 'one.', 3
#: '', 2
def f(s, n):
    words = s.rstrip('.').split(' ')
    short = sorted({w.lower() for w in words if len(w) <= n})
    rest = [w for w in words if w.lower() not in short]
    return '{} | {}'.format(' '.join(short) or '-', len(rest))

#: int_(0, 9), int_(0, 9), int_(1, 8)
#: 0, 1, 6
#: 2, 2, 1
def f(a, b, n):
    seq = [a, b]
    for i in range(n):
        c = seq[-1] * 2 - seq[i]
        if c in seq:
            c += len(seq)
        if c > 40:
            seq = seq[1:] + [0]
            continue
        seq.append(c)
    return seq

#: letters(0, 9), list_(int_(-3, 9), 0, 4)
#: 'abcdef', [0, 0]
#: '', [1]
def f(text, cuts):
    parts = []
    prev = 0
    for c in sorted(cuts):
        if c < 0:
            c += len(text)
        parts.append(text[prev:c])
        prev = c
    parts.append(text[prev:])
    return '|'.join(parts), len(list(filter(None, parts)))

#: list_(one_of(int_(0, 9), choice('+', '-', '*', 'x')), 0, 6)
#: [1, '+', 2]
#: []
def f(items):
    total, op = 0, '+'
    for it in items:
        if isinstance(it, str):
            op = it
        elif op == '+':
            total += it
        elif op == '-':
            total -= it
        elif op == '*':
            total *= it
        else:
            return f'{op}?{total}'
    return total

#: text(0, 12), choice(1, 2, 3)
#: 'aabbaa', 1
#: '', 2
def f(s, gap):
    marks = ['.'] * len(s)
    for i, c in enumerate(s):
        j = i + gap
        if j < len(s) and s[j] == c:
            marks[i] = marks[j] = '^'
        elif c == ' ':
            marks[i] = '_'
    return ''.join(marks), marks.count('^') // 2

#: list_(float_(0, 50, 1), 0, 5), float_(0, 20, 1)
#: [1.5], 1.5
#: [], 0.0
def f(prices, limit):
    kept = []
    saved = 0.0
    for p in sorted(prices, reverse=True):
        if p > limit:
            saved += p - limit
            p = limit
        kept.append(f'{p:.1f}')
    return kept, round(saved, 1)

#: word(), list_(word(), 0, 4)
#: 'tea', ['eat', 'at']
#: '', []
def f(word, others):
    letters = list(word)
    for o in others:
        for ch in o:
            if ch in letters:
                letters.remove(ch)
                break
        else:
            letters.append('*')
    return ''.join(letters), len(letters) - len(word)

#: int_(0, 60), list_(int_(1, 20), 0, 4)
#: 10, [10]
#: 0, []
def f(total, parts):
    left = total
    lines = []
    for i, p in enumerate(parts, start=1):
        left, spent = max(left - p, 0), min(left, p)
        lines.append('%d:%d%s' % (i, spent, '' if spent == p else '!'))
        if not left:
            break
    return ', '.join(lines), left or None

#: list_(tuple_(char(), int_(-2, 3)), 0, 5)
#: [('a', 0)]
#: []
def f(ops):
    s = ''
    for c, n in ops:
        if n > 0:
            s += c * n
        elif n == 0:
            s = s.replace(c, '')
        else:
            s = s[:n] + c
    return s, len(s)

#: matrix(int_(0, 9), 2, 4)
#: [[1, 2, 3], [3, 2, 1]]
#: [[], []]
def f(rows):
    top, bottom = rows
    for i in range(len(top)):
        if top[i] < bottom[i]:
            top[i], bottom[i] = bottom[i], top[i]
        elif i and top[i] == top[i - 1]:
            bottom[i] = 0
    return [a * 10 + b for a, b in zip(top, bottom)]

#: none_or(word()), none_or(int_(0, 3)), list_(word(), 0, 2)
#: None, None, []
#: '', 0, ['a']
def f(name=None, count=None, extra=()):
    name = name or 'nobody'
    if count is None:
        count = len(extra)
    label = name.title() + '!' * count
    return [label, *extra] if extra else label

#: letters(0, 6), upper(0, 6)
#: 'abc', 'ABC'
#: '', ''
def f(a, b):
    queue = list(a) + list(b)
    out = ''
    turn = 0
    while queue:
        c = queue.pop(turn % len(queue))
        out += c
        turn += 2 if c.isupper() else 1
    return out, turn

#: list_(int_(0, 255), 0, 4), choice(2, 8, 16)
#: [255], 16
#: [], 2
def f(codes, base):
    kinds = {2: '08b', 8: 'o', 16: 'X'}
    out = [format(c, kinds[base]) for c in codes]
    back = [int(o, base) for o in out]
    return ' '.join(out), back == codes, max(map(len, out), default=0)

#: list_(word(), 1, 5), index_of(0)
#: ['a'], 0
#: [], 0
def f(ring, at):
    out = []
    for w in list(ring):
        try:
            at = (at + len(w)) % len(ring)
        except ZeroDivisionError:
            break
        out.append(ring[at])
        if len(ring) > 2:
            del ring[at]
    return out, ring

#: text(0, 12), text(0, 12)
#: 'abc', 'abcd'
#: '', ''
def f(old, new):
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    cut = slice(start, -end or None)
    return f'{start}: {old[cut]!r} -> {new[cut]!r}'

#: dict_(name(), list_(int_(0, 10), 0, 3), 0, 3)
#: {'Al': [10], 'Bo': []}
#: {}
def f(marks):
    report = {}
    for who in sorted(marks, reverse=True):
        got = marks[who]
        try:
            report[who] = round(sum(got) / len(got), 1)
        except ZeroDivisionError:
            report[who] = None
    good = [w for w, m in report.items() if m and m >= 5]
    return report, good

#: list_(int_(0, 30), 0, 6)
#: [5, 3]
#: []
def f(prices):
    low = None
    best = 0
    days = None
    for day, p in enumerate(prices):
        if low is None or p < prices[low]:
            low = day
        elif p - prices[low] > best:
            best = p - prices[low]
            days = low, day
    return best, days

#: joined(int_(-9, 20), ',', 0, 5), choice('max', 'min', 'sum', 'sort', 'avg')
#: '', 'max'
#: '5', 'avg'
def f(csv, op):
    nums = [int(x) for x in csv.split(',') if x.strip()]
    ops = {'max': max, 'min': min, 'sum': sum, 'sort': sorted}
    func = ops.get(op, lambda xs: sum(xs) / len(xs))
    try:
        return func(nums)
    except (ValueError, ZeroDivisionError) as e:
        return e.__class__.__name__

#: list_(choice('ham', 'egg', 'tea', 'jam'), 0, 6), int_(0, 3)
#: ['egg', 'egg'], 1
#: [], 0
def f(basket, limit):
    seen = {}
    over = []
    for i, item in enumerate(basket):
        seen[item] = seen.get(item, 0) + 1
        if seen[item] > limit:
            over.append((item, i))
    basket[:] = [b for i, b in enumerate(basket) if (b, i) not in over]
    return basket, len(over), seen

#: int_(0, 30), int_(0, 30)
#: 12, 12
#: 0, 30
def f(a, b):
    steps = [(a, b)]
    while a != b and len(steps) < 8:
        if a > b:
            a -= b or 1
        else:
            b -= a or 2
        steps.append((a, b))
    return steps[-1], len(steps)
