"""Seeds: finding, counting, splitting, stripping and replacing."""

#: text(4, 20), part_of(0)
#: 'abcabc', ''
#: '', 'x'
def f(text, sub):
    first = text.find(sub)
    last = text.rfind(sub)
    if first == last:
        return text[first:]
    return text[first:last]

#: letters(2, 10), part_of(0)
#: 'abab', 'ab'
#: 'aaaa', 'aa'
def count_overlaps(s, sub):
    """Count overlapping occurrences, next to the plain count."""
    n = 0
    for i in range(len(s)):
        if s.startswith(sub, i):
            n += 1
    return n, s.count(sub)

#: text(1, 12), part_of(0)
#: 'hello', 'z'
def index_or(text, c):
    try:
        return text.index(c)
    except ValueError:
        return -len(text)

#: words(1, 4), part_of(0), int_(-1, 3)
#: 'aaaa', 'a', 2
#: 'abc', '', 2
def f(text, old, count):
    return text.replace(old, '<' + old + '>', count)

#: joined(word(), ',', 1, 5), int_(-1, 3)
#: '', 1
#: ',,', -1
def f(row, limit):
    left = row.split(',', limit)
    right = row.rsplit(',', limit)
    return left if left == right else [left[-1], right[0]]

#: joined(word(), '/', 1, 4)
#: '/'
#: ''
def path_parts(path):
    folder, slash, file = path.rpartition('/')
    stem, dot, ext = file.partition('.')
    return (folder or '.') + '|' + stem + '|' + (ext if dot else 'none')

#: text(), choice('abc', ' .', '0123456789', '')
#: 'aabbaa', 'ab'
#: '  x ', None
def strip_all(text, chars):
    return [text.strip(chars), text.lstrip(chars), text.rstrip(chars)]

#: word(), choice('un', 're', 'a', ''), choice('s', 'e', 'ing', '')
#: 'aa', 'a', 'a'
#: 'a', 'a', 'a'
def f(word, prefix, suffix):
    return word.removeprefix(prefix).removesuffix(suffix)

#: words(1, 5)
#: ' a  b '
#: ''
def split_modes(s):
    plain = s.split()
    strict = s.split(' ')
    return len(plain), len(strict), strict.count('')

#: joined(word(), '\n', 1, 4)
#: 'a\r\nb\n\nc'
#: 'x\n'
#: ''
def line_lengths(text):
    lines = text.splitlines()
    kept = text.splitlines(True)
    return [len(a) for a in lines], [len(b) for b in kept]

#: word(), choice(('a', 'b'), ('s', 'st', 'm'), ())
#: '', ('',)
#: 'tree', 'tr'
def f(s, prefixes):
    if s.startswith(prefixes):
        return s[1:]
    if s.endswith(prefixes):
        return s[:-1]
    return s + s

#: binary(3, 9), index_of(0), index_of(0)
#: 'hello', 1, 1
#: 'abca', -3, 10
def find_between(text, i, j):
    target = text[0]
    return text.find(target, i, j), text.count(target, i, j)

#: letters(3, 10)
#: 'aab'
#: ''
def first_repeat(s):
    for i, ch in enumerate(s):
        if s.find(ch) != i:
            return ch, s.index(ch), i
    return None

#: words(2, 5), char()
#: 'no match', 'z'
#: '', 'a'
def f(text, letter):
    before, found, after = text.partition(letter)
    if not found:
        return after + before
    return after + found.upper() + before

#: joined(int_(0, 99), '-', 1, 5)
#: '7'
#: '1--2'
def sum_fields(s):
    total = 0
    for part in s.split('-'):
        if part:
            total += int(part)
        else:
            total *= 10
    return total

#: text(0, 16), choice('a', 'b', ' ', '1')
#: 'a', 'a'
#: '', 'a'
def alternate_replace(text, c):
    turn = 0
    while c in text:
        text = text.replace(c, '[]'[turn], 1)
        turn = 1 - turn
    return text

#: text(0, 14)
#: '(x)'
#: 'x)('
def between_brackets(s):
    start = s.find('(')
    end = s.rfind(')')
    return s[start + 1:end] if -1 < start < end else s.replace(' ', '')

#: letters(0, 10), letters(1, 3)
#: 'banana', 'na'
#: 'banana', 'xyz'
def f(text, chars):
    out = text
    for c in chars:
        out = out.rstrip(c)
    return len(text) - len(out), out

#: words(1, 5), int_(0, 3)
#: 'one', 0
#: '', 2
def keep_words(text, n):
    pieces = text.split(None, n)
    return pieces[-1] if pieces else n

#: words(1, 4), words(1, 4)
#: 'cat dog', 'dog cat'
#: '', 'x'
def shared_words(a, b):
    other = b.split()
    both = []
    for w in a.split():
        if w in other and w not in both:
            both.append(w)
    return '+'.join(sorted(both)) or 'none'

#: letters(2, 8), index_of(0), char()
#: 'abc', 0, 'z'
#: 'abc', -1, 'z'
def f(text, i, ch):
    """Put ch in the place of text[i]."""
    return text[:i] + ch + text[i + 1:]

#: letters(1, 8), char(), char()
#: 'aabb', 'a', 'b'
#: 'aabb', 'b', 'b'
def swap_letters(s, a, b):
    table = str.maketrans({a: b, b: a})
    return s.translate(table)

#: text(0, 14), choice('aeiou', '0123', ' ', '')
#: '', 'a'
def f(s, drop):
    cleaned = s.translate(str.maketrans('', '', drop))
    return cleaned, len(s) - len(cleaned)

#: letters(0, 8)
#: 'abc'
#: ''
def map_vowels(text):
    table = str.maketrans('aeiou', '12345', 'xyz')
    return text.translate(table)

#: letters(1, 6), letters(1, 6)
#: 'abc', 'xy'
#: 'ab', 'xy'
def f(src, dst):
    try:
        t = str.maketrans(src, dst)
    except ValueError:
        return 'unequal', abs(len(src) - len(dst))
    return sorted(t.items())

#: text(1, 14), part_of(0)
#: 'xaxbx', 'x'
#: 'abc', 'q'
def cut_last(s, sub):
    head, sep, tail = s.rpartition(sub)
    return head + tail if sep else tail[::-1]

#: choice('a.b.c', 'index.html', 'tar.gz', 'none', '.hidden')
#: ''
#: 'x.'
def extension(filename):
    pos = filename.rfind('.')
    if pos <= 0:
        return ''
    return filename[pos + 1:].lower() or '?'

#: joined(word(), ' ', 2, 6), int_(1, 3)
#: 'a', 1
#: '', 1
def f(s, n):
    parts = s.rsplit(' ', n)
    parts.reverse()
    return ' '.join(parts)

#: text(0, 20)
#: '!!'
#: 'a-b'
def strip_punctuation(text):
    marks = ',.!-_:'
    out = []
    for token in text.split():
        token = token.strip(marks)
        if token:
            out.append(token)
    return out

#: letters(3, 9), int_(1, 4)
#: 'abcd', 4
#: '', 2
def all_positions(s, k):
    piece = s[:k]
    found, at = [], s.find(piece)
    while piece and at != -1:
        found.append(at)
        at = s.find(piece, at + 1)
    return found

#: choice('key=value', 'a=b=c', 'plain', '=x', 'y=')
#: ''
#: '='
def f(line):
    k, eq, v = line.partition('=')
    if eq and k:
        return {k: v}
    return {'?': line} if line else {}

#: text(0, 16), choice('.', '!', '-')
#: '...', '.'
#: '.a.', '.'
def trailing(text, mark):
    n = len(text) - len(text.rstrip(mark))
    return text[:len(text) - n], n, text.endswith(mark * n)

#: words(2, 5), int_(0, 4), word()
#: 'a b c', 9, 'z'
#: '', 0, 'z'
def replace_word(text, i, new):
    words = text.split(' ')
    try:
        words[i] = new
    except IndexError:
        words.append(new)
    return ' '.join(words)

#: letters(1, 10)
#: 'aaa'
#: ''
def rarest(s):
    if not s:
        return ''
    return min(s, key=s.count), max(s, key=s.rindex)

#: joined(int_(-5, 20), ' ', 0, 6), choice(' ', ',')
#: '1 2 x', ' '
#: '', ','
def f(s, sep):
    good, bad = [], []
    for item in s.split(sep):
        try:
            good.append(int(item))
        except ValueError:
            bad.append(item)
    return sum(good), bad

#: choice('http://a.b/c', 'https://x', 'ftp://q/', 'none')
#: 'http://'
def scheme(url):
    for p in ('https://', 'http://', 'ftp://'):
        if url.startswith(p):
            rest = url.removeprefix(p)
            return p[:-3], rest.rstrip('/').split('/')
    return '', [url]

#: letters(0, 10), part_of(0), part_of(0)
#: 'abcdef', 'b', 'e'
#: 'abcdef', 'e', 'b'
def f(text, start, stop):
    i = text.find(start)
    j = text.find(stop, i)
    if i < 0:
        return 'no start'
    return text[i:] if j < 0 else text[i:j]

#: words(1, 4)
#: '   pad'
#: ''
def indent_of(line):
    body = line.lstrip()
    depth = len(line) - len(body)
    return '>' * depth + body.split(' ', 1)[0]
