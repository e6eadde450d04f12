"""Seeds: small parsers, simulations and records that mix several types."""

#: joined(choice('a=1', 'b=', 'c=x y', 'd'), ';', 0, 4)
#: '=;='
#: ''
def f(config):
    out = {}
    for field in config.split(';'):
        if '=' not in field:
            out.setdefault('flags', []).append(field)
            continue
        k, v = field.split('=', 1)
        out[k.strip() or '?'] = v or None
    return out

#: choice('a,b\n1,2\n3,4', 'x\n', 'h1,h2\nonly', '')
#: 'n\n5\n6'
def csv_rows(text):
    lines = text.strip().splitlines()
    if not lines:
        return []
    header, *body = [line.split(',') for line in lines]
    return [dict(zip(header, row)) for row in body] or header

#: joined(choice('3', '4', '+', '*', '-', 'dup'), ' ', 1, 5)
#: '2 3 + 4 *'
#: ''
def rpn(expr):
    stack = []
    for tok in expr.split():
        if tok.isdigit():
            stack.append(int(tok))
            continue
        try:
            b, a = stack.pop(), stack.pop()
        except IndexError:
            return 'underflow', tok
        stack.append({'+': a + b, '*': a * b, '-': a - b}.get(tok, 0))
    return stack

#: choice('12+30-5', '7', '1+2*3', '9-9', '2*3*4')
#: ''
#: '4+x'
def tokens(s):
    out, num = [], ''
    for c in s + ' ':
        if c.isdigit():
            num += c
            continue
        if num:
            out.append(int(num))
            num = ''
        if c in '+-*':
            out.append(c)
        elif c != ' ':
            raise ValueError('bad character ' + repr(c))
    return out

#: joined(choice('R2', 'L1', 'F3', 'F1', 'B2'), ' ', 1, 5)
#: 'X9'
#: ''
def robot(program):
    x, y, d = 0, 0, 0
    for cmd in program.split():
        act, n = cmd[0], int(cmd[1:])
        if act in 'LR':
            d = (d + (n if act == 'R' else -n)) % 4
        elif act in 'FB':
            n = n if act == 'F' else -n
            x += (0, n, 0, -n)[d]
            y += (n, 0, -n, 0)[d]
        else:
            return 'NESW'[d] + '?'
    return f'{x},{y},{"NESW"[d]}'

#: list_(tuple_(choice('in', 'out'), int_(1, 50)), 0, 5), int_(0, 60)
#: [('out', 5)], 0
#: [], 10
def account(events, balance):
    log = []
    for kind, amount in events:
        change = amount if kind == 'in' else -amount
        if balance + change < 0:
            log.append(f'refused {amount}')
            continue
        balance += change
        log.append(f'{change:+d}={balance}')
    return balance, log

#: list_(int_(0, 5), 0, 7), int_(1, 3)
#: [1, 2, 1], 1
#: [], 2
def lru(requests, size):
    cache, misses = [], 0
    for page in requests:
        if page in cache:
            cache.remove(page)
        else:
            misses += 1
            if len(cache) == size:
                cache.pop(0)
        cache.append(page)
    return misses, cache

#: choice('....', '#..#', '.##.', '#')
#: ''
#: '###'
def automaton(row):
    rows = [row]
    for _ in range(2):
        padded = '.' + rows[-1] + '.'
        new = ''
        for i in range(len(row)):
            new += '#' if padded[i] != padded[i + 2] else '.'
        rows.append(new)
    return rows[1:]

#: matrix(choice('.', '#'), 3, 3)
#: [['#']]
#: []
def neighbours(grid):
    out = []
    for y, row in enumerate(grid):
        line = ''
        for x, cell in enumerate(row):
            n = -(cell == '#')
            for near in grid[max(y - 1, 0):y + 2]:
                n += near[max(x - 1, 0):x + 2].count('#')
            line += str(n)
        out.append(line)
    return out

#: joined(choice('<b>', '</b>', '<i>', '</i>', 'x'), '', 1, 5)
#: '<b></i>'
#: ''
def tags(html):
    stack = []
    for piece in html.split('<')[1:]:
        tag = piece.split('>')[0]
        if not tag.startswith('/'):
            stack.append(tag)
        elif stack and stack[-1] == tag[1:]:
            stack.pop()
        else:
            return 'unexpected ' + tag
    return stack or 'ok'

#: date(), int_(0, 40)
#: '2024-12-31', 1
#: '2023-02-28', 1
def add_days(date, n):
    y, m, d = map(int, date.split('-'))
    d += n
    while True:
        size = 30 + (m + m // 8) % 2
        if m == 2:
            size = 29 if y % 4 == 0 else 28
        if d <= size:
            break
        d -= size
        m = m % 12 + 1
        y += m == 1
    return f'{y}-{m:02d}-{d:02d}'

#: choice('2h', '45m', '1h30m', '90s', '5', 'h')
#: ''
def duration(text):
    units = {'h': 3600, 'm': 60, 's': 1}
    total, num = 0, ''
    for c in text:
        if c in units:
            if not num:
                return None
            total += int(num) * units[c]
            num = ''
        else:
            num += c
    return total + int(num or 0)

#: list_(choice(2, 3, 10, 11), 0, 4)
#: [11, 11]
#: [11, 10]
def blackjack(cards):
    total = sum(cards)
    aces = cards.count(11)
    while total > 21 and aces:
        total -= 10
        aces -= 1
    if total == 21 and len(cards) == 2:
        return 'blackjack'
    return total if total <= 21 else 'bust'

#: list_(int_(0, 10), 0, 6)
#: [10, 10, 10]
#: []
def bowling(rolls):
    score = i = 0
    while i < len(rolls):
        if rolls[i] == 10:
            score += 10 + sum(rolls[i + 1:i + 3])
            i += 1
        else:
            pair = sum(rolls[i:i + 2])
            score += pair + (pair == 10) * sum(rolls[i + 2:i + 3])
            i += 2
    return score

#: joined(choice('r', 'p', 's'), '', 0, 4), joined(choice('r', 'p', 's'), '', 0, 4)
#: 'rr', 'ps'
#: '', ''
def rounds(a, b):
    beats = 'rs sp pr'.split()
    score = [0, 0]
    for x, y in zip(a, b):
        if x + y in beats:
            score[0] += 1
        elif y + x in beats:
            score[1] += 1
    return score, 'tie' if score[0] == score[1] else 'ab'[score[0] < score[1]]

#: list_(dict_(choice('name', 'age', 'city'), one_of(word(), int_(1, 90)), 1, 3), 0, 3)
#: [{'age': 3}, {'age': 30}]
#: []
def f(people):
    ages = []
    for p in people:
        age = p.get('age')
        if not isinstance(age, int):
            p['age'] = None
            continue
        ages.append(age)
    return round(sum(ages) / len(ages), 1) if ages else people

#: list_(choice('open', 'lock', 'unlock', 'close'), 0, 5)
#: ['lock', 'open']
#: []
def door(events):
    table = {('closed', 'open'): 'open', ('open', 'close'): 'closed',
             ('closed', 'lock'): 'locked', ('locked', 'unlock'): 'closed'}
    state, ignored = 'closed', []
    for e in events:
        if (state, e) in table:
            state = table[state, e]
        else:
            ignored.append(e)
    return state, ignored

#: text(0, 10), int_(0, 9)
#: 'abc', 0
#: '', 5
def checksum(s, seed):
    a, b = 1, seed
    for ch in s:
        a = (a + ord(ch)) % 251
        b = (b + a) % 251
    return f'{b:02x}{a:02x}'

#: list_(tuple_(int_(1, 9), int_(1, 9)), 0, 4)
#: [(1, 1)]
#: []
def largest_box(boxes):
    best = None
    for i, (w, h) in enumerate(boxes):
        area = w * h
        if best is None or (area, -i) > (best[0], -best[1]):
            best = area, i
    return best and best[1]

#: joined(word(), ' ', 1, 5), int_(3, 9)
#: 'a', 5
#: '', 4
def justify(text, width):
    lines, line = [], ''
    for w in text.split():
        trial = (line + ' ' + w).lstrip()
        if len(trial) > width and line:
            lines.append(line.ljust(width) + '|')
            line = w
        else:
            line = trial
    lines.append(line.rjust(width) + '|')
    return '\n'.join(lines)

#: list_(tuple_(name(), int_(0, 3)), 0, 5)
#: [('Al', 0), ('Bo', 3)]
#: []
def serve(customers):
    queue = [(n, p) for n, p in customers]
    served = []
    while queue:
        at = max(range(len(queue)), key=lambda i: queue[i][1])
        who, _ = queue.pop(at)
        served.append(who)
        queue = [(n, p + 1) for n, p in queue]
    return served

#: letters(0, 8), int_(0, 3)
#: 'abc', 3
#: '', 1
def typed(keys, wait):
    buffer, undo = '', []
    for i, k in enumerate(keys):
        if i % (wait + 2) == wait + 1:
            buffer = undo.pop() if undo else ''
        else:
            undo.append(buffer)
            buffer += k
    return buffer, len(undo)

#: dict_(word(), int_(1, 9), 1, 4), float_(0, 50, 1)
#: {}, 10.0
#: {'tea': 2}, 0
def receipt(items, paid):
    total = 0
    for item in items:
        total += items[item]
        print(f'{item:<8}{items[item]:>4}')
    print('=' * 12)
    change = paid - total
    if change < 0:
        return f'short {-change:.1f}'
    return 'change', round(change, 1)

#: list_(int_(0, 20), 0, 5), list_(int_(0, 20), 0, 5)
#: [1], [1]
#: [], [5]
def diff_lists(old, new):
    added = [x for x in new if x not in old]
    removed = [x for x in old if x not in new]
    moved = [x for x in old if x in new and old.index(x) != new.index(x)]
    return f'+{added} -{removed} ~{len(moved)}'

#: list_(choice('a/b', 'a/c/d', 'e', 'a'), 0, 4)
#: ['x/y/z']
#: []
def tree(paths):
    root = {}
    for path in paths:
        node = root
        for part in path.split('/'):
            node = node.setdefault(part, {})
    return root

#: list_(word(), 0, 5), word()
#: ['cat', 'car'], 'ca'
#: [], 'a'
def complete(words, typed):
    hits = sorted(w for w in words if w.startswith(typed))
    if len(hits) == 1:
        return hits[0]
    i = len(typed)
    while hits and all(w[:i + 1] == hits[0][:i + 1] and len(w) > i for w in hits):
        i += 1
    return (hits[0][:i], hits) if hits else None

#: text(0, 12), int_(0, 5)
#: 'ab\ncd', 1
#: '', 0
def cursor(text, moves):
    row = col = 0
    for ch in text[:moves]:
        if ch == '\n' or ch == ' ':
            row += 1
            col = 0
        else:
            col += 1
    rest = text[moves:]
    return (row, col), rest.count('\n') + rest.count(' ')
