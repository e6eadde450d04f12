"""Filling the work folder, descriptors, timers and output: amounts that a limit must bound."""

import ctypes
import os
import sys

from prelude import FACTS, OUTSIDE, attack, call, sockets

MIB = 1 << 20

# --- files ----------------------------------------------------------------------------------------


def place(name):
    return os.path.join(FACTS["folder"] if OUTSIDE else "/work", name)


@attack("ENOSPC")
def filling_the_disk():
    written = 0
    try:
        for number in range(4):
            with open(place(f"fill{number}"), "wb") as file:
                for _ in range(8):
                    written += file.write(bytes(MIB))
    finally:
        if OUTSIDE:
            for number in range(4):
                os.unlink(place(f"fill{number}"))
    return written


@attack("EFBIG")
def file_of_a_terabyte():
    """Sparse: it costs nothing until somebody copies it."""
    with open(place("sparse"), "wb") as file:
        file.truncate(1 << 40)
    if OUTSIDE:
        os.unlink(place("sparse"))
    return True


@attack("ENOSPC", "EFBIG", "EINTR", "OSError", "signalled")
def allocated_file():
    with open(place("allocated"), "wb") as file:
        os.posix_fallocate(file.fileno(), 0, 40 * MIB)
    if OUTSIDE:
        os.unlink(place("allocated"))
    return True


@attack("ENOSPC", weak="files")
def very_many_files():
    folder = place("many")
    os.mkdir(folder)
    for number in range(3000):
        open(f"{folder}/{number}", "w").close()
    return True


@attack("ENOSPC", weak="files")
def very_many_folders():
    path = place("deep")
    os.mkdir(path)
    os.chdir(path)
    made = 0
    try:
        while made < 3000:
            os.mkdir("d")
            os.chdir("d")
            made += 1
    finally:
        for _ in range(made if OUTSIDE else 0):
            os.chdir("..")
            os.rmdir("d")
    return True


@attack("ENOSPC", "EMLINK", weak="files")
def very_many_links():
    folder = place("links")
    os.mkdir(folder)
    for number in range(3000):
        os.symlink("x" * 200, f"{folder}/{number}")
    return True


@attack("EMFILE")
def very_many_descriptors():
    held = [os.open("/dev/null", os.O_RDONLY) for _ in range(400)]
    return len(held)


@attack("EAGAIN", "EPERM")
def very_many_timers():
    """Each POSIX timer holds a queued signal's memory in the kernel."""
    count = 0
    for _ in range(400):
        number = ctypes.c_int()
        call("timer_create", 1, None, ctypes.byref(number))
        count += 1
    return count


@attack("EMFILE", "EPERM", "EINVAL")
def very_many_watches():
    held = [call("eventfd2", 0, 0) for _ in range(400)]
    return len(held)


# --- output ---------------------------------------------------------------------------------------


def flood(descriptor):
    """20 MB, thrown away by the canary."""
    if OUTSIDE:
        descriptor = os.open("/dev/null", os.O_WRONLY)
    for _ in range(320):
        os.write(descriptor, b"x" * 65536)
    return True


@attack("output_limit")
def flood_of_output():
    return flood(1)


@attack("output_limit")
def flood_of_errors():
    return flood(2)


@attack("output")
def flood_by_print():
    if OUTSIDE:
        sys.stdout = open(os.devnull, "w")
    for _ in range(320):
        print("x" * 65536)
    return True


@attack("protocol_violation", "output_limit", "wall_limit", limits={"wall_s": 5.0})
def flood_of_records():
    """Everything that the box can write to but output: the socket to the worker."""
    if OUTSIDE:
        return flood(1)
    [channel] = sockets()
    while True:
        os.write(channel, b"\xff" * 65536)
