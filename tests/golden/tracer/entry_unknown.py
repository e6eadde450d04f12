# entry: mian(1)
def main(a):
    return a


def helper():
    pass
