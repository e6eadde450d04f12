# entry: main()
def main():
    n = 0
    try:
        while True:
            n += 1
    except BaseException:
        print("never")
