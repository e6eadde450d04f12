"""Something of one run in another: planted by the first program, looked for by the second.

`after` names the function that plants; the harness runs it in a box of its own before.
"""

import ctypes
import os
import threading
import time

from prelude import FACTS, OUTSIDE, attack, call

KEY = 0x70726F62


def places():
    return (FACTS["folder"],) if OUTSIDE else ("/work", "/tmp", "/dev/shm", "/dev", "/", "/box")


def plant_files():
    for folder in places():
        try:
            with open(f"{folder}/{FACTS['token']}-left", "w") as file:
                file.write("planted")
        except OSError:
            continue


@attack("nothing", after="plant_files")
def file_of_the_run_before():
    found = [p for p in places() if os.path.exists(f"{p}/{FACTS['token']}-left")]
    return found


def plant_shared_memory():
    try:
        number = call("shmget", KEY, 4096, 0o1666)
    except OSError:
        return
    FACTS["shm"] = number


@attack("EPERM", "ENOENT", after="plant_shared_memory")
def shared_memory_of_the_run_before():
    number = call("shmget", KEY, 0, 0o666)
    call("shmctl", number, 0, None)
    return True


def plant_semaphore():
    try:
        call("semget", KEY, 1, 0o1666)
    except OSError:
        return


@attack("EPERM", "ENOENT", after="plant_semaphore")
def semaphore_of_the_run_before():
    number = call("semget", KEY, 0, 0o666)
    call("semctl", number, 0, 0, 0)
    return True


def plant_message():
    try:
        queue = call("msgget", KEY, 0o1666)
        call("msgsnd", queue, ctypes.create_string_buffer(b"\x01" + bytes(15)), 8, 0)
    except OSError:
        return


@attack("EPERM", "ENOENT", after="plant_message")
def message_of_the_run_before():
    queue = call("msgget", KEY, 0o666)
    got = call("msgrcv", queue, ctypes.create_string_buffer(64), 8, 0, 0)
    call("msgctl", queue, 0, None)
    return got >= 0


def plant_queue():
    try:
        call("mq_open", FACTS["token"].encode(), 0o102, 0o666, None)
    except OSError:
        return


@attack("EPERM", "ENOENT", "EACCES", after="plant_queue", absent=("ENOSYS",))
def queue_of_the_run_before():
    call("mq_open", FACTS["token"].encode(), 2, 0, None)
    call("mq_unlink", FACTS["token"].encode())
    return True


def plant_daemon():
    """A process that waits to be found. It ends by itself, wherever it runs."""
    try:
        pid = os.fork()
    except OSError:
        return
    if pid == 0:
        os.setsid()
        with open(FACTS["folder"] + "/daemon" if OUTSIDE else "/work/daemon", "w") as file:
            file.write(str(os.getpid()))
        for descriptor in (0, 1, 2):
            os.close(descriptor)
        time.sleep(5)
        os._exit(0)
    time.sleep(0.1)


@attack("ENOENT", "ESRCH", after="plant_daemon")
def daemon_of_the_run_before():
    with open(FACTS["folder"] + "/daemon" if OUTSIDE else "/work/daemon") as file:
        pid = int(file.read())
    os.kill(pid, 0)
    return pid


def plant_module():
    """A module where the next Python would look for one."""
    folders = (FACTS["folder"],) if OUTSIDE else ("/work", "/opt/python/lib/python3.11", "/box")
    for folder in folders:
        try:
            with open(f"{folder}/planted_module.py", "w") as file:
                file.write("planted = True\n")
        except OSError:
            continue


@attack("ImportError", "ModuleNotFoundError", after="plant_module")
def module_of_the_run_before():
    import sys

    if OUTSIDE:
        sys.path.insert(0, FACTS["folder"])
    import planted_module

    return planted_module.planted


def plant_in_memory():
    FACTS["left"] = [FACTS["token"] + "-heap"] * 3


@attack("nothing", after="plant_in_memory")
def objects_of_the_run_before():
    """What a warm interpreter would keep: strings of the last program in its memory."""
    import gc

    if OUTSIDE:
        plant_in_memory()
    wanted = FACTS["token"] + "-heap"
    held = [
        o for o in gc.get_objects() if type(o) is list and len(o) == 3 and wanted in map(str, o)
    ]
    return len(held)


def plant_thread():
    threading.Thread(target=time.sleep, args=(3,), daemon=True).start()


@attack("nothing", after="plant_thread")
def thread_of_the_run_before():
    if OUTSIDE:
        plant_thread()
    return [one for one in threading.enumerate() if one is not threading.main_thread()]


def plant_setting():
    import sys

    sys.setrecursionlimit(777)
    os.environ["PLANTED"] = "1"
    os.umask(0o777)


@attack("nothing", after="plant_setting")
def settings_of_the_run_before():
    import sys

    if OUTSIDE:
        plant_setting()
    return sys.getrecursionlimit() == 777 or "PLANTED" in os.environ
