# title: Ask until done
# description: Reads numbers with input() until an empty line, then prints their mean.
# stdin: 4
# stdin: 8
# stdin: 6
# stdin:

def read_numbers():
    numbers = []
    while True:
        text = input("A number, or nothing to stop: ")
        if text == "":
            return numbers
        numbers.append(float(text))


def main():
    numbers = read_numbers()
    mean = sum(numbers) / len(numbers)
    print(f"{len(numbers)} numbers, mean {mean}")
