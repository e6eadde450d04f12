class Point:
    dims = 2

    def norm(self):
        return 0


p = Point()
n = p.norm()
