# entry: main()
import os


def main():
    print("before")
    x = 1
    os._exit(7)
