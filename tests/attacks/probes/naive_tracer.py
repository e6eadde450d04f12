"""The canary of the tracer attacks: a tracer as one would write it first, without any defence.

Reads a program from the file that is its argument, runs `main()` under it, and prints the events
of `main` as JSON: what would be shown if nothing were defended.
"""

import json
import sys


class Tracer:
    def __init__(self):
        self.frames = []

    def trace(self, frame, event, arg):
        if frame.f_code.co_filename != "solution.py":
            return None
        if frame.f_code.co_name == "main":
            values = {name: repr(value) for name, value in frame.f_locals.items()}
            value = repr(arg) if event == "return" else None
            self.frames.append((event, frame.f_lineno, values, value))
        return self.trace


def run():
    with open(sys.argv[1]) as file:
        source = file.read()
    namespace = {"__name__": "solution"}
    exec(compile(source, "solution.py", "exec"), namespace)
    tracer = Tracer()
    sys.settrace(tracer.trace)
    try:
        namespace["main"]()
    except BaseException as error:
        sys.stderr.write(repr(error))
    finally:
        sys.settrace(None)
    sys.__stdout__.write(json.dumps(tracer.frames))


run()
