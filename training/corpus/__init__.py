"""Programs and their traces to learn from."""
