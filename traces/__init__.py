"""Execution traces: what they are, how CWM writes them, how two of them differ. Pure, no I/O."""
