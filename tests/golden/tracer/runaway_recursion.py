# entry: main()
import sys


def down(n):
    return down(n + 1)


def main():
    sys.setrecursionlimit(30)
    try:
        down(0)
    except RecursionError as error:
        text = str(error)
    return text
