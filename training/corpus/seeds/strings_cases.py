"""Seeds: letter cases, character classes and padding of strings."""

#: text(), int_(0, 12)
#: '', 4
#: 'x', 0
def f(text, width):
    padded = text.center(width, '*')
    if padded == text:
        return text.swapcase()
    return padded

#: words(), char()
#: '', 'a'
#: 'aAa', 'a'
def capitalize_after(s, mark):
    out = ''
    up = True
    for ch in s:
        out += ch.upper() if up else ch.lower()
        up = ch == mark
    return out

#: text()
#: 'ß'
#: ''
def fold_and_measure(s):
    folded = s.casefold()
    return len(folded) - len(s), folded

#: mixed(0, 10)
#: '12'
#: ''
def f(string):
    if string.isalnum():
        if string.isdigit():
            return 'digits'
        elif string.isalpha():
            return 'letters'
        return 'both'
    return 'neither'

#: sentence(), words()
#: 'they\'re here', 'x'
#: '', ''
def title_check(a, b):
    """Compare str.title with capitalised words."""
    first = a.title()
    second = ' '.join(w.capitalize() for w in a.split(' '))
    return [first == second, first.istitle(), b.istitle(), second]

#: text(), char()
#: 'abc', '#'
#: '', '-'
def f(text, fill):
    n = len(text)
    return text.rjust(n + 2, fill).ljust(n + 4, fill)

#: digits(), int_(0, 9)
#: '-7', 5
#: '+', 3
def zero_pad(num, width):
    s = num.zfill(width)
    if s[0] in '+-':
        return s[1:] + s[0]
    return s

#: mixed()
#: 'ABC'
#: ''
def f(s):
    ups, lows = 0, 0
    for c in s:
        if c.isupper():
            ups += 1
        elif c.islower():
            lows += 1
    if ups == lows:
        return s.swapcase()
    return s.upper() if ups > lows else s.lower()

#: identifier()
#: '2x'
#: ''
#: 'class'
def identifier_or(name):
    return name if name.isidentifier() else '_' + name.replace(' ', '_')

#: text()
#: '   '
#: '\t\n'
#: ''
def blank_kind(text):
    if not text:
        return 'empty'
    if text.isspace():
        return 'blank%d' % len(text)
    return text.strip() or 'never'

#: one_of(digits(), mixed(1, 4))
#: '²'
#: '½'
#: ''
def f(value):
    flags = (value.isdecimal(), value.isdigit(), value.isnumeric())
    return flags, sum(flags)

#: text()
#: 'café'
#: ''
def ascii_only(s):
    if s.isascii():
        return s
    return ''.join(ch if ch.isascii() else '?' for ch in s)

#: text()
#: 'a\tb'
#: ''
def f(text):
    result = []
    for piece in text.split('\t'):
        result.append(piece.isprintable())
    return text.isprintable(), result, repr(text)

#: words(1, 4), int_(1, 10)
#: '', 3
#: 'one', 3
def column(words_, width):
    lines = []
    for w in words_.split():
        lines.append('|' + w[:width].center(width) + '|')
    return '\n'.join(lines)

#: letters(), int_(-3, 3)
#: 'xyz', 3
#: '', 1
def shift_cases(s, step):
    out = []
    for i, c in enumerate(s):
        out.append(c.upper() if (i * step) % 3 == 0 else c)
    return ''.join(out)

#: text()
#: 'A1b2'
#: ''
def f(s):
    s = s.swapcase()
    while s and not s[-1].isalpha():
        s = s[:-1]
    return s

#: mixed(), mixed()
#: 'Straße', 'STRASSE'
#: '', ''
def same_text(a, b):
    if a == b:
        return 'equal'
    if a.lower() == b.lower():
        return 'lower'
    return 'fold' if a.casefold() == b.casefold() else 'no'

#: text(), int_(1, 8)
#: 'a\tbc\td', 4
#: '\t', 0
def tabs_to(text, size):
    wide = text.replace(' ', '\t').expandtabs(size)
    return wide, len(wide) - len(text)

#: word(), int_(-2, 9)
#: '', 2
#: 'cat', 4
def f(w, n):
    left = w.center(n)
    return left.find(w), left.count(' '), len(left)

#: mixed(0, 8)
#: ''
#: 'a1'
def classes(s):
    kinds = ''
    for ch in s:
        if ch.isdigit():
            kinds += 'd'
        elif ch.isupper():
            kinds += 'U'
        else:
            kinds += 'l'
    return kinds

#: words()
#: 'a'
#: ''
def f(phrase):
    words = phrase.split()
    for i in range(len(words)):
        if i % 2:
            words[i] = words[i].upper()
        else:
            words[i] = words[i].capitalize()
    return '-'.join(words)

#: text(0, 12)
#: '42'
#: ' 42'
def numeric_like(s):
    body = s.strip().lstrip('+-')
    if body.isdecimal():
        return int(s)
    if body.replace('.', '', 1).isdecimal():
        return float(s)
    return None

#: word(), choice('<', '>', '^', '='), int_(0, 9)
#: '', '<', 3
#: 'tree', '^', 4
def f(text, align, width):
    try:
        return format(text, f'.{align}{width}')
    except ValueError as e:
        return type(e).__name__

#: identifier()
#: 'someLongName'
#: 'ABC'
#: ''
def snake(name):
    out = ''
    for i, ch in enumerate(name):
        if ch.isupper() and i > 0 and not name[i - 1].isupper():
            out += '_'
        out += ch.lower()
    return out

#: identifier()
#: 'a__b'
#: '_x'
#: ''
def camel(name):
    head, *tail = name.split('_')
    return head + ''.join(map(str.title, tail))

#: sentence()
#: ''
#: '. . .'
def f(s):
    return s.capitalize().swapcase(), s.islower(), s.title().swapcase().isupper()

#: text(), choice('upper', 'lower', 'title', 'swapcase', 'strip')
#: 'Ab c', 'center'
#: '', 'upper'
def apply_named(text, how):
    table = {
        'upper': str.upper,
        'lower': str.lower,
        'title': str.title,
        'swapcase': str.swapcase,
    }
    func = table.get(how)
    if func is None:
        return how.upper() + ':' + text
    return func(text)

#: mixed(1, 8), int_(0, 3)
#: 'a', 0
#: '', 2
def invert_until(s, limit):
    done = 0
    chars = list(s)
    for i, c in enumerate(chars):
        if done == limit:
            break
        if c.isalpha():
            chars[i] = c.swapcase()
            done += 1
    else:
        chars.append('!')
    return ''.join(chars)

#: words(1, 3)
#: 'I am'
#: ''
def f(text):
    assert_ = [w.istitle() for w in text.split()]
    if all(assert_):
        return text.lower()
    if not any(assert_):
        return text.title()
    return text.swapcase()

#: text()
#: 'UPPER 9'
#: '99'
def shout_level(message):
    letters = [c for c in message if c.isalpha()]
    if not letters:
        return -1
    loud = sum(map(str.isupper, letters))
    return round(loud / len(letters), 2)

#: mixed(0, 9)
#: 'Hello'
#: 'hELLO'
def f(s):
    match s[:1].isupper(), s[1:].islower():
        case True, True:
            return 'Capital'
        case True, False:
            return 'UPPERISH'
        case _:
            return s.capitalize()

#: word(), int_(5, 12), char()
#: 'banana', 6, 'z'
#: '', 5, 'q'
def frame(word, width, edge):
    top = edge * width
    middle = edge + word.center(width - 2) + edge
    return [top, middle, top]

#: text(), text()
#: 'abc', ''
#: '', ''
def f(a, b):
    longest = max(len(a), len(b))
    a, b = a.ljust(longest, '.'), b.rjust(longest, '.')
    return ''.join(x for pair in zip(a, b) for x in pair)

#: one_of(upper(1, 6), letters(1, 6), mixed(1, 6))
#: ''
#: '1a'
def next_case(s):
    if s.isupper():
        return s.lower()
    if s.islower():
        return s.capitalize()
    return s.upper()

#: letters(1, 8), char()
#: 'aaa', 'a'
#: '', 'b'
def f(text, c):
    pieces = []
    for part in text.split(c):
        pieces.append(part.title() if len(part) % 2 else part.upper())
    return c.upper().join(pieces)

#: text(0, 16)
#: 'a b'
#: 'İ'
def lowered_lengths(s):
    low, up = s.lower(), s.upper()
    return {'lower': len(low), 'upper': len(up), 'same': low.upper() == up}

#: name(), int_(-9, 999)
#: '', 0
#: 'Al', -5
def f(name, n):
    sign = '-' if n < 0 else ''
    number = str(abs(n)).zfill(4)
    return name.ljust(6, '.') + sign + number
