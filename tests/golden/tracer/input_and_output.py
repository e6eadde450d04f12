# stdin: Ada\n41\nrest
# entry: main()
import sys


def main():
    name = input("name? ")
    age = int(input())
    print("hi", name, age + 1)
    print("oops", file=sys.stderr)
    rest = sys.stdin.read()
    return rest
