"""A program without functions."""
import math

radius = 2
area = round(math.pi * radius**2, 2)
if __name__ == "__main__":
    print(area)
