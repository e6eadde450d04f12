# entry: main()
class Managed:
    def __enter__(self):
        return "in"

    def __exit__(self, kind, value, traceback):
        return kind is ValueError


def main():
    with Managed() as m:
        raise ValueError(m)
    try:
        x = 1
    finally:
        x = 2
    return x
