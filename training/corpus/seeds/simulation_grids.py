#: choice(["S..", ".#.", "..G"], ["S#", ".G"]), list_(choice("N", "S", "E", "W"), 0, 5)
def walk(world, moves):
    r, c = 0, 0
    bumps = 0
    for m in moves:
        nr, nc = r, c
        if m == "N":
            nr -= 1
        elif m == "S":
            nr += 1
        elif m == "E":
            nc += 1
        elif m == "W":
            nc -= 1
        if nr < 0 or nc < 0 or nr >= len(world) or nc >= len(world[0]) or world[nr][nc] == "#":
            bumps += 1
        else:
            r, c = nr, nc
        if world[r][c] == "G":
            return "goal", bumps
    return (r, c), bumps

#: list_(choice("R", "L", "U", "D"), 1, 6), list_(tuple_(int_(0, 3), int_(0, 3)), 0, 3)
def snake(moves, apples):
    body = [(0, 0)]
    score = 0
    for m in moves:
        x, y = body[0]
        if m == "R":
            head = (x + 1, y)
        elif m == "L":
            head = (x - 1, y)
        elif m == "U":
            head = (x, y - 1)
        else:
            head = (x, y + 1)
        if head in body or not (0 <= head[0] < 4 and 0 <= head[1] < 4):
            return "game over", score
        body.insert(0, head)
        if head in apples:
            apples.remove(head)
            score += 1
        else:
            body.pop()
    return body, score

#: list_(int_(0, 2), 1, 5)
def connect_drop(columns):
    board = [["."] * 3 for _ in range(3)]
    player = "X"
    for col in columns:
        row = 2
        while row >= 0 and board[row][col] != ".":
            row -= 1
        if row < 0:
            print("column", col, "is full")
            continue
        board[row][col] = player
        player = "O" if player == "X" else "X"
    return ["".join(line) for line in board]

#: distinct(int_(1, 9), 3, 6)
def tic_tac_toe(moves):
    board = list("123456789")
    wins = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 4, 8), (2, 4, 6)]
    for turn, move in enumerate(moves):
        mark = "XO"[turn % 2]
        board[move - 1] = mark
        for a, b, c in wins:
            if board[a] == board[b] == board[c]:
                return mark + " wins after " + str(turn + 1)
    return "".join(board)

#: choice([[2, 2, 4], [0, 4, 4]], [[8], [8]], [[2, 0, 2]])
def merge_row(row):
    tiles = [t for t in row if t]
    out = []
    while tiles:
        t = tiles.pop(0)
        if tiles and tiles[0] == t:
            tiles.pop(0)
            t *= 2
        out.append(t)
    return out + [0] * (len(row) - len(out))

def slide_left(board):
    return [merge_row(row) for row in board]

#: matrix(int_(0, 3), 2, 3), int_(1, 3)
def sandpile(grid, rounds):
    rows, cols = len(grid), len(grid[0])
    grid[0][1] += 2
    for _ in range(rounds):
        toppled = False
        for r in range(rows):
            for c in range(cols):
                if grid[r][c] < 4:
                    continue
                toppled = True
                grid[r][c] -= 4
                for dr, dc in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                    if 0 <= r + dr < rows and 0 <= c + dc < cols:
                        grid[r + dr][c + dc] += 1
        if not toppled:
            break
    return grid

#: choice(["T.", ".F"], ["TTF"], ["F.T", "TT."]), int_(1, 3)
def forest_fire(rows, minutes):
    forest = [list(r) for r in rows]
    for _ in range(minutes):
        burning = [(y, x) for y, row in enumerate(forest) for x, t in enumerate(row) if t == "F"]
        if not burning:
            break
        for y, x in burning:
            forest[y][x] = "."
            for yy, xx in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                if 0 <= yy < len(forest) and 0 <= xx < len(forest[0]) and forest[yy][xx] == "T":
                    forest[yy][xx] = "F"
    return sum(row.count("T") for row in forest), ["".join(r) for r in forest]

#: choice([" o ", "o o"], ["oo", "  "], ["o  "])
def gravity(field):
    fallen = []
    for column in zip(*field):
        stones = column.count("o")
        fallen.append(" " * (len(field) - stones) + "o" * stones)
    return ["".join(line) for line in zip(*fallen)]

#: int_(0, 7), int_(0, 7), int_(0, 7), int_(0, 7)
def queen_attacks(r1, c1, r2, c2):
    if r1 == r2:
        return "row"
    if c1 == c2:
        return "column"
    if abs(r1 - r2) == abs(c1 - c2):
        return "diagonal"
    return None

#: choice("e2", "a7", "h1"), choice("knight", "king", "pawn")
def legal_moves(square, piece):
    col = ord(square[0]) - ord("a")
    row = int(square[1]) - 1
    steps = {
        "knight": [(1, 2), (2, 1), (-1, 2), (-2, 1)],
        "king": [(0, 1), (1, 1), (1, 0)],
    }
    moves = []
    for dc, dr in steps.get(piece, [(0, 1)]):
        c, r = col + dc, row + dr
        if 0 <= c <= 7 and 0 <= r <= 7:
            moves.append("abcdefgh"[c] + str(r + 1))
    return moves

#: list_(tuple_(int_(0, 3), int_(0, 3)), 1, 5)
def battleship(shots):
    ships = {"boat": [(0, 0), (0, 1)], "sub": [(2, 2)]}
    log = []
    for shot in shots:
        result = "miss"
        for name, cells in ships.items():
            if shot in cells:
                cells.remove(shot)
                result = "hit" if cells else "sunk " + name
                break
        log.append(result)
    left = [name for name, cells in ships.items() if cells]
    return log, left

#: list_(choice("PENDOWN", "PENUP", "MOVE", "TURN"), 0, 7)
class Turtle:
    def __init__(self):
        self.pos = (0, 0)
        self.heading = (1, 0)
        self.drawing = False
        self.trail = []

    def move(self):
        x, y = self.pos
        dx, dy = self.heading
        self.pos = (x + dx, y + dy)
        if self.drawing:
            self.trail.append(self.pos)

    def turn(self):
        dx, dy = self.heading
        self.heading = (-dy, dx)

def turtle(commands):
    t = Turtle()
    for c in commands:
        if c == "MOVE":
            t.move()
        elif c == "TURN":
            t.turn()
        else:
            t.drawing = c == "PENDOWN"
    return t.pos, t.trail

#: list_(tuple_(int_(0, 4), int_(0, 4), int_(1, 2), int_(1, 2)), 0, 2)
def paint(rectangles):
    canvas = [[0] * 5 for _ in range(5)]
    for left, top, w, h in rectangles:
        for y in range(top, min(top + h, 5)):
            for x in range(left, min(left + w, 5)):
                canvas[y][x] += 1
    overlaps = sum(1 for row in canvas for v in row if v > 1)
    covered = sum(len(row) - row.count(0) for row in canvas)
    return covered, overlaps

#: list_(tuple_(choice("A1", "B2", "A2"), name()), 0, 4)
def cinema(bookings):
    seats = {row + str(n): None for row in "AB" for n in (1, 2)}
    waiting = []
    for seat, guest in bookings:
        if seats[seat] is None:
            seats[seat] = guest
        else:
            free = [s for s, g in seats.items() if g is None]
            if free:
                seats[free[0]] = guest
            else:
                waiting.append(guest)
    return seats, waiting

#: list_(choice("in", "out"), 0, 7), int_(1, 3)
def parking_lot(events, capacity):
    cars, turned_away, number = [], 0, 100
    for event in events:
        if event == "in":
            number += 1
            if len(cars) < capacity:
                cars.append(number)
            else:
                turned_away += 1
        elif cars:
            left = cars.pop(0)
            print("car", left, "leaves")
    return cars, turned_away

#: list_(int_(-5, 8), 1, 7)
def thermostat(outside):
    room = 18.0
    heating = False
    switched = 0
    for temp in outside:
        if room < 18 and not heating:
            heating = True
            switched += 1
        elif room > 20 and heating:
            heating = False
            switched += 1
        room += (temp - room) / 10
        if heating:
            room += 2
        room = round(room, 1)
    return room, switched

#: list_(choice("play", "pause", "next", "stop"), 0, 6)
def media_player(buttons):
    transitions = {
        "stopped": {"play": "playing"},
        "playing": {"pause": "paused", "stop": "stopped", "next": "playing"},
        "paused": {"play": "playing", "stop": "stopped"},
    }
    state, track = "stopped", 1
    for b in buttons:
        new = transitions[state].get(b)
        if new is None:
            print(f"{b} ignored while {state}")
            continue
        if b == "next":
            track += 1
        elif b == "stop":
            track = 1
        state = new
    return state, track

#: list_(tuple_(choice("buy", "sell"), int_(1, 5), int_(8, 12)), 0, 5)
from dataclasses import dataclass

@dataclass
class Portfolio:
    cash: int = 100
    shares: int = 0

def trade(orders):
    p = Portfolio()
    for side, n, price in orders:
        if side == "buy" and p.cash >= n * price:
            p.cash -= n * price
            p.shares += n
        elif side == "sell" and p.shares >= n:
            p.cash += n * price
            p.shares -= n
        else:
            print("rejected:", side, n)
    return p

#: int_(1, 5), int_(1, 5), int_(1, 4)
def two_walkers(a, b, minutes):
    pos_a, pos_b = 0, 20
    for m in range(1, minutes + 1):
        pos_a += a
        pos_b -= b
        if pos_a >= pos_b:
            return f"met in minute {m}"
    return pos_b - pos_a

#: list_(tuple_(int_(0, 3), choice("H", "C")), 0, 5)
def restaurant_tables(events):
    tables = [None] * 3
    served = 0
    for number, kind in events:
        if number >= len(tables):
            continue
        match kind, tables[number]:
            case "H", None:
                tables[number] = "busy"
            case "H", _:
                print("table", number, "is taken")
            case "C", "busy":
                tables[number] = None
                served += 1
    return tables, served

#: int_(3, 12), list_(int_(1, 5), 0, 4)
def leaky_bucket(capacity, drops):
    level = 0
    spilled = 0
    for d in drops:
        level = max(0, level - 1)
        level += d
        if level > capacity:
            spilled += level - capacity
            level = capacity
    return level, spilled
