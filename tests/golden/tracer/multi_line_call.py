# entry: main(3)
def join(*parts, sep=" "):
    return sep.join(parts)


def main(n):
    text = join(
        "a" * n,
        str(n),
        sep=(
            "-"
        ),
    )
    data = {
        "n": n,
        "text": text,
    }
    return data
