# title: Towers of Hanoi
# description: Three discs, three pegs, and a recursion that calls itself twice.
# entry: solve(3, "A", "B", "C")

def solve(discs, source, spare, target):
    if discs == 0:
        return 0
    moves = solve(discs - 1, source, target, spare)
    print(f"disc {discs}: {source} -> {target}")
    moves += 1
    moves += solve(discs - 1, spare, source, target)
    return moves
