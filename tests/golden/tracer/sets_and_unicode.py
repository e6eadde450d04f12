# entry: main("Ünï🙂")
def main(s):
    seen = set()
    for ch in s:
        seen.add(ch)
    tab = "\t\u202e\x00'\""
    name_é = len(seen)
    it = iter("abc")
    next(it)
    return sorted(seen), tab
