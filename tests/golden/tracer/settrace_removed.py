# entry: main()
import sys


def main():
    a = 1
    sys.settrace(None)
    b = 2
    return b
