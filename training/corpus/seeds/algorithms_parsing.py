#: bracketed()
#: choice("(())", "([)]", "{[]}()", "(((", "a(b)c")
def is_balanced(s):
    stack = []
    pairs = {")": "(", "]": "[", "}": "{"}
    for ch in s:
        if ch in "([{":
            stack.append(ch)
        elif ch in pairs:
            if not stack or stack.pop() != pairs[ch]:
                return False
    return len(stack) == 0

#: choice("(()", "())(", "()()", "((a)b")
def count_unmatched(text):
    depth = 0
    missing_open = 0
    for c in text:
        if c == "(":
            depth += 1
        if c == ")":
            if depth == 0:
                missing_open += 1
            else:
                depth -= 1
    return missing_open + depth

#: choice("((()))", "()()", "(()())", "")
def max_depth(parens):
    deepest = depth = 0
    for p in parens:
        depth += 1 if p == "(" else -1
        deepest = max(deepest, depth)
    return deepest

#: choice("(()())(())", "()()", "((()))")
def top_level_groups(s):
    groups, level, start = [], 0, 0
    for i, c in enumerate(s):
        if c == "(":
            level += 1
        else:
            level -= 1
        if level == 0:
            groups.append(s[start:i + 1])
            start = i + 1
    return groups

#: choice("3 4 +", "5 1 2 + 4 * + 3 -", "8 2 /", "2 3 * 4 -")
#: choice("1 +", "4 0 /")
def rpn(expression):
    stack = []
    for token in expression.split():
        if token.isdigit():
            stack.append(int(token))
            continue
        if len(stack) < 2:
            return "error: stack underflow"
        b = stack.pop()
        a = stack.pop()
        if token == "+":
            stack.append(a + b)
        elif token == "-":
            stack.append(a - b)
        elif token == "*":
            stack.append(a * b)
        elif token == "/":
            if b == 0:
                return "error: division by zero"
            stack.append(a // b)
    return stack[-1]

#: ["2", "3", "+", "4", "*"]
#: choice(["7"], ["6", "2", "-"], ["4", "dup", "*"], ["1", "2", "swap", "-"])
import operator

OPS = {"+": operator.add, "-": operator.sub, "*": operator.mul}

def evaluate(tokens):
    stack = []
    for t in tokens:
        if t in OPS:
            y, x = stack.pop(), stack.pop()
            stack.append(OPS[t](x, y))
        elif t == "dup":
            stack.append(stack[-1])
        elif t == "swap":
            stack[-1], stack[-2] = stack[-2], stack[-1]
        else:
            stack.append(int(t))
    return stack

#: choice("+ 1 2", "* + 1 2 3", "- 9 * 2 3")
def prefix_eval(expr):
    tokens = expr.split()

    def read():
        tok = tokens.pop(0)
        if tok == "+":
            return read() + read()
        if tok == "-":
            return read() - read()
        if tok == "*":
            return read() * read()
        return int(tok)

    return read()

#: choice("a+b*c", "(a+b)*c", "a*b-c", "a-b-c", "x")
def to_postfix(infix):
    precedence = {"+": 1, "-": 1, "*": 2, "/": 2}
    output = ""
    stack = []
    for c in infix:
        if c.isalpha():
            output += c
        elif c == "(":
            stack.append(c)
        elif c == ")":
            while stack[-1] != "(":
                output += stack.pop()
            stack.pop()
        else:
            while stack and stack[-1] != "(" and precedence[stack[-1]] >= precedence[c]:
                output += stack.pop()
            stack.append(c)
    while stack:
        output += stack.pop()
    return output

#: choice("12+3*4", "7-2-1", "10*2+1", "5")
def calc(text):
    total = 0
    number = 0
    last = 0
    op = "+"
    for i, ch in enumerate(text):
        if ch.isdigit():
            number = number * 10 + int(ch)
        if not ch.isdigit() or i == len(text) - 1:
            if op == "+":
                total += last
                last = number
            elif op == "-":
                total += last
                last = -number
            else:
                last = last * number
            op = ch
            number = 0
    return total + last

#: choice("2+3", "1+2*3", "2*(3+1)", "8-(2-1)")
class Parser:
    def __init__(self, text):
        self.text = text
        self.pos = 0

    def __repr__(self):
        return f"Parser({self.text!r} at {self.pos})"

    def peek(self):
        return self.text[self.pos] if self.pos < len(self.text) else ""

    def expr(self):
        value = self.term()
        while self.peek() in ("+", "-"):
            op = self.peek()
            self.pos += 1
            right = self.term()
            value = value + right if op == "+" else value - right
        return value

    def term(self):
        value = self.factor()
        while self.peek() == "*":
            self.pos += 1
            value *= self.factor()
        return value

    def factor(self):
        ch = self.peek()
        self.pos += 1
        if ch == "(":
            value = self.expr()
            self.pos += 1
            return value
        return int(ch)

def compute(source):
    return Parser(source).expr()

#: choice("x = 10 + y2", "if(a<5)", "total+=3.5", "a  b")
def tokenize(code):
    tokens = []
    i = 0
    while i < len(code):
        c = code[i]
        if c.isspace():
            i += 1
        elif c.isalpha():
            start = i
            while i < len(code) and code[i].isalnum():
                i += 1
            tokens.append(("NAME", code[start:i]))
        elif c.isdigit():
            start = i
            while i < len(code) and (code[i].isdigit() or code[i] == "."):
                i += 1
            tokens.append(("NUMBER", code[start:i]))
        else:
            tokens.append(("OP", c))
            i += 1
    return tokens

#: choice("12 + 3", "a1*(b-20)", "x==1", "3.14")
import re

def lex(line):
    pattern = r"\s*(?:(\d+)|([a-z]\w*)|(.))"
    out = []
    for number, name, op in re.findall(pattern, line):
        if number:
            out.append(int(number))
        elif name:
            out.append(name)
        elif op.strip():
            out.append(op)
    return out

#: choice("[1,[2,3],4]", "[]", "[[5]]", "[7,8]")
def parse_list(s):
    stack = []
    current = None
    number = ""
    for ch in s:
        if ch == "[":
            new = []
            if current is not None:
                stack.append(current)
                current.append(new)
            current = new
        elif ch.isdigit():
            number += ch
        else:
            if number:
                current.append(int(number))
                number = ""
            if ch == "]" and stack:
                current = stack.pop()
    return current

#: choice("2[ab]", "3[a]2[b]", "2[x2[y]]", "q")
def expand(code):
    stack = []
    text = ""
    times = 0
    for ch in code:
        if ch.isdigit():
            times = times * 10 + int(ch)
        elif ch == "[":
            stack.append((text, times))
            text, times = "", 0
        elif ch == "]":
            before, n = stack.pop()
            text = before + text * n
        else:
            text += ch
    return text

#: choice("H2O", "CO2", "C6H12O6", "NaCl")
def atoms(formula):
    counts = {}
    i = 0
    while i < len(formula):
        symbol = formula[i]
        i += 1
        while i < len(formula) and formula[i].islower():
            symbol += formula[i]
            i += 1
        digits = ""
        while i < len(formula) and formula[i].isdigit():
            digits += formula[i]
            i += 1
        counts[symbol] = counts.get(symbol, 0) + int(digits or 1)
    return counts

#: choice("2x+3", "5x-1", "x+4"), int_(-3, 5)
def linear(term, x):
    a, rest = term.split("x")
    a = int(a) if a else 1
    b = int(rest) if rest else 0
    print(f"{a} * {x} + {b}")
    return a * x + b

#: choice("push 2;push 3;add;print", "push 5;dup;mul;print", "push 1;pop;pop")
def stack_machine(program):
    stack = []
    output = []
    for instruction in program.split(";"):
        name, *args = instruction.split()
        if name == "push":
            stack.append(int(args[0]))
        elif name == "pop":
            if not stack:
                output.append("empty!")
                break
            stack.pop()
        elif name == "dup":
            stack.append(stack[-1])
        elif name == "add":
            stack.append(stack.pop() + stack.pop())
        elif name == "mul":
            stack.append(stack.pop() * stack.pop())
        elif name == "print":
            output.append(str(stack[-1]))
    return " ".join(output)

#: choice("++>+++.<.", "+++[>++<-]>.", "--.")
def brainfuck(code):
    tape = [0] * 4
    ptr = pc = 0
    out = []
    loops = []
    while pc < len(code):
        c = code[pc]
        if c == ">":
            ptr += 1
        elif c == "<":
            ptr -= 1
        elif c == "+":
            tape[ptr] += 1
        elif c == "-":
            tape[ptr] -= 1
        elif c == ".":
            out.append(tape[ptr])
        elif c == "[":
            loops.append(pc)
        elif c == "]":
            if tape[ptr]:
                pc = loops[-1]
            else:
                loops.pop()
        pc += 1
    return out

#: [("set", "a", 3), ("dec", "a", 1), ("jnz", "a", -1)]
#: [("set", "x", 2), ("inc", "x", 5), ("jnz", "y", -1)]
def registers(prog):
    regs = {}
    ip = 0
    while ip < len(prog):
        op, r, v = prog[ip]
        if op == "set":
            regs[r] = v
        elif op == "inc":
            regs[r] = regs.get(r, 0) + v
        elif op == "dec":
            regs[r] -= v
        elif op == "jnz" and regs.get(r):
            ip += v
            continue
        ip += 1
    return regs

#: choice("<b>hi</b>", "<a><b></a></b>", "<p>", "text")
def tags_match(html):
    open_tags = []
    i = 0
    while "<" in html[i:]:
        start = html.index("<", i)
        end = html.index(">", start)
        tag = html[start + 1:end]
        if tag.startswith("/"):
            if not open_tags or open_tags[-1] != tag[1:]:
                return False
            open_tags.pop()
        else:
            open_tags.append(tag)
        i = end + 1
    return open_tags == []

#: choice("/home//user/../docs/./a", "/../x", "/a/b/..", "/")
def simplify_path(path):
    parts = []
    for piece in path.split("/"):
        if piece == "" or piece == ".":
            continue
        if piece == "..":
            if parts:
                parts.pop()
        else:
            parts.append(piece)
    return "/" + "/".join(parts)

#: choice("ab#c", "a##b", "xy#z#", "#")
def backspaces(typed):
    screen = []
    for key in typed:
        if key != "#":
            screen.append(key)
        elif screen:
            screen.pop()
    return "".join(screen)

#: choice("1-3,7", "5", "2-4,8-9", "")
def parse_ranges(spec):
    pages = []
    for part in spec.split(","):
        if not part:
            continue
        if "-" in part:
            a, b = part.split("-")
            pages.extend(range(int(a), int(b) + 1))
        else:
            pages.append(int(part))
    return pages

#: list_(int_(60, 80), 0, 6)
def warmer_days(temps):
    wait = [0] * len(temps)
    stack = []
    for i, t in enumerate(temps):
        while stack and temps[stack[-1]] < t:
            j = stack.pop()
            wait[j] = i - j
        stack.append(i)
    return wait

#: list_(int_(1, 9), 0, 6)
def next_greater(nums):
    answer = [-1] * len(nums)
    stack = []
    for i in range(len(nums) - 1, -1, -1):
        while stack and stack[-1] <= nums[i]:
            stack.pop()
        if stack:
            answer[i] = stack[-1]
        stack.append(nums[i])
    return answer
