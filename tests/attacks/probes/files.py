"""Reading and writing what belongs to the host, and tricks with links and folders."""

import ctypes
import os
import sys

from prelude import FACTS, OUTSIDE, attack, call, in_child


@attack("ENOENT")
def secret_by_its_path():
    return open(FACTS["secret"]).read()


@attack("ENOENT")
def secret_by_a_symbolic_link():
    link = (FACTS["folder"] if OUTSIDE else "/work") + "/link"
    os.symlink(FACTS["secret"], link)
    return open(link).read()


@attack("ENOENT", "EXDEV", "EPERM")
def secret_by_a_hard_link():
    os.link(FACTS["secret"], FACTS["secret"] + ".link" if OUTSIDE else "link")
    return True


@attack("ENOENT")
def secret_by_dots():
    return open("../" * 40 + FACTS["secret"].lstrip("/")).read()


@attack("ENOENT")
def secret_by_a_folder_descriptor():
    root = os.open("/", os.O_PATH | os.O_DIRECTORY)
    return os.open(FACTS["secret"].lstrip("/"), os.O_RDONLY, dir_fd=root)


@attack("ENOENT")
def existence_of_a_host_file():
    return os.stat(FACTS["secret"])


@attack("ENOENT", root=True)
def shadow_file():
    return open("/etc/shadow").read()


@attack("nothing")
def accounts_of_the_host():
    return [line for line in open("/etc/passwd") if line.startswith(("root:", "daemon:"))]


@attack("ENOENT")
def host_name_file():
    return open("/etc/hostname").read() or "empty"


@attack("ENOENT")
def home_folders():
    return os.listdir("/home") or "readable"


@attack("ENOENT", root=True)
def home_of_root():
    return os.listdir("/root") or "readable"


@attack("ENOENT")
def logs_and_state():
    return os.listdir("/var/log")


@attack("ENOENT")
def the_repository():
    return os.listdir(FACTS["repository"])


@attack("nothing")
def packages_of_the_worker():
    """The box's Python must find no installed package, above all none of the worker's."""
    found = []
    for folder in [*sys.path, "/usr/lib/python3/dist-packages", FACTS["packages"]]:
        if folder.endswith(("site-packages", "dist-packages")) and os.path.isdir(folder):
            found.append(folder)
    return found


@attack("nothing")
def setuid_programs():
    found = []
    for folder, _folders, files in os.walk("/usr/bin" if OUTSIDE else "/"):
        for name in files:
            try:
                if os.lstat(os.path.join(folder, name)).st_mode & 0o6000:
                    found.append(name)
            except OSError:
                continue
    return found


@attack("EROFS", "EACCES")
def new_file_in_the_root():
    # The canary's root is a folder that it may write to.
    return open(FACTS["folder"] + "/x" if OUTSIDE else "/x", "w")


def writable(*paths):
    """The first of some paths that can be opened for writing; the last one's error otherwise."""
    last = None
    for path in paths:
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_APPEND))
        except OSError as error:
            last = error
        else:
            return path
    raise last


@attack("EROFS", "EACCES", "ENOENT", root=True)
def standard_library():
    return writable(os.__file__, os.__file__.replace("os.py", "re/__init__.py"))


@attack("EROFS", "EACCES", "ETXTBSY", root=True)
def interpreter():
    try:
        return writable(os.path.realpath(sys.executable))
    except OSError as error:
        import errno

        if OUTSIDE and error.errno == errno.ETXTBSY:  # it is being run, by us: writable otherwise
            return os.access(os.path.realpath(sys.executable), os.W_OK)
        raise


@attack("EROFS", "EACCES", root=True)
def accounts_file():
    return writable("/etc/passwd")


@attack("EROFS", "EACCES", "ENOENT")
def boot_program_of_the_next_box():
    return writable(FACTS["mine"] if OUTSIDE else "/box/boot.pyc")


@attack("EROFS", "EACCES")
def tracer_of_the_next_box():
    found = [f"{folder}/{name}" for folder, _, files in os.walk("/box") for name in files]
    return writable(*([FACTS["mine"]] if OUTSIDE else found))


@attack("EROFS", "EACCES")
def temporary_folder():
    path = "/tmp/" + FACTS["token"]
    with open(path, "w"):
        os.unlink(path)
    return True


@attack("nothing")
def shared_memory_folder():
    """Shared memory beside the box's own work folder and its limits."""
    path = "/dev/shm/" + FACTS["token"]
    with open(path, "w"):
        os.unlink(path)
    return not os.path.samefile("/dev/shm", "/work")


@attack("EROFS", "EPERM", "EACCES", root=True)
def modes_of_the_standard_library():
    mode = os.stat(os.__file__).st_mode
    os.chmod(os.__file__, mode & 0o7777)
    return True


@attack("EROFS", "EPERM", "EACCES", root=True)
def times_of_the_standard_library():
    facts = os.stat(os.__file__)
    os.utime(os.__file__, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    return True


@attack("EROFS", "EACCES", "EXDEV", "EBUSY", "EPERM")
def moving_the_boot_folder():
    if OUTSIDE:
        os.rename(FACTS["mine"], FACTS["mine"] + ".moved")
        os.rename(FACTS["mine"] + ".moved", FACTS["mine"])
    else:
        os.rename("/box", "/work/box")
    return True


@attack("EPERM")
def setuid_bit_on_an_own_program():
    """Taken by chmod, but worthless where nothing can be executed and mounts say nosuid."""
    path = FACTS["folder"] + "/program" if OUTSIDE else "program"
    with open(path, "w") as file:
        file.write("#!/bin/true\n")
    os.chmod(path, 0o4755)
    return not os.posix_spawn(path, [path], {}) if not OUTSIDE else True


@attack("EPERM", "ENOTSUP", "EOPNOTSUPP")
def extended_attribute():
    path = FACTS["mine"] if OUTSIDE else "x"
    if not OUTSIDE:
        open(path, "w").close()
    os.setxattr(path, "user.probe", b"x")
    return True


@attack("EPERM")
def fifo():
    os.mkfifo(FACTS["folder"] + "/fifo" if OUTSIDE else "fifo")
    return True


@attack("EPERM")
def fifo_by_mknod():
    os.mknod(FACTS["folder"] + "/fifo2" if OUTSIDE else "fifo2", 0o010600)
    return True


@attack("EPERM", "EINVAL", absent=("EINVAL",))
def quiet_watch_on_files():
    """inotify on files that all boxes share would tell when another student's box reads them."""
    return call("inotify_init1", 0)


@attack("EPERM", root=True)
def permission_watch_on_files():
    return call("fanotify_init", 0, 0)


@attack("EPERM")
def lease_on_a_file():
    """A lease lets its holder delay whoever opens the file next."""
    import fcntl

    path = FACTS["mine"] if OUTSIDE else "x"
    if not OUTSIDE:
        open(path, "w").close()
    with open(path) as file:
        fcntl.fcntl(file, 1024, fcntl.F_RDLCK)
        return True


@attack("EPERM")
def folder_notifications():
    import fcntl
    import signal

    signal.signal(signal.SIGIO, signal.SIG_IGN)
    folder = os.open("/", os.O_RDONLY)
    fcntl.fcntl(folder, 1026, 1)
    return True


@attack("SIGSYS")
def file_handle_of_the_root():
    import ctypes

    handle = ctypes.create_string_buffer((128).to_bytes(4, "little") + bytes(132), 136)
    mount = ctypes.c_int()
    call("name_to_handle_at", -100, b"/", handle, ctypes.byref(mount), 0)
    return True


@attack("SIGSYS", root=True)
def opening_by_handle():
    """With a guessed handle this opens files outside of every mount ("shocker")."""
    import ctypes

    handle = ctypes.create_string_buffer(bytes([8, 0, 0, 0, 1, 0, 0, 0, 2]) + bytes(32), 64)
    root = os.open("/", os.O_RDONLY)
    try:
        call("open_by_handle_at", root, handle, 0)
    except OSError as error:
        return error.errno in (116, 22)  # ESTALE, EINVAL: the kernel looked for that file
    return True


@attack("EPERM", "EROFS", "EACCES", "EINVAL")
def changing_the_sealed_input():
    """Standard input is a memory file; growing it would be memory that no limit counts."""
    if OUTSIDE:
        descriptor = os.memfd_create("input", 0)
        return os.write(descriptor, b"x")
    return os.pwrite(0, b"x", 1 << 20)


@attack("nothing")
def writable_places():
    """Any folder but the work folder that takes a new file."""
    found = []
    for folder, _folders, _files in os.walk(FACTS["folder"] if OUTSIDE else "/"):
        if folder == "/work" or folder.startswith("/work/"):
            continue
        path = os.path.join(folder, FACTS["token"])
        try:
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
        except OSError:
            continue
        os.unlink(path)
        found.append(folder)
    return found


@attack("EPERM", "EOPNOTSUPP", absent=("EOPNOTSUPP", "EISDIR"))
def unnamed_file_that_is_executed():
    """A file without a path, executed by its descriptor, leaves nothing to forbid by name."""
    source = os.open("/bin/true" if OUTSIDE else sys.executable, os.O_RDONLY)
    folder = FACTS["folder"] if OUTSIDE else "/work"
    file = os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o700)
    while part := os.read(source, 1 << 20):
        os.write(file, part)
    readable = os.open(f"/proc/self/fd/{file}", os.O_RDONLY) if OUTSIDE else file
    os.close(file) if OUTSIDE else None
    argv, envp = (ctypes.c_char_p * 2)(b"x", None), (ctypes.c_char_p * 1)(None)
    return (
        in_child(lambda: call("execveat", readable, b"", argv, envp, 0x1000))
        if OUTSIDE
        else (call("execveat", readable, b"", argv, envp, 0x1000) == 0)
    )
