"""Beginner problems as families: generated statements, reasoning, solutions, tests, repairs."""
