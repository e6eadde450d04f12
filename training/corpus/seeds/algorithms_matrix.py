#: matrix(int_(0, 9), choice(1, 2, 3), choice(2, 3))
def transpose(matrix):
    rows = len(matrix)
    cols = len(matrix[0])
    result = []
    for c in range(cols):
        new_row = []
        for r in range(rows):
            new_row.append(matrix[r][c])
        result.append(new_row)
    return result

#: matrix(int_(0, 9), 2, 3)
def transposed(m):
    return [list(row) for row in zip(*m)]

#: matrix(int_(-3, 5), 2, 2), matrix(int_(-3, 5), 2, 2)
#: matrix(int_(0, 3), 1, 2), matrix(int_(0, 3), 2, 2)
def multiply(A, B):
    n, m, p = len(A), len(B), len(B[0])
    C = [[0] * p for _ in range(n)]
    for i in range(n):
        for j in range(p):
            for k in range(m):
                C[i][j] += A[i][k] * B[k][j]
    return C

#: matrix(int_(0, 5), 2, 2), matrix(int_(0, 5), 2, 2)
def matmul(a, b):
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, col)) for col in columns] for row in a]

#: matrix(int_(0, 9), 2, 2), matrix(int_(0, 9), 2, 2)
def add_matrices(x, y):
    total = []
    for row1, row2 in zip(x, y):
        total.append([p + q for p, q in zip(row1, row2)])
    return total

#: matrix(int_(1, 9), 3, 3)
#: matrix(int_(1, 9), 2, 4)
def spiral(grid):
    out = []
    while grid:
        out += grid.pop(0)
        if grid and grid[0]:
            for row in grid:
                out.append(row.pop())
        if grid:
            out += grid.pop()[::-1]
        if grid and grid[0]:
            for row in grid[::-1]:
                out.append(row.pop(0))
    return out

#: matrix(int_(1, 9), 3, 3)
#: matrix(int_(1, 9), 2, 3)
def spiral_order(m):
    top, bottom = 0, len(m) - 1
    left, right = 0, len(m[0]) - 1
    res = []
    while top <= bottom and left <= right:
        for c in range(left, right + 1):
            res.append(m[top][c])
        top += 1
        for r in range(top, bottom + 1):
            res.append(m[r][right])
        right -= 1
        if top <= bottom:
            for c in range(right, left - 1, -1):
                res.append(m[bottom][c])
            bottom -= 1
        if left <= right:
            for r in range(bottom, top - 1, -1):
                res.append(m[r][left])
            left += 1
    return res

#: matrix(int_(0, 9), 3, 3)
def diagonals(matrix):
    n = len(matrix)
    main = 0
    anti = 0
    for i in range(n):
        main += matrix[i][i]
        anti += matrix[i][n - 1 - i]
    return main, anti, abs(main - anti)

#: matrix(int_(0, 9), 2, 2)
#: matrix(int_(0, 9), 3, 3)
def rotate90(m):
    n = len(m)
    for i in range(n):
        for j in range(i + 1, n):
            m[i][j], m[j][i] = m[j][i], m[i][j]
    for row in m:
        row.reverse()
    return m

#: [[2, 7, 6], [9, 5, 1], [4, 3, 8]]
#: matrix(int_(1, 9), 3, 3)
def is_magic(square):
    target = sum(square[0])
    for row in square:
        if sum(row) != target:
            return False
    for col in range(len(square)):
        if sum(row[col] for row in square) != target:
            return False
    diagonal = sum(square[i][i] for i in range(len(square)))
    return diagonal == target

#: int_(1, 4)
def identity(n):
    return [[1 if i == j else 0 for j in range(n)] for i in range(n)]

#: matrix(int_(-4, 6), 2, 2)
#: matrix(int_(0, 4), 3, 3)
def determinant(m):
    if len(m) == 1:
        return m[0][0]
    det = 0
    for c in range(len(m)):
        minor = [row[:c] + row[c + 1:] for row in m[1:]]
        det += (-1) ** c * m[0][c] * determinant(minor)
    return det

#: matrix(int_(0, 9), choice(2, 3), 3)
def row_col_sums(table):
    row_sums = [0] * len(table)
    col_sums = [0] * len(table[0])
    for i, row in enumerate(table):
        for j, value in enumerate(row):
            row_sums[i] += value
            col_sums[j] += value
    return {"rows": row_sums, "cols": col_sums, "all": sum(row_sums)}

#: matrix(int_(1, 9), 3, 3)
def saddle_points(m):
    points = []
    for r, row in enumerate(m):
        for c, v in enumerate(row):
            column = [m[k][c] for k in range(len(m))]
            if v == max(row) and v == min(column):
                points.append((r, c, v))
    return points

#: matrix(int_(0, 2), 3, 3)
def set_zeroes(matrix):
    zero_rows, zero_cols = [], []
    for r in range(len(matrix)):
        for c in range(len(matrix[r])):
            if matrix[r][c] == 0:
                zero_rows.append(r)
                zero_cols.append(c)
    for r in range(len(matrix)):
        for c in range(len(matrix[r])):
            if r in zero_rows or c in zero_cols:
                matrix[r][c] = 0
    return matrix

#: matrix(choice("X", "O", " "), 3, 3)
#: [["X", "X", "X"], ["O", "O", " "], [" ", " ", " "]]
def winner(board):
    for row in board:
        if row[0] == row[1] == row[2] and row[0] != " ":
            return row[0]
    for c in range(3):
        if board[0][c] == board[1][c] == board[2][c] != " ":
            return board[0][c]
    if board[0][0] == board[1][1] == board[2][2] != " ":
        return board[1][1]
    if board[0][2] == board[1][1] == board[2][0] != " ":
        return board[1][1]
    return None

#: choice("XXXOO----", "XO-XO-X--", "XOXOXOOXO", "O-X-OXX-O")
def tictactoe(cells):
    lines = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6)]
    for i in range(0, 9, 3):
        print("|".join(cells[i:i + 3]))
    for a, b, c in lines:
        if cells[a] == cells[b] == cells[c] and cells[a] != "-":
            return cells[a] + " wins"
    return "open" if "-" in cells else "draw"

#: matrix(int_(0, 1), 3, 3), int_(0, 2), int_(0, 2)
def count_neighbours(field, row, col):
    count = 0
    for dr in (-1, 0, 1):
        for dc in (-1, 0, 1):
            if dr == 0 and dc == 0:
                continue
            r = row + dr
            c = col + dc
            if 0 <= r < len(field) and 0 <= c < len(field[0]):
                count += field[r][c]
    return count

#: choice(["*..", "...", ".*."], ["..", "*."], ["**", "**"])
def minesweeper(field):
    result = []
    for y in range(len(field)):
        line = ""
        for x in range(len(field[y])):
            if field[y][x] == "*":
                line += "*"
                continue
            mines = 0
            for yy in range(max(0, y - 1), min(len(field), y + 2)):
                mines += field[yy][max(0, x - 1):x + 2].count("*")
            line += str(mines)
        result.append(line)
    return result

#: matrix(int_(1, 4), 2, 4)
def valid_rows(sudoku):
    for number, row in enumerate(sudoku, 1):
        seen = set()
        for digit in row:
            if digit in seen:
                print("row", number, "repeats", digit)
                return False
            seen.add(digit)
    return True

#: int_(2, 4)
def spiral_matrix(n):
    grid = [[0] * n for _ in range(n)]
    r = c = 0
    dr, dc = 0, 1
    for k in range(1, n * n + 1):
        grid[r][c] = k
        if not (0 <= r + dr < n and 0 <= c + dc < n) or grid[r + dr][c + dc]:
            dr, dc = dc, -dr
        r, c = r + dr, c + dc
    return grid

#: matrix(int_(0, 9), 2, 3)
def show(matrix):
    width = max(len(str(v)) for row in matrix for v in row)
    text = []
    for row in matrix:
        text.append("[" + " ".join(str(v).rjust(width) for v in row) + "]")
    print("\n".join(text))
    return width

#: matrix(int_(0, 255), 2, 3), choice(100, 128, 200)
def threshold(image, limit):
    binary_image = []
    for line in image:
        binary_image.append(["#" if pixel >= limit else "." for pixel in line])
    return ["".join(line) for line in binary_image]

#: int_(1, 4)
def checkerboard(size):
    board = []
    for i in range(size):
        board.append([])
        for j in range(size):
            board[i].append("#" if (i + j) % 2 else "_")
    for line in board:
        print(*line)
    return board
