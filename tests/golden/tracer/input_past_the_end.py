# stdin: only\n
# entry: main()
def main():
    a = input()
    b = input("more? ")
    return a, b
