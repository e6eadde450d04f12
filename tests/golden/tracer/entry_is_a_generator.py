# entry: numbers()
def numbers():
    yield 1
