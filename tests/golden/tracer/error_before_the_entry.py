# entry: main()
def main():
    return 1


print("setting up")
total = 1 + undefined_name
