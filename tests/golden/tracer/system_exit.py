# entry: main()
def main():
    print("bye")
    exit(3)
