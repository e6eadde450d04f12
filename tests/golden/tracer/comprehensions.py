# entry: main([3, 1, 2])
def main(items):
    doubled = [2 * x for x in items]
    by_value = {x: str(x) for x in items if x > 1}
    unique = {x % 2 for x in items}
    total = sum(x for x in doubled)
    pairs = sorted(by_value.items(), key=lambda pair: -pair[0])
    return total, pairs, unique
