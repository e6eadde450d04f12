# entry: count(4)
def count(n):
    total = 0
    for i in range(n):
        if i % 2:
            continue
        total += i
    while total > 0:
        total -= 1
    return total
