#: choice("INFO start\nERROR disk full\nINFO end", "WARN x", "ERROR a\nERROR b")
def parse_log(log):
    counts = {"INFO": 0, "WARN": 0, "ERROR": 0}
    errors = []
    for line in log.split("\n"):
        level, _, message = line.partition(" ")
        counts[level] += 1
        if level == "ERROR":
            errors.append(message)
    return counts, errors

#: choice("[db]\nport=1\n[web]\nport=2\nhost=x", "a=1", "[s]")
def parse_ini(text):
    config = {}
    section = "main"
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
            config[section] = {}
        elif "=" in line:
            key, value = line.split("=")
            config.setdefault(section, {})[key] = value
    return config

#: choice('a,"b,c",d', "x,y", '"q"', "")
def split_csv(line):
    fields = []
    field = ""
    quoted = False
    for ch in line:
        if ch == '"':
            quoted = not quoted
        elif ch == "," and not quoted:
            fields.append(field)
            field = ""
        else:
            field += ch
    fields.append(field)
    return fields

#: choice("Hello {name}!", "{a}+{a}={b}", "none"), {"name": "Ann", "a": 2, "b": 4}
def fill_template(template, values):
    result = ""
    i = 0
    while i < len(template):
        if template[i] == "{":
            end = template.index("}", i)
            key = template[i + 1:end]
            result += str(values.get(key, "???"))
            i = end + 1
        else:
            result += template[i]
            i += 1
    return result

#: choice("milk 2\neggs 12\nmilk 1", "tea 1")
def shopping_list(text):
    amounts = {}
    for line in text.split("\n"):
        name, n = line.split()
        amounts[name] = amounts.get(name, 0) + int(n)
    longest = max(len(name) for name in amounts)
    for name in sorted(amounts):
        dots = "." * (longest - len(name) + 2)
        print(name + dots + str(amounts[name]))
    return amounts

#: sentence()
def sentence_stats(s):
    words = s[:-1].split()
    longest = max(words, key=len) if words else ""
    initials = [w[0] for w in words]
    kind = {"?": "question", "!": "exclamation"}.get(s[-1], "statement")
    return kind, longest, "".join(initials)

#: words(2, 5), word()
def concordance(text, target):
    words = text.split()
    hits = []
    for i, w in enumerate(words):
        if w == target:
            before = words[i - 1] if i > 0 else "<"
            after = words[i + 1] if i + 1 < len(words) else ">"
            hits.append(f"{before} {w} {after}")
    return hits or None

#: choice("cat", "box", "city", "boy", "church")
def plural(noun):
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"

#: choice("walk", "bake", "stop", "cry")
def past_tense(verb):
    vowels = "aeiou"
    if verb[-1] == "e":
        result = verb + "d"
    elif verb[-1] == "y" and verb[-2] not in vowels:
        result = verb[:-1] + "ied"
    elif verb[-1] not in vowels and verb[-2] in vowels and verb[-3] not in vowels:
        result = verb + verb[-1] + "ed"
    else:
        result = verb + "ed"
    print(verb, "->", result)
    return result

#: list_(name(), 0, 4)
def join_names(names):
    if not names:
        return "nobody"
    if len(names) == 1:
        return names[0]
    return ", ".join(names[:-1]) + " and " + names[-1]

#: list_(name(), 0, 5)
def likes(names):
    match names:
        case []:
            return "no one likes this"
        case [a]:
            return a + " likes this"
        case [a, b]:
            return f"{a} and {b} like this"
        case [a, b, *others]:
            return f"{a}, {b} and {len(others)} more like this"

#: list_(list_(word(), 2, 2), 1, 3)
def text_table(rows):
    widths = [0, 0]
    for row in rows:
        for i, cell in enumerate(row):
            if len(cell) > widths[i]:
                widths[i] = len(cell)
    border = "+" + "+".join("-" * (w + 2) for w in widths) + "+"
    out = [border]
    for row in rows:
        cells = [f" {c:{w}} " for c, w in zip(row, widths)]
        out.append("|" + "|".join(cells) + "|")
    out.append(border)
    print("\n".join(out))
    return len(border)

#: word(), word()
def diff(a, b):
    marks = ""
    same = 0
    for i in range(max(len(a), len(b))):
        if i >= len(a):
            marks += "+"
        elif i >= len(b):
            marks += "-"
        elif a[i] == b[i]:
            marks += "="
            same += 1
        else:
            marks += "~"
    return marks, same

#: choice("int x = 5; // five", "a /* no */ b", "plain")
def strip_comment(code):
    cut = code.find("//")
    if cut != -1:
        code = code[:cut]
    while "/*" in code:
        start = code.index("/*")
        end = code.index("*/", start)
        code = code[:start] + code[end + 2:]
    return code.strip()

#: choice("https://a.org/x/y?k=1", "http://b.de", "ftp:c")
def parse_url(url):
    if "://" not in url:
        return None
    scheme, rest = url.split("://", 1)
    rest, _, query = rest.partition("?")
    host, slash, path = rest.partition("/")
    return {"scheme": scheme, "host": host, "path": slash + path, "query": query}

#: choice("report.tar.gz", "photo.JPG", "README", ".hidden")
def file_type(filename):
    stem, dot, ext = filename.rpartition(".")
    if not dot or not stem:
        return "no extension"
    kinds = {"jpg": "image", "png": "image", "gz": "archive"}
    return kinds.get(ext.lower(), "unknown ." + ext)

#: sentence(), choice("-", "_", "")
def slug(title, sep):
    out = []
    for ch in title.lower():
        if ch.isalnum():
            out.append(ch)
        elif out and out[-1] != sep:
            out.append(sep)
        if len(out) >= 14:
            break
    return "".join(out).strip(sep or None)

#: words(1, 4)
def spongebob(text):
    upper = True
    out = ""
    for c in text[:12]:
        if c.isalpha():
            out += c.upper() if upper else c.lower()
            upper = not upper
        else:
            out += c
    return out

#: mixed(0, 10)
def digits_and_letters(s):
    numbers = []
    current = ""
    for ch in s + " ":
        if ch.isdigit():
            current += ch
        elif current:
            numbers.append(int(current))
            current = ""
    return sum(numbers), numbers

#: word(), choice("abc", "qwertyuiop", "aeiou")
def pangram_gaps(text, alphabet):
    missing = [letter for letter in alphabet if letter not in text.lower()]
    if not missing:
        return "complete"
    return "missing: " + "".join(missing)

#: choice("5 apples and 3 pears", "no numbers", "12+7")
import re

def sum_numbers(text):
    total = 0
    for found in re.findall(r"\d+", text):
        total += int(found)
    replaced = re.sub(r"\d", "#", text)
    return total, replaced

#: choice("07:15 wake up\n08:00 school\n07:40 bus", "12:00 lunch")
import re

def agenda(text):
    entries = []
    for line in text.splitlines():
        m = re.match(r"(\d\d):(\d\d) (.+)", line)
        if m:
            h, mins, what = m.groups()
            entries.append((int(h) * 60 + int(mins), what))
    entries.sort()
    return [what for _, what in entries]

#: words(3, 5)
def bigrams(text):
    words = text.split()
    follow = {}
    for a, b in zip(words, words[1:]):
        follow.setdefault(a, []).append(b)
    start = words[0]
    line = [start]
    while start in follow and len(line) < 5:
        start = follow[start][-1]
        line.append(start)
    return " ".join(line)

#: choice("a1b2", "ab", "", "9")
def char_codes(s):
    codes = {c: ord(c) for c in s}
    shifted = "".join(chr(n + 1) for n in codes.values())
    return codes, shifted, bytes(s, "ascii")
