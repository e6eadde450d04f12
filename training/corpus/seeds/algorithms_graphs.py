#: {"A": ["B", "C"], "B": ["D"], "C": ["D"], "D": []}, choice("A", "B", "D")
#: {"x": ["y"], "y": ["x", "z"], "z": []}, "x"
def bfs(graph, start):
    visited = [start]
    queue = [start]
    while queue:
        node = queue.pop(0)
        for neighbour in graph[node]:
            if neighbour not in visited:
                visited.append(neighbour)
                queue.append(neighbour)
    return visited

#: {"A": ["B", "C"], "B": ["D"], "C": ["D"], "D": []}, choice("A", "C")
def dfs(graph, node, visited=None):
    if visited is None:
        visited = []
    if node not in visited:
        visited.append(node)
        for n in graph[node]:
            dfs(graph, n, visited)
    return visited

#: {1: [2, 3], 2: [4], 3: [4], 4: []}, choice(1, 3)
def dfs_iterative(adj, root):
    stack, order = [root], []
    while stack:
        v = stack.pop()
        if v in order:
            continue
        order.append(v)
        stack.extend(reversed(adj[v]))
    return order

#: {"home": ["park", "shop"], "park": ["school"], "shop": ["school"], "school": []}, "home", choice("school", "park", "zoo")
from collections import deque

def shortest_path(roads, start, goal):
    queue = deque([[start]])
    seen = [start]
    while queue:
        path = queue.popleft()
        place = path[-1]
        if place == goal:
            return path
        for nxt in roads.get(place, []):
            if nxt not in seen:
                seen.append(nxt)
                queue.append(path + [nxt])
    return None

#: list_(tuple_(int_(0, 4), int_(0, 4)), 0, 5)
def build_graph(edges):
    graph = {}
    for a, b in edges:
        if a not in graph:
            graph[a] = []
        if b not in graph:
            graph[b] = []
        graph[a].append(b)
        if a != b:
            graph[b].append(a)
    degrees = {node: len(graph[node]) for node in sorted(graph)}
    return degrees

#: {"A": {"B": 1, "C": 4}, "B": {"C": 2}, "C": {}}, "A"
#: {"s": {"t": 7, "u": 2}, "t": {}, "u": {"t": 3}}, choice("s", "u")
import heapq

def dijkstra(graph, source):
    dist = {v: float("inf") for v in graph}
    dist[source] = 0
    heap = [(0, source)]
    while heap:
        d, u = heapq.heappop(heap)
        if d > dist[u]:
            continue
        for v, w in graph[u].items():
            if d + w < dist[v]:
                dist[v] = d + w
                heapq.heappush(heap, (dist[v], v))
    return dist

#: [("a", "b", 3), ("b", "c", 1), ("a", "c", 7)], "a"
def dijkstra_simple(edges, start):
    distances = {start: 0}
    done = []
    while True:
        current = None
        for town in distances:
            if town not in done and (current is None or distances[town] < distances[current]):
                current = town
        if current is None:
            break
        done.append(current)
        for a, b, km in edges:
            if a == current:
                new = distances[current] + km
                if b not in distances or new < distances[b]:
                    distances[b] = new
    return distances

#: choice([("a", "b", 2), ("b", "c", -1)], [("a", "b", -2), ("b", "a", 1)])
def bellman_ford(edges):
    dist = {"a": 0}
    nodes = 3
    for _ in range(nodes - 1):
        changed = False
        for u, v, w in edges:
            if u in dist and dist[u] + w < dist.get(v, 10 ** 9):
                dist[v] = dist[u] + w
                changed = True
        if not changed:
            break
    for u, v, w in edges:
        if u in dist and dist[u] + w < dist.get(v, 10 ** 9):
            return "negative cycle"
    return dist

#: {"shirt": ["tie"], "tie": ["jacket"], "trousers": ["shoes"], "shoes": [], "jacket": []}
#: {"a": ["b"], "b": ["a"]}
def topological_order(after):
    indegree = {t: 0 for t in after}
    for task in after:
        for t in after[task]:
            indegree[t] += 1
    ready = [t for t in after if indegree[t] == 0]
    order = []
    while ready:
        task = ready.pop(0)
        order.append(task)
        for t in after[task]:
            indegree[t] -= 1
            if indegree[t] == 0:
                ready.append(t)
    if len(order) < len(after):
        return None
    return order

#: {"app": ["lib", "log"], "lib": ["core"], "log": ["core"], "core": []}, choice("app", "lib")
def install_order(requires, package, done=None):
    done = [] if done is None else done
    for dep in requires[package]:
        if dep not in done:
            install_order(requires, dep, done)
    print("installing", package)
    done.append(package)
    return done

#: list_(tuple_(int_(0, 4), int_(0, 4)), 0, 4)
def union_find(pairs):
    parent = list(range(5))

    def find(x):
        while parent[x] != x:
            x = parent[x]
        return x

    for a, b in pairs:
        ra, rb = find(a), find(b)
        if ra != rb:
            parent[ra] = rb
    groups = len([i for i in range(5) if parent[i] == i])
    return groups, parent

#: list_(tuple_(choice("ann", "bob", "cem"), choice("dora", "bob", "eli")), 0, 4)
class DisjointSet:
    def __init__(self):
        self.parent = {}
        self.size = {}

    def find(self, x):
        self.parent.setdefault(x, x)
        self.size.setdefault(x, 1)
        if self.parent[x] != x:
            self.parent[x] = self.find(self.parent[x])
        return self.parent[x]

    def union(self, a, b):
        a, b = self.find(a), self.find(b)
        if a == b:
            return False
        if self.size[a] < self.size[b]:
            a, b = b, a
        self.parent[b] = a
        self.size[a] += self.size[b]
        return True

def friend_circles(friendships):
    ds = DisjointSet()
    merged = [ds.union(a, b) for a, b in friendships]
    return merged, max(ds.size.values(), default=0)

#: [(1, "a", "b"), (4, "a", "c"), (2, "b", "c"), (3, "c", "d")]
#: [(5, "p", "q"), (1, "q", "r"), (2, "p", "r")]
def kruskal(edges):
    tree = []
    component = {}
    for w, u, v in sorted(edges):
        cu = component.setdefault(u, u)
        cv = component.setdefault(v, v)
        if cu == cv:
            continue
        for node in component:
            if component[node] == cv:
                component[node] = cu
        tree.append((u, v, w))
    return sum(w for _, _, w in tree), tree

#: choice(["..#", ".#.", "..."], ["S", "."], ["##", "#."])
def count_islands(grid):
    seen = set()
    islands = 0
    for r in range(len(grid)):
        for c in range(len(grid[0])):
            if grid[r][c] != "#" or (r, c) in seen:
                continue
            islands += 1
            todo = [(r, c)]
            while todo:
                y, x = todo.pop()
                if (y, x) in seen:
                    continue
                if 0 <= y < len(grid) and 0 <= x < len(grid[0]) and grid[y][x] == "#":
                    seen.add((y, x))
                    todo += [(y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)]
    return islands

#: choice(["S.", "#E"], ["S#", "#E"], ["SE"])
from collections import deque

def maze(rows):
    for r, row in enumerate(rows):
        for c, ch in enumerate(row):
            if ch == "S":
                start = (r, c)
            if ch == "E":
                end = (r, c)
    dist = {start: 0}
    q = deque([start])
    while q:
        r, c = q.popleft()
        if (r, c) == end:
            return dist[end]
        for dr, dc in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            nr, nc = r + dr, c + dc
            if 0 <= nr < len(rows) and 0 <= nc < len(rows[0]):
                if rows[nr][nc] != "#" and (nr, nc) not in dist:
                    dist[(nr, nc)] = dist[(r, c)] + 1
                    q.append((nr, nc))
    return "no way"

#: {"a": ["b"], "b": ["c"], "c": ["a"]}, "a"
#: {"a": ["b", "c"], "b": [], "c": ["b"]}, "a"
def has_cycle(graph, node, state=None):
    state = state if state is not None else {}
    state[node] = "open"
    for nxt in graph[node]:
        if state.get(nxt) == "open":
            return True
        if nxt not in state and has_cycle(graph, nxt, state):
            return True
    state[node] = "closed"
    return False

#: {0: [1], 1: [0, 2], 2: [1]}
#: {0: [1, 2], 1: [0, 2], 2: [0, 1]}
def two_coloring(graph):
    color = {}
    for start in graph:
        if start in color:
            continue
        color[start] = "red"
        todo = [start]
        while todo:
            u = todo.pop()
            for v in graph[u]:
                if v not in color:
                    color[v] = "blue" if color[u] == "red" else "red"
                    todo.append(v)
                elif color[v] == color[u]:
                    return None
    return color

#: matrix(choice(0, 0, 1), 3, 3)
def adjacency_lists(matrix):
    lists = []
    for i, row in enumerate(matrix):
        lists.append([j for j, connected in enumerate(row) if connected and i != j])
    in_degree = [sum(col) for col in zip(*matrix)]
    return lists, in_degree

#: [[0, 3, 8], [3, 0, 2], [8, 2, 0]]
#: [[0, 1], [5, 0]]
def floyd_warshall(d):
    n = len(d)
    for k in range(n):
        for i in range(n):
            for j in range(n):
                through = d[i][k] + d[k][j]
                if through < d[i][j]:
                    d[i][j] = through
    return d

#: {"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}, "a", choice("d", "c")
def all_paths(g, src, dst, path=()):
    path = path + (src,)
    if src == dst:
        return [path]
    found = []
    for n in g[src]:
        if n not in path:
            found.extend(all_paths(g, n, dst, path))
    return found

#: [("anna", "bob"), ("bob", "cem"), ("dora", "cem")]
#: [("x", "y")]
class Graph:
    def __init__(self):
        self.edges = {}

    def connect(self, a, b):
        self.edges.setdefault(a, []).append(b)
        self.edges.setdefault(b, []).append(a)

    def degree(self, v):
        return len(self.edges.get(v, []))

    def most_connected(self):
        best = None
        for v in self.edges:
            if best is None or self.degree(v) > self.degree(best):
                best = v
        return best

def popular(pairs):
    g = Graph()
    for a, b in pairs:
        g.connect(a, b)
    return g.most_connected(), g.edges

#: choice("cat", "cot"), choice("dog", "cog", "bat"), ["cat", "cot", "cog", "dog"]
def word_ladder(a, b, words):
    frontier, steps, used = [a], 0, [a]
    while frontier:
        if b in frontier:
            return steps
        nxt = []
        for w in frontier:
            for cand in words:
                if cand not in used and sum(x != y for x, y in zip(w, cand)) == 1:
                    used.append(cand)
                    nxt.append(cand)
        frontier = nxt
        steps += 1
    return 0
