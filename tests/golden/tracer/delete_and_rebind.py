# entry: main()
def main():
    x = 1
    y = "s"
    del x
    y = True
    x = 1.0
    x = 1
    return x
