#: choice("red", "green", "yellow"), int_(1, 6)
def traffic_light(color, changes):
    history = [color]
    for _ in range(changes):
        if color == "red":
            color = "green"
        elif color == "green":
            color = "yellow"
        else:
            color = "red"
        history.append(color)
    return history

#: int_(1, 12)
def traffic_seconds(seconds):
    durations = {"green": 4, "yellow": 1, "red": 3}
    following = {"green": "yellow", "yellow": "red", "red": "green"}
    state, left = "green", durations["green"]
    for t in range(seconds):
        left -= 1
        if left == 0:
            state = following[state]
            left = durations[state]
            print(f"t={t + 1}: {state}")
    return state, left

#: int_(1, 50), int_(1, 5)
def lcg(seed, n):
    numbers = []
    x = seed
    for _ in range(n):
        x = (5 * x + 3) % 64
        numbers.append(x)
    return numbers

#: int_(1, 999)
class Random:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state * 1103515245 + 12345) & 0x7FFFFFFF
        return self.state

    def randint(self, low, high):
        return low + self.next() // 65536 % (high - low + 1)

def roll_dice(seed):
    rng = Random(seed)
    rolls = [rng.randint(1, 6) for _ in range(5)]
    sixes = rolls.count(6)
    print(rolls)
    return sum(rolls), sixes

#: int_(1, 99), list_(word(), 2, 4)
def shuffle(seed, cards):
    x = seed
    for i in range(len(cards) - 1, 0, -1):
        x = (x * 17 + 11) % 101
        j = x % (i + 1)
        cards[i], cards[j] = cards[j], cards[i]
    return cards

#: list_(int_(0, 6), 1, 4)
def elevator(calls):
    floor = 0
    travelled = 0
    for target in calls:
        direction = "up" if target > floor else "down"
        while floor != target:
            floor += 1 if direction == "up" else -1
            travelled += 1
        print("Ding! floor", floor)
    return travelled

#: list_(int_(1, 8), 0, 4), int_(1, 8)
class Elevator:
    def __init__(self, floor):
        self.floor = floor
        self.requests = []
        self.visited = []

    def request(self, f):
        if f not in self.requests:
            self.requests.append(f)

    def run(self):
        while self.requests:
            nearest = min(self.requests, key=lambda f: (abs(f - self.floor), f))
            self.requests.remove(nearest)
            self.floor = nearest
            self.visited.append(nearest)

def lift(calls, start):
    e = Elevator(start)
    for c in calls:
        e.request(c)
    e.run()
    return e.visited

#: list_(int_(0, 3), 1, 5), list_(int_(1, 3), 1, 5)
def checkout_queue(arrivals, service):
    waiting = 0
    longest = 0
    for minute in range(max(len(arrivals), len(service))):
        if minute < len(arrivals):
            waiting += arrivals[minute]
        served = service[minute] if minute < len(service) else 1
        waiting = max(0, waiting - served)
        longest = max(longest, waiting)
    return waiting, longest

#: list_(tuple_(int_(0, 6), int_(1, 4)), 0, 4)
def bank_teller(customers):
    clock = 0
    total_wait = 0
    for arrival, duration in sorted(customers):
        if clock < arrival:
            clock = arrival
        total_wait += clock - arrival
        clock += duration
    return {"finished": clock, "waited": total_wait}

#: list_(tuple_(int_(1, 5), int_(1, 5)), 1, 4), int_(1, 2)
import heapq

def cashiers(customers, desks):
    free = [0] * desks
    heapq.heapify(free)
    log = []
    t = 0
    for gap, work in customers:
        t += gap
        start = max(t, heapq.heappop(free))
        heapq.heappush(free, start + work)
        log.append(start - t)
    return log

#: matrix(int_(0, 1), 3, 3)
def life_step(board):
    rows, cols = len(board), len(board[0])

    def alive(r, c):
        return board[r][c] if 0 <= r < rows and 0 <= c < cols else 0

    new = []
    for r in range(rows):
        line = []
        for c in range(cols):
            n = sum(alive(r + i, c + j) for i, j in [(0, 1), (1, 0), (0, -1), (-1, 0)])
            line.append(1 if n == 2 or (n == 3 and board[r][c]) else 0)
        new.append(line)
    return new if rows < 3 else new[1]

#: choice([(0, 1), (1, 1), (2, 1)], [(0, 0), (0, 1), (1, 0)], [(2, 2)])
def game_of_life(cells):
    counts = {}
    for x, y in cells:
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                if dx or dy:
                    key = (x + dx, y + dy)
                    counts[key] = counts.get(key, 0) + 1
    return sorted(c for c, n in counts.items() if n == 3 or (n == 2 and c in cells))

#: binary(3, 7), choice(30, 90, 110)
def cellular(row, rule):
    new = ""
    for i in range(len(row)):
        left = row[i - 1] if i > 0 else "0"
        right = row[i + 1] if i < len(row) - 1 else "0"
        index = int(left + row[i] + right, 2)
        new += str(rule >> index & 1)
    print(row.replace("0", " ").replace("1", "#"))
    return new

#: list_(choice("up", "down", "left", "right", "stay"), 0, 6)
def robot(moves):
    x = y = 0
    visited = [(0, 0)]
    for m in moves:
        if m == "up" and y < 2:
            y += 1
        elif m == "down" and y > 0:
            y -= 1
        elif m == "left" and x > 0:
            x -= 1
        elif m == "right" and x < 2:
            x += 1
        else:
            print("blocked:", m)
            continue
        visited.append((x, y))
    return visited

#: choice("R2 U1 L1", "D3", "U2 R1 D2", "")
def wire(path):
    x, y = 0, 0
    crossings = 0
    seen = [(0, 0)]
    for step in path.split():
        dx, dy = {"R": (1, 0), "L": (-1, 0), "U": (0, 1), "D": (0, -1)}[step[0]]
        for _ in range(int(step[1:])):
            x, y = x + dx, y + dy
            if (x, y) in seen:
                crossings += 1
            seen.append((x, y))
    return abs(x) + abs(y), crossings

#: int_(1, 8)
def langtons_ant(steps):
    black = []
    x, y = 0, 0
    dx, dy = 0, -1
    for _ in range(steps):
        if (x, y) in black:
            black.remove((x, y))
            dx, dy = dy, -dx
        else:
            black.append((x, y))
            dx, dy = -dy, dx
        x += dx
        y += dy
    return black, (x, y)

#: int_(5, 30), int_(1, 4)
def rabbits(start, years):
    population = start
    for year in range(1, years + 1):
        births = population // 2
        deaths = population // 10
        population += births - deaths
        if population > 60:
            print("year", year, "fox attack")
            population //= 2
    return population

#: int_(5, 20), int_(2, 10), int_(1, 4)
def predator_prey(rabbits, foxes, seasons):
    log = []
    for _ in range(seasons):
        eaten = min(rabbits, foxes * 2)
        rabbits = (rabbits - eaten) * 2
        foxes = max(1, foxes - 1) if eaten < foxes else foxes + 1
        log.append((rabbits, foxes))
    return log

#: int_(10, 80)
def bouncing_ball(height):
    bounces = 0
    distance = height
    while height > 5:
        height = height / 2
        distance += 2 * height
        bounces += 1
    return bounces, distance

#: int_(1, 9), choice(0, 4, -3)
def falling(v0, wind):
    t, x, y, v = 0, 0, 10, -v0
    while y > 0 and t < 8:
        y += v
        x += wind
        v -= 2
        t += 1
    return {"t": t, "x": x, "landed": y <= 0}

#: list_(choice("5c", "10c", "25c", "refund"), 1, 5)
def parking_meter(coins):
    state = "idle"
    minutes = 0
    for coin in coins:
        if state == "idle" and coin == "refund":
            continue
        if coin == "refund":
            state, minutes = "idle", 0
        else:
            minutes += int(coin[:-1]) * 2
            state = "full" if minutes >= 60 else "running"
            minutes = min(60, minutes)
    return state, minutes

#: choice("aab", "abb", "", "ba", "aaab")
def dfa(text):
    table = {
        ("start", "a"): "as",
        ("as", "a"): "as",
        ("as", "b"): "accept",
    }
    state = "start"
    for symbol in text:
        state = table.get((state, symbol), "dead")
        if state == "dead":
            break
    return state == "accept", state

#: binary(1, 4)
def turing_increment(bits):
    tape = list(bits)
    head = len(tape) - 1
    state = "carry"
    while state != "halt":
        if head < 0:
            tape.insert(0, "1")
            state = "halt"
        elif tape[head] == "1":
            tape[head] = "0"
            head -= 1
        else:
            tape[head] = "1"
            state = "halt"
    return "".join(tape)

#: int_(1, 7), int_(2, 3)
def josephus(n, k):
    people = list(range(1, n + 1))
    i = 0
    while len(people) > 1:
        i = (i + k - 1) % len(people)
        out = people.pop(i)
        print(out, "is out")
    return people[0]

#: list_(int_(1, 13), 2, 4), list_(int_(1, 13), 2, 4)
def war(deck_a, deck_b):
    rounds = 0
    while deck_a and deck_b and rounds < 6:
        a, b = deck_a.pop(0), deck_b.pop(0)
        rounds += 1
        if a > b:
            deck_a += [a, b]
        elif b > a:
            deck_b += [b, a]
    return rounds, len(deck_a), len(deck_b)

#: list_(tuple_(choice("rock", "paper", "scissors"), choice("rock", "paper", "scissors")), 0, 4)
def rock_paper_scissors(games):
    beats = {"rock": "scissors", "paper": "rock", "scissors": "paper"}
    score = [0, 0]
    for mine, yours in games:
        if mine == yours:
            continue
        elif beats[mine] == yours:
            score[0] += 1
        else:
            score[1] += 1
    if score[0] == score[1]:
        return "draw", score
    return "player 1" if score[0] > score[1] else "player 2", score

#: word(), list_(char(), 1, 7)
def hangman(secret, guesses):
    shown = ["_"] * len(secret)
    lives = 4
    for g in guesses:
        if g in secret:
            for i in range(len(secret)):
                if secret[i] == g:
                    shown[i] = g
        else:
            lives -= 1
        if lives == 0:
            return "lost", " ".join(shown)
        if "_" not in shown:
            break
    return ("won" if "_" not in shown else "open"), " ".join(shown)

#: digits(4, 4), digits(4, 4)
def mastermind(code, guess):
    black = 0
    rest_code, rest_guess = [], []
    for c, g in zip(code, guess):
        if c == g:
            black += 1
        else:
            rest_code.append(c)
            rest_guess.append(g)
    white = 0
    for g in rest_guess:
        if g in rest_code:
            rest_code.remove(g)
            white += 1
    return f"{black} black, {white} white"

#: list_(int_(1, 6), 1, 6)
def snakes_and_ladders(rolls):
    jumps = {3: 11, 9: 2, 14: 6}
    position = 0
    turns = 0
    for roll in rolls:
        if position + roll > 16:
            continue
        position += roll
        turns += 1
        if position in jumps:
            kind = "ladder" if jumps[position] > position else "snake"
            print(f"{kind} from {position} to {jumps[position]}")
            position = jumps[position]
        if position == 16:
            return "finished", turns
    return position, turns

#: list_(int_(0, 10), 1, 8)
def bowling(throws):
    score, i, frame = 0, 0, 0
    while i < len(throws) and frame < 3:
        if throws[i] == 10:
            score += 10 + sum(throws[i + 1:i + 3])
            i += 1
        else:
            pair = sum(throws[i:i + 2])
            score += pair
            if pair == 10:
                score += sum(throws[i + 2:i + 3])
            i += 2
        frame += 1
    return score

#: list_(choice("work", "eat", "sleep"), 0, 6)
class Pet:
    def __init__(self):
        self.energy, self.hunger = 5, 2
        self.alive = True

    def act(self, what):
        match what:
            case "work":
                self.energy -= 2
                self.hunger += 2
            case "eat":
                self.hunger = max(0, self.hunger - 3)
            case "sleep":
                self.energy += 3
        if self.energy < 0 or self.hunger > 6:
            self.alive = False

def tamagotchi(actions):
    pet = Pet()
    for day, a in enumerate(actions, 1):
        pet.act(a)
        if not pet.alive:
            return f"died on day {day}"
    return pet.energy, pet.hunger

#: list_(tuple_(choice("r0", "r1"), int_(0, 3)), 0, 5)
def cache_hits(accesses):
    cache = {}
    clock = hits = 0
    for page in accesses:
        clock += 1
        if page in cache:
            hits += 1
        elif len(cache) == 2:
            oldest = min(cache, key=cache.get)
            del cache[oldest]
        cache[page] = clock
    return hits, list(cache)
