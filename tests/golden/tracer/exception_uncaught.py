# entry: outer({})
def inner(d):
    return d["missing"]


def outer(d):
    x = 1
    return inner(d) + x
