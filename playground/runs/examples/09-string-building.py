# title: A secret code
# description: Shifts every letter by three and builds the answer one letter at a time.
# entry: encode("Attack at dawn", 3)

def shift(char, distance):
    if not char.isalpha():
        return char
    start = ord("A") if char.isupper() else ord("a")
    return chr(start + (ord(char) - start + distance) % 26)


def encode(text, distance):
    code = ""
    for char in text:
        code += shift(char, distance)
    return code
