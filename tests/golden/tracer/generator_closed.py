# entry: main()
def numbers():
    try:
        yield 1
        yield 2
    finally:
        print("closing")


def main():
    g = numbers()
    first = next(g)
    g.close()
    return first
