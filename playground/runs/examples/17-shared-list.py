# title: One list, two names
# description: An assignment copies nothing. Which list changes, and when?

def add_guest(name, guests=[]):
    guests.append(name)
    return guests


def main():
    monday = add_guest("Ada")
    tuesday = add_guest("Ben")
    print("monday:", monday)
    print("tuesday:", tuesday)

    table = [["."] * 3] * 2
    table[0][0] = "x"
    print(table)
