# entry: main()
class Counter:
    calls = 0

    def __repr__(self):
        Counter.calls += 1
        return "counter"

    def __eq__(self, other):
        Counter.calls += 1
        return True

    __hash__ = None


def main():
    c = Counter()
    pair = [c, {"k": c}]
    box = (pair, c)
    return Counter.calls
