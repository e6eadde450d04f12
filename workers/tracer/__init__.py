"""The tracer: records a program's execution from inside the box.

Standard library only, nothing of this project: these files are copied into the box and run there
under CPython 3.11. What they send is a claim by the process that runs a student's code; the host
(`workers.sandbox.recorder`) checks it.
"""
