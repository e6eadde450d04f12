# entry: main()
import sys


def quiet():
    sys._getframe().f_trace = None
    hidden = 1
    return hidden


def main():
    x = quiet()
    return x
