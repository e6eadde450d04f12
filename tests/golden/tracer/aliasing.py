# entry: main()
def grow(items):
    items.append(len(items))


def main():
    a = [0]
    b = a
    grow(b)
    b += [9]
    c = a[:]
    c[0] = True
    a.append(a)
    return a is b
