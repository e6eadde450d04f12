"""What a program can learn or touch around it: /proc, /sys, devices, environment, descriptors."""

import os
import stat
import sys

from prelude import FACTS, OUTSIDE, attack, call, descriptors

# --- /proc and /sys -------------------------------------------------------------------------------


@attack("ENOENT")
def process_list():
    return os.listdir("/proc")


@attack("ENOENT")
def own_memory_as_a_file():
    return open("/proc/self/mem", "rb+")


@attack("ENOENT")
def memory_map():
    return open("/proc/self/maps").read()


@attack("ENOENT")
def mount_table():
    return open("/proc/self/mountinfo").read()


@attack("ENOENT")
def environment_of_the_parent():
    return os.stat(f"/proc/{os.getppid()}/environ")


@attack("ENOENT", needs="victim")
def command_line_of_a_process():
    return open(f"/proc/{FACTS['victim']}/cmdline").read()


@attack("ENOENT", root=True)
def root_of_another_process():
    """Through /proc/1/root a whole file system is in reach."""
    return os.listdir(f"/proc/{os.getppid()}/root")


@attack("ENOENT", root=True)
def program_for_core_dumps():
    """/proc/sys/kernel/core_pattern names a program that the kernel starts as root."""
    return os.open("/proc/sys/kernel/core_pattern", os.O_WRONLY)


@attack("ENOENT", root=True)
def settings_of_the_kernel():
    return os.open("/proc/sys/vm/swappiness", os.O_WRONLY)


@attack("ENOENT", absent=("ENOENT",), root=True)
def magic_key():
    return os.open("/proc/sysrq-trigger", os.O_WRONLY)


@attack("ENOENT")
def own_score_for_the_memory_killer():
    return os.open("/proc/self/oom_score_adj", os.O_WRONLY)


@attack("ENOENT")
def descriptors_by_name():
    return os.readlink("/proc/self/fd/0")


@attack("ENOENT")
def network_table():
    return open("/proc/net/tcp").read()


@attack("ENOENT")
def device_tree():
    return os.listdir("/sys")


@attack("ENOENT")
def control_groups():
    return os.listdir("/sys/fs/cgroup") or True


@attack("ENOENT", root=True)
def leaving_the_control_group():
    """Writing one's own number into another group's list leaves its limits behind."""
    for path in ("/sys/fs/cgroup/cgroup.procs", "/sys/fs/cgroup/memory/cgroup.procs"):
        if os.path.exists(path):
            return os.open(path, os.O_WRONLY)
    raise FileNotFoundError(2, "no control groups")


# --- devices --------------------------------------------------------------------------------------


@attack("nothing")
def unexpected_devices():
    """Every device node but the three harmless ones, and anything else but a link to /work."""
    expected = {"null", "zero", "urandom"}
    if os.path.realpath("/dev/shm") == "/work":
        expected.add("shm")
    return sorted(set(os.listdir("/dev")) - expected)


@attack("EPERM", root=True)
def new_device_node():
    folder = FACTS["folder"] if OUTSIDE else "/work"
    os.mknod(folder + "/null", stat.S_IFCHR | 0o600, os.makedev(1, 3))
    return True


@attack("ENOENT", absent=("ENOENT",), root=True)
def physical_memory():
    return os.open("/dev/mem", os.O_RDONLY)


@attack("ENOENT", absent=("ENOENT",), root=True)
def log_of_the_kernel():
    return os.open("/dev/kmsg", os.O_RDONLY)


@attack("ENOENT")
def new_terminal():
    return os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY)


@attack("ENOENT", absent=("ENOENT", "EPERM"), root=True)
def disks():
    for name in ("vda", "sda", "nvme0n1", "xvda", "loop-control", "loop0"):
        if os.path.exists("/dev/" + name):
            return os.open("/dev/" + name, os.O_RDONLY | os.O_NONBLOCK)
    raise FileNotFoundError(2, "no disk")


@attack("ENOENT", absent=("ENOENT", "ENODEV", "ENXIO"), root=True)
def file_systems_in_user_space():
    return os.open("/dev/fuse", os.O_RDWR)


@attack("ENOENT", absent=("ENOENT", "ENODEV", "ENXIO", "EBADFD"), root=True)
def network_tunnel():
    return os.open("/dev/net/tun", os.O_RDWR)


# --- environment and identity ---------------------------------------------------------------------


@attack("nothing", environment=True)
def environment_of_the_worker():
    return FACTS["token"] in repr(os.environ)


@attack("nothing", environment=True)
def environment_in_memory():
    """The block that the kernel put on the stack, whatever os.environ was changed to."""
    import ctypes

    block = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
    found, at = [], 0
    while block[at]:
        found.append(block[at])
        at += 1
    return any(FACTS["token"].encode() in entry for entry in found)


@attack("nothing")
def name_of_the_host():
    return os.uname().nodename == FACTS["host"]


@attack("nothing")
def user_id_of_the_worker():
    return os.getuid() == FACTS["uid"]


@attack("nothing")
def groups_of_the_worker():
    return [group for group in {*os.getgroups(), os.getgid()} if group not in (65533, 65534)]


@attack("nothing")
def command_line_of_the_worker():
    """sys.orig_argv holds how this Python was started: nothing of the host may be in it."""
    return FACTS["mark"] in sys.orig_argv if OUTSIDE else FACTS["repository"] in repr(sys.orig_argv)


# --- descriptors ----------------------------------------------------------------------------------


@attack("nothing", inherited=True)
def inherited_descriptors():
    """Anything but the three standard streams and the one socket to the worker."""
    return [n for n, facts in descriptors() if n > 2 and not stat.S_ISSOCK(facts.st_mode)]


@attack("nothing", inherited=True)
def secret_in_a_descriptor():
    for number, facts in descriptors():
        if stat.S_ISREG(facts.st_mode):
            try:
                if FACTS["secret_text"].encode() in os.pread(number, 4096, 0):
                    return number
            except OSError:
                continue
    return None


@attack("nothing", inherited=True)
def folder_in_a_descriptor():
    """A folder's descriptor from outside would be a door past every mount."""
    for number, facts in descriptors():
        if stat.S_ISDIR(facts.st_mode):
            return number
    return None


@attack("nothing")
def devices_of_the_descriptors():
    """Standard streams must be pipes and memory, never a terminal or a log file."""
    if OUTSIDE:
        return stat.S_ISREG(os.stat(FACTS["mine"]).st_mode)
    return [n for n, facts in descriptors()[1:3] if not stat.S_ISFIFO(facts.st_mode)]


@attack("EPERM", "EINVAL", root=True)
def bigger_pipes():
    """F_SETPIPE_SZ: a megabyte of kernel memory for each descriptor."""
    import fcntl

    _, write = os.pipe()
    return fcntl.fcntl(write, 1031, 1 << 20)


@attack("EPERM")
def unsealing_or_sealing():
    import fcntl

    file = os.memfd_create("x", 2) if OUTSIDE else 0
    fcntl.fcntl(file, 1033, 1)
    return True


@attack("nothing")
def load_of_the_machine():
    """sysinfo() has no namespace: it tells load and memory of the host. Only by a file here."""
    return os.path.exists("/proc/loadavg") and call("getpid")
