# title: A closure
# description: Each counter remembers its own number after make_counter has returned.

def make_counter(start):
    count = start

    def step():
        nonlocal count
        count += 1
        return count

    return step


def main():
    tickets = make_counter(0)
    pages = make_counter(100)
    tickets()
    tickets()
    pages()
    print(tickets(), pages())
