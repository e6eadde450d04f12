"""Seeds: format specs, f-strings, percent formatting, str and repr."""

#: int_(-50, 5000)
#: 0
#: -1
def f(n):
    return f'{n:5d}|{n:<6}|{n:^7}|{n:+}|{n:05}'

#: float_(-20, 2000, 2), int_(0, 3)
#: 0.5, 0
#: -0.0, 1
def rounded(x, places):
    return f'{x:.{places}f}', '%.*f' % (places, x), round(x, places)

#: int_(0, 300)
#: -5
#: 0
def bases(num):
    """All the usual bases, with and without prefixes."""
    return [bin(num), hex(num), oct(num), f'{num:b}', f'{num:#x}', f'{num:o}']

#: int_(0, 9999999), choice(',', '_')
#: 999, ','
#: -1234567, '_'
def grouped(n, mark):
    s = format(n, mark)
    return s, len(s) - len(str(n))

#: name(), int_(0, 99)
#: '', 0
#: "O'Neil", 7
def f(name, age):
    return f'{name!r} is {age}', '%s is %r' % (name, str(age))

#: word(), int_(-9, 9)
#: "it's", 0
#: '', 1
def debug(w, k):
    return f'{w=} {k=} {w * 2=} {k + 1 = }'

#: one_of(int_(), float_(), word())
#: None
#: [1, 'a']
def f(value):
    text = str(value)
    other = repr(value)
    if text == other:
        return text + '!'
    return other.strip("'").join('<>')

#: tuple_(word(), int_(), float_())
#: ('', 0, 0.0)
#: ('x', 1)
def template(row):
    try:
        return '%s-%d-%.1f' % row
    except TypeError as err:
        return str(err)

#: dict_(choice('x', 'y', 'name'), int_(), 1, 3)
#: {}
#: {'x': 1, 'y': 2}
def from_map(d):
    try:
        return '{x}/{y}'.format_map(d)
    except KeyError as e:
        return 'missing ' + str(e)

#: word(), word(), int_()
#: '', '', 0
def f(a, b, n):
    return '{1}{0}{1}'.format(a, b) + '{:>4}'.format(n) + '{0!r:_<8}'.format(a)

#: list_(int_(0, 200), 1, 5)
#: []
def hex_dump(data):
    rows = []
    for i, b in enumerate(data):
        rows.append('%02d:%02x' % (i, b))
    return ' '.join(rows)

#: float_(0, 1, 2)
#: 1
#: 0
def percent(p):
    bar = '#' * int(p * 10)
    return f'[{bar:.<10}] {p:.0%} {p:6.1%}'

#: list_(tuple_(word(), int_(0, 500)), 0, 4)
#: []
#: [('total', -3)]
def table(rows):
    width = max((len(k) for k, _ in rows), default=0)
    lines = []
    for k, v in rows:
        lines.append(k.ljust(width) + ' | ' + str(v).rjust(3))
    lines.append('-' * (width + 6))
    return '\n'.join(lines)

#: int_(-20, 20), choice('<', '>', '^', '='), char()
#: 0, '=', '0'
#: -7, '>', '*'
def aligned(n, side, fill):
    spec = fill + side + '+6d'
    return f'{n:{spec}}', spec

#: int_(0, 5000)
#: 59
#: 3600
def clock(seconds):
    minutes, s = divmod(seconds, 60)
    h, m = divmod(minutes, 60)
    if h:
        return f'{h}:{m:02d}:{s:02d}'
    return '%d:%02d' % (m, s)

#: date()
#: '2024-1-2'
#: 'nope'
def f(date):
    try:
        y, m, d = date.split('-')
    except ValueError:
        return date.upper()
    return '/'.join((d.lstrip('0'), m.zfill(2), y[-2:]))

#: date()
#: '2000-01-31'
def month_name(iso):
    names = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split()
    year, month, day = map(int, iso.split('-'))
    ending = {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10 * (day // 10 != 1), 'th')
    return f'{names[month - 1]} {day}{ending}, {year}'

#: float_(-5, 5000, 2)
#: 0.005
#: 1e6
def money(amount):
    sign = '-' if amount < 0 else ''
    return f'{sign}${abs(amount):,.2f}'

#: int_(0, 255), int_(0, 255), int_(0, 255)
#: 0, 0, 0
#: 255, 256, 1
def colour(r, g, b):
    if max(r, g, b) > 255:
        return None
    code = '#%02X%02X%02X' % (r, g, b)
    if code[1::2] == code[2::2]:
        code = '#' + code[1::2]
    return code

#: float_(-99, 99, 2)
#: 0.0
#: 123456.789
def f(x):
    return f'{x:e}', f'{x:g}', f'{x:8.3g}|', f'{x:+.1f}'

#: word(), int_(0, 8), int_(0, 5)
#: 'abcdef', 8, 2
#: '', 3, 0
def clip(s, width, most):
    cut = f'{s:.{most}}'
    return f'{cut:~^{width}}', len(cut)

#: list_(one_of(int_(), word(), none_or(float_())), 0, 4)
#: []
#: [True, 'x']
def f(items):
    return ', '.join(f'{type(x).__name__}:{x}' for x in items) or '()'

#: int_(-5, 12), word()
#: 1, 'apple'
#: 0, 'bus'
def plural(n, noun):
    if n == 1:
        return 'one ' + noun
    end = 'es' if noun.endswith(('s', 'x', 'ch')) else 's'
    return '{} {}{}'.format(n or 'no', noun, end)

#: list_(word(), 0, 4)
#: ['x']
#: []
def oxford(items):
    if len(items) < 3:
        return ' and '.join(items)
    *rest, last = items
    return f'{", ".join(rest)}, and {last}'

#: int_(0, 1000000)
#: 1023
#: 1024
def size(n):
    units = ['B', 'K', 'M', 'G']
    i = 0
    while n >= 1024 and i < len(units) - 1:
        n /= 1024
        i += 1
    return f'{n:.1f}{units[i]}' if i else f'{n}{units[0]}'

#: int_(-30, 30), bool_()
#: 0, False
#: 1, True
def f(n, flag):
    return f'{flag} {flag:d} {flag!s:>6} {n if flag else -n:3} {n > 0 and flag}'

#: word(), word()
#: 'a', 'a'
#: '', 'b'
def compare(a, b):
    sign = '<' if a < b else '>' if a > b else '='
    width = max(len(a), len(b), 3)
    return '{:{w}} {} {:>{w}}'.format(a, sign, b, w=width)

#: dict_(word(), one_of(int_(), word()), 0, 4)
#: {}
#: {'a': "b'c"}
def query(params):
    parts = []
    for key in sorted(params):
        value = params[key]
        parts.append('%s=%s' % (key, value if isinstance(value, int) else repr(value)))
    return '?' + '&'.join(parts) if parts else ''

#: matrix(int_(-9, 99), 2, 3)
#: [[]]
#: [[1], [22, 333]]
def grid(rows):
    out = ''
    for row in rows:
        out += ''.join(f'{cell:>4}' for cell in row) + '\n'
    return out.rstrip('\n').split('\n')

#: int_(0, 31), int_(1, 8)
#: 0, 1
#: 256, 8
def bit_string(n, width):
    s = f'{n:0{width}b}'
    flipped = s.translate({48: '1', 49: '0'})
    return s, flipped, int(flipped, 2)

#: text(0, 10)
#: 'it\'s'
#: '"'
#: 'a\\b\n'
def quoted(s):
    r = repr(s)
    return r, len(r) - len(s), r[0] == "'"

#: list_(float_(-5, 9, 2), 1, 4)
#: [1]
#: []
def summary(values):
    if not values:
        return 'empty'
    mean = sum(values) / len(values)
    return f'n={len(values)} min={min(values):.1f} mean={mean:.2f} max={max(values):g}'

#: int_(1, 4), int_(1, 4)
#: 0, 2
def times_table(rows, cols):
    for r in range(1, rows + 1):
        line = [f'{r * c:>3}' for c in range(1, cols + 1)]
        print(*line, sep='', end='|\n')
    print('done', rows * cols, sep=': ')
    return rows * cols

#: list_(one_of(int_(-5, 5), word()), 0, 5)
#: []
def f(array):
    s = str(array)
    return s.count(','), s.strip('[]').split(', '), len(s)

#: dict_(char(), int_(), 0, 3)
#: {'a': {'b': 1}}
#: {}
def flat_repr(d):
    s = repr(d).replace("'", '')
    return s[1:-1].replace(': ', '=')

#: int_(0, 99), int_(0, 99)
#: 7, 0
#: 100, 100
def ratio(a, b):
    try:
        q = a / b
    except ZeroDivisionError:
        return f'{a}/{b}'
    if q == int(q):
        return f'{int(q)}'
    return f'{q:.3f}'.rstrip('0')

#: word(), int_(-3, 10)
#: 'ok', 3
def f(label, n):
    """Pad with dots, then pad with blanks."""
    line = f"{label:.<{max(n, 0)}}" + f"{n!s:>3}"
    return line if len(line) < 12 else line[:11] + "~"

#: list_(word(), 1, 4), int_(1, 3)
#: ['a'], 1
#: [], 1
def numbered(lines, start):
    out = []
    for i, line in enumerate(lines, start):
        out.append(f'{i:>2}. {line}')
    return '\n'.join(out)

#: float_(-10, 10, 1)
#: 2.5
#: -0.5
#: 3.5
def round_ways(x):
    return [round(x), int(x), x // 1, float(f'{x:.0f}'), round(x, -1)]
