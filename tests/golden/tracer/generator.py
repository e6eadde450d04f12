# entry: total(3)
def squares(n):
    for i in range(n):
        yield i * i
    return "end"


def total(n):
    s = 0
    for value in squares(n):
        s += value
    return s
