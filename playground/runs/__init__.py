"""Runs: from a pasted program to a permalink."""
