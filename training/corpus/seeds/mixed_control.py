"""Seeds: unusual control flow: try, else, finally, break, continue, nesting."""

#: list_(one_of(int_(0, 9), word()), 0, 5)
#: ['x']
#: []
def f(items):
    total, errors = 0, 0
    for item in items:
        try:
            total += 10 // item
        except ZeroDivisionError:
            errors += 10
        except TypeError:
            errors += 1
        else:
            total += 1
        finally:
            total *= 2
    return total, errors

#: int_(0, 12), int_(0, 12)
#: 0, 0
#: 5, 6
def approach(a, b):
    steps = 0
    while a != b:
        if a < b:
            a += 2
        else:
            a -= 1
        steps += 1
        if steps > 15:
            break
    else:
        return 'met', a, steps
    return 'gave up', a, b

#: list_(int_(-5, 9), 0, 7)
#: [-1, -1]
#: []
def f(nums):
    kept = []
    for n in nums:
        if n < 0:
            continue
        for k in kept:
            if n % (k or 1) == 0 and k > 1:
                break
        else:
            kept.append(n)
    return kept

#: text(0, 12)
#: 'ab!cd'
#: ''
def f(text):
    state = 'start'
    out = []
    for ch in text:
        if state == 'start' and ch.isalpha():
            state = 'word'
            out.append(ch)
        elif state == 'word':
            if ch.isalpha():
                out[-1] += ch
            else:
                state = 'start'
        elif ch.isdigit():
            out.append(int(ch))
    return out, state

#: int_(0, 20)
#: 10
#: 0
def early(n):
    if n < 3:
        return 'low'
    if n % 2 == 0:
        if n % 3 == 0:
            return 'six'
        n //= 2
    elif n > 10:
        n -= 10
    else:
        return n * n
    return early(n - 1) if n > 3 else n

#: matrix(int_(0, 5), int_(1, 3), int_(1, 3)), int_(0, 5)
#: [[1, 2], [3, 4]], 4
#: [], 1
def locate(grid, value):
    for r, row in enumerate(grid):
        for c, v in enumerate(row):
            if v == value:
                break
        else:
            continue
        return r, c
    return -1

#: one_of(digits(1, 3), word()), choice(10, 0, 2)
#: '5', 0
#: '', 1
def f(s, d):
    try:
        n = int(s)
        q = n / d
    except ValueError:
        return 'value'
    except ArithmeticError as e:
        return type(e).__name__
    else:
        return q
    finally:
        print('checked', s)

#: list_(int_(), 0, 4), int_(-5, 5)
#: [1], 0
#: [], -1
def safe_get(xs, i):
    result = None
    try:
        result = xs[i]
        return result
    except IndexError:
        result = len(xs)
    finally:
        xs.append(result)
    return xs

#: int_(0, 8)
#: 3
#: 8
def check(n):
    def inner(k):
        if k > 5:
            raise ValueError('too big', k)
        if k == 3:
            raise KeyError(k)
        return k * 2

    try:
        return inner(n)
    except ValueError as e:
        return e.args
    except KeyError as e:
        return str(e), repr(e)

#: int_(-3, 8)
#: -1
#: 0
def factorial(n):
    if n < 0:
        raise ValueError(f'negative: {n}')
    result = 1
    for i in range(2, n + 1):
        result *= i
    return result

#: list_(int_(0, 9), 0, 6)
#: [0]
#: []
def f(nums):
    i, total = 0, 0
    while i < len(nums):
        if nums[i] == 0:
            break
        total += nums[i]
        i += nums[i]
    else:
        total = -total
    return i, total

#: list_(word(), 0, 5), word()
#: ['stop', 'a'], 'b'
#: [], 'a'
def until(words, goal):
    seen = 0
    for seen, w in enumerate(words, 1):
        if w == 'stop':
            return -seen
        if w[0] == goal[0]:
            break
    else:
        return seen, 'none'
    return words[:seen]

#: int_(0, 15), int_(1, 4)
#: 0, 1
#: 15, 4
def countdown(n, step):
    out = ''
    while True:
        n -= step
        if n < 0:
            break
        if n % 3 == 0:
            continue
        out += f'{n},'
    return out[:-1] + ';' + str(n)

#: choice('3 + 4', '10 / 4', '7 - x', '2 * 3', '5 / 0', '1 + 1 + 1')
#: ''
def evaluate(text):
    try:
        a, op, b = text.split()
        a, b = int(a), int(b)
        if op == '+':
            return a + b
        if op == '-':
            return a - b
        return a * b if op == '*' else a / b
    except ValueError:
        return 'bad'
    except ZeroDivisionError:
        return 'inf'

#: anything()
#: 'x'
#: 0
def f(x):
    if isinstance(x, (list, tuple)) and len(x) > 1:
        return x[0], x[-1]
    elif isinstance(x, str):
        return x.upper() if x else None
    elif isinstance(x, bool):
        return not x
    elif isinstance(x, (int, float)):
        return -x
    return str(x)

#: int_(0, 9), int_(0, 9)
#: 0, 9
#: 9, 0
def f(a, b):
    try:
        assert a <= b, 'order'
        assert b < 9
    except AssertionError as e:
        return str(e) or 'limit', a
    return b - a

#: list_(choice('a', 'b', 'quit', '', 'skip'), 0, 6)
#: ['quit']
#: []
def loop(lines):
    log = []
    n = 0
    for line in lines:
        n += 1
        if not line:
            continue
        if line == 'quit':
            break
        if line == 'skip':
            n += 1
            pass
        log.append(line * n)
    return log

#: list_(int_(0, 4), 0, 6)
#: [4, 4]
#: []
def nested_breaks(xs):
    hits = []
    for i in range(len(xs)):
        for j in range(i + 1, len(xs)):
            if xs[i] + xs[j] == 4:
                hits.append((i, j))
                break
            if xs[j] == 0:
                break
    return hits

#: int_(0, 100)
#: 90
#: 59
def grade(score):
    letter = 'F'
    for limit, l in ((60, 'D'), (70, 'C'), (80, 'B'), (90, 'A')):
        if score < limit:
            break
        letter = l
    last = score % 10
    if letter not in 'F' and (last >= 7 or score == 100):
        return letter + '+'
    return letter + ('-' if last < 3 and letter != 'F' else '')

#: int_(0, 7), int_(1, 7)
#: 0, 1
#: 7, 7
def f(i, j):
    out = []
    while i < j:
        out.append(i if i % 2 else j)
        i, j = i + 1, j - (i % 2)
    return out, (i, j)

#: list_(none_or(int_()), 0, 5)
#: [None]
#: [0]
def coalesce(xs):
    for x in xs:
        if x is None: continue
        if not x: return 'zero'
        return x
    return xs or 'nothing'

#: text(0, 10), int_(-3, 3)
#: 'abc', 0
#: '', 1
def f(s, n):
    match n:
        case 0:
            return s
        case 1 | 2:
            return s * n
        case k if k < 0:
            return s[:k]
        case _:
            return s[::n]

#: one_of(tuple_(int_(), int_()), list_(word(), 0, 3), dict_(choice('x'), int_(), 1, 1), int_())
#: {'x': 0, 'y': 1}
#: ['go']
def shape(value):
    match value:
        case []:
            return 'empty'
        case [int(), int()]:
            return 'point'
        case [first, *rest]:
            return first, len(rest)
        case {'x': x}:
            return x
        case str() | int():
            return 'atom'
    return None

#: list_(int_(1, 9), 0, 5)
#: [1, 1, 1]
#: []
def f(xs):
    while len(xs) > 2:
        a, *xs, b = xs
        if a == b:
            xs.append(a)
            break
        xs = [abs(a - b)] + xs[1:]
    return xs

#: int_(0, 6)
#: 0
#: 1
def hanoi(n):
    moves = []

    def move(k, a, b, c):
        if k:
            move(k - 1, a, c, b)
            moves.append(a + c)
            move(k - 1, b, a, c)

    move(min(n, 3), 'A', 'B', 'C')
    return len(moves), moves[:4]

#: list_(int_(0, 9), 0, 5), int_(0, 3)
#: [1], 3
#: [], 1
def retry(xs, tries):
    attempts = []
    while tries:
        try:
            x = xs.pop()
            attempts.append(12 // x)
            break
        except (IndexError, ZeroDivisionError) as e:
            attempts.append(type(e).__name__[:5])
            tries -= 1
    return attempts, tries

#: dict_(char(), none_or(int_(0, 3)), 0, 4), char()
#: {'a': None}, 'a'
#: {'a': 0}, 'a'
def layered(d, k):
    try:
        value = d[k]
        try:
            return 6 / value
        except TypeError:
            return 'none'
    except LookupError:
        return 'missing'
    except ZeroDivisionError:
        return 0

#: int_(0, 10)
#: 5
#: 0
def ping(n):
    return 'even' if n == 0 else pong(n - 1)


def pong(n):
    return 'odd' if n == 0 else ping(n - 1)


def f(n):
    return ping(n), pong(n) == ping(n + 1)

#: int_(-5, 25), int_(-5, 25), bool_()
#: 0, 0, True
#: 10, 10, False
def quadrant(x, y, strict):
    if x == 0 or y == 0:
        if strict:
            return None
        return 'axis' if x or y else 'origin'
    if (x > 0) == (y > 0):
        return 'I' if x > 0 else 'III'
    return 'IV' if y < 0 else 'II'

#: list_(word(), 0, 4)
#: ['']
#: []
def first_letters(words):
    try:
        return ''.join(w[0] for w in words)
    except IndexError:
        return '?' + first_letters([w for w in words if w])

#: int_(1, 30), int_(1, 30)
#: 6, 6
#: 1, 30
def lcm(a, b):
    n = max(a, b)
    while n % a or n % b:
        n += max(a, b)
        if n > 200:
            return None
    return n

#: list_(int_(-2, 4), 0, 7)
#: [-1]
#: []
def f(moves):
    pos, low = 0, 0
    for m in moves:
        if m == 0:
            pos = low
            continue
        pos += m
        if pos < low:
            low = pos
        elif pos > 6:
            return 'out', pos
    return pos, low
