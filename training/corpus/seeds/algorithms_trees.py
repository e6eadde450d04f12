#: list_(int_(0, 20), 0, 5)
class TreeNode:
    def __init__(self, key):
        self.key = key
        self.left = None
        self.right = None

def insert(root, key):
    if root is None:
        return TreeNode(key)
    if key < root.key:
        root.left = insert(root.left, key)
    elif key > root.key:
        root.right = insert(root.right, key)
    return root

def inorder(root, out):
    if root is not None:
        inorder(root.left, out)
        out.append(root.key)
        inorder(root.right, out)

def tree_sort(keys):
    root = None
    for k in keys:
        root = insert(root, k)
    result = []
    inorder(root, result)
    return result

#: list_(int_(1, 15), 1, 5)
class BST:
    def __init__(self):
        self.root = None

    def add(self, value):
        if self.root is None:
            self.root = [value, None, None]
            return
        node = self.root
        while True:
            side = 1 if value < node[0] else 2
            if node[side] is None:
                node[side] = [value, None, None]
                return
            node = node[side]

    def height(self, node):
        if node is None:
            return 0
        return 1 + max(self.height(node[1]), self.height(node[2]))

def bst_height(values):
    tree = BST()
    for v in values:
        tree.add(v)
    return tree.height(tree.root)

#: choice((1, (2, None, None), (3, None, None)), None, (5, (4, (3, None, None), None), None))
def depth(tree):
    if tree is None:
        return 0
    value, left, right = tree
    return 1 + max(depth(left), depth(right))

#: choice((1, (2, None, None), (3, None, None)), (8, (3, (1, None, None), None), (9, None, None)))
def traversals(t):
    pre, post = [], []

    def walk(node):
        if not node:
            return
        pre.append(node[0])
        walk(node[1])
        walk(node[2])
        post.append(node[0])

    walk(t)
    return {"pre": pre, "post": post}

#: choice({"v": 1, "kids": [{"v": 2, "kids": []}, {"v": 3, "kids": []}]}, {"v": 7, "kids": []})
def tree_sum(node):
    total = node["v"]
    for kid in node["kids"]:
        total += tree_sum(kid)
    return total

#: choice([1, 2, 3, None, 4], [5], [3, 9, 20, None, None, 15, 7])
from collections import deque

def level_order(heap):
    levels = []
    queue = deque([(0, 0)])
    while queue:
        i, level = queue.popleft()
        if i >= len(heap) or heap[i] is None:
            continue
        if level == len(levels):
            levels.append([])
        levels[level].append(heap[i])
        queue.append((2 * i + 1, level + 1))
        queue.append((2 * i + 2, level + 1))
    return levels

#: list_(int_(1, 20), 1, 5), int_(1, 20)
class Node:
    def __init__(self, data):
        self.data = data
        self.left = self.right = None

    def __repr__(self):
        return f"({self.left} {self.data} {self.right})" if self.left or self.right else str(self.data)

    def insert(self, data):
        if data < self.data:
            if self.left is None:
                self.left = Node(data)
            else:
                self.left.insert(data)
        else:
            if self.right is None:
                self.right = Node(data)
            else:
                self.right.insert(data)

    def find(self, data):
        if data == self.data:
            return True
        branch = self.left if data < self.data else self.right
        return branch.find(data) if branch else False

def search_tree(values, x):
    root = Node(values[0])
    for v in values[1:]:
        root.insert(v)
    return root.find(x)

#: choice((2, (1, None, None), (3, None, None)), (2, (3, None, None), None), None)
def is_bst(t, lo=float("-inf"), hi=float("inf")):
    if t is None:
        return True
    v, l, r = t
    if not lo < v < hi:
        return False
    return is_bst(l, lo, v) and is_bst(r, v, hi)

#: choice((1, (2, None, None), None), (1, (2, (4, None, None), None), (3, None, None)))
def invert(tree):
    if not tree:
        return None
    value, left, right = tree
    return (value, invert(right), invert(left))

#: choice((1, (2, None, None), (2, None, None)), (1, (2, None, None), None))
def is_symmetric(root):
    def mirror(a, b):
        if a is None and b is None:
            return True
        if a is None or b is None:
            return False
        return a[0] == b[0] and mirror(a[1], b[2]) and mirror(a[2], b[1])

    return mirror(root[1], root[2])

#: choice((5, (4, None, None), (8, None, None)), (1, (2, (3, None, None), None), None)), int_(5, 13)
def has_path_sum(t, rest):
    if t is None:
        return False
    rest = rest - t[0]
    if t[1] is None and t[2] is None:
        return rest == 0
    return has_path_sum(t[1], rest) or has_path_sum(t[2], rest)

#: choice(("+", 2, ("*", 3, 4)), ("-", ("+", 1, 1), 5), 9)
def evaluate(expr):
    if isinstance(expr, int):
        return expr
    op, left, right = expr
    a = evaluate(left)
    b = evaluate(right)
    if op == "+":
        return a + b
    if op == "-":
        return a - b
    return a * b

#: choice(("+", "x", 1), ("*", ("+", "x", "y"), 2), "y")
def to_text(e):
    match e:
        case (op, l, r):
            return f"({to_text(l)} {op} {to_text(r)})"
        case str() as name:
            return name
        case n:
            return str(n)

#: list_(choice("car", "cat", "dog", "do"), 0, 3), choice("ca", "do", "x", "cat")
def trie_search(words, prefix):
    trie = {}
    for w in words:
        node = trie
        for ch in w:
            node = node.setdefault(ch, {})
        node["$"] = True
    node = trie
    for ch in prefix:
        if ch not in node:
            return "no match"
        node = node[ch]
    return "word" if "$" in node else "prefix"

#: choice(["ab", "ac"], ["to", "tea", "ted"], [])
class Trie:
    def __init__(self):
        self.children = {}
        self.end = False

    def insert(self, word):
        if not word:
            self.end = True
            return
        head, rest = word[0], word[1:]
        if head not in self.children:
            self.children[head] = Trie()
        self.children[head].insert(rest)

    def count(self):
        return 1 + sum(child.count() for child in self.children.values())

def trie_size(words):
    root = Trie()
    for w in words:
        root.insert(w)
    return root.count()

#: choice({"a": ["b", "c"], "b": ["d"]}, {"root": []}, {"a": ["b"], "b": ["c"], "c": []}), choice("a", "root")
def print_tree(children, node, indent=0):
    print("  " * indent + node)
    lines = 1
    for child in children.get(node, []):
        lines += print_tree(children, child, indent + 1)
    return lines

#: choice({"bin": 3, "home": {"a.txt": 5, "b": {"c": 1}}}, {}, {"x": {"y": {}}})
def folder_size(folder):
    size = 0
    for name, entry in folder.items():
        if type(entry) is dict:
            size += folder_size(entry)
        else:
            size += entry
    return size

#: {"ann": "bea", "bea": "cleo", "dan": "cleo"}, choice("ann", "dan", "cleo")
def ancestors(parent, who):
    chain = []
    while who in parent:
        who = parent[who]
        chain.append(who)
    return chain

#: choice("aab", "abbb", "xy")
import heapq

def huffman(text):
    freq = {}
    for c in text:
        freq[c] = freq.get(c, 0) + 1
    heap = [(n, c, c) for c, n in freq.items()]
    heapq.heapify(heap)
    while len(heap) > 1:
        n1, c1, left = heapq.heappop(heap)
        n2, c2, right = heapq.heappop(heap)
        heapq.heappush(heap, (n1 + n2, min(c1, c2), (left, right)))
    codes = {}

    def assign(tree, prefix):
        if isinstance(tree, str):
            codes[tree] = prefix or "0"
        else:
            assign(tree[0], prefix + "0")
            assign(tree[1], prefix + "1")

    assign(heap[0][2], "")
    return codes

#: list_(int_(1, 9), 1, 4)
class SegTree:
    def __init__(self, a):
        self.n = len(a)
        self.t = [0] * self.n + a
        for i in range(self.n - 1, 0, -1):
            self.t[i] = self.t[2 * i] + self.t[2 * i + 1]

    def query(self, l, r):
        s = 0
        l += self.n
        r += self.n
        while l < r:
            if l & 1:
                s += self.t[l]
                l += 1
            if r & 1:
                r -= 1
                s += self.t[r]
            l //= 2
            r //= 2
        return s

def sums(a):
    st = SegTree(a)
    return [st.query(0, i + 1) for i in range(len(a))]

#: list_(int_(1, 9), 1, 4)
def fenwick(values):
    n = len(values)
    tree = [0] * (n + 1)
    for i, v in enumerate(values, 1):
        while i <= n:
            tree[i] += v
            i += i & -i
    total, i = 0, n
    while i:
        total += tree[i]
        i -= i & -i
    return tree, total
