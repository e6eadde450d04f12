"""Namespaces, mounts, the machine itself, and rights: walls that a box must not be able to move."""

import ctypes
import os
import signal

from prelude import attack, call, check, entered, libc

CLONE_NEWUSER = 0x10000000


def pointer(size=128):
    return ctypes.create_string_buffer(size)


# --- namespaces and mounts ------------------------------------------------------------------------


@attack("SIGSYS")
def new_user_namespace():
    check(libc.unshare(CLONE_NEWUSER))
    return True


@attack("SIGSYS", root=True)
def new_mount_namespace():
    check(libc.unshare(0x00020000))
    return True


@attack("SIGSYS", root=True)
def new_network_namespace():
    check(libc.unshare(0x40000000))
    return True


@attack("EPERM")
def user_namespace_by_clone():
    pid = call("clone", CLONE_NEWUSER | signal.SIGCHLD, 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    return os.waitpid(pid, 0)


@attack("ENOSYS")
def user_namespace_by_clone3():
    """clone3 takes its flags in memory, where a filter cannot look."""
    arguments = (ctypes.c_uint64 * 8)(CLONE_NEWUSER, 0, 0, 0, signal.SIGCHLD)
    pid = call("clone3", arguments, 64)
    if pid == 0:
        os._exit(0)
    return os.waitpid(pid, 0)


@attack("SIGSYS")
def entering_a_namespace():
    return entered("setns", -1, 0)


@attack("SIGSYS", root=True, wall=("--mount",))
def mounting():
    check(libc.mount(b"none", b"/mnt", b"tmpfs", 0, b"size=4096"))
    return True


@attack("SIGSYS", root=True, wall=("--mount",))
def making_the_root_writable():
    check(libc.mount(b"none", b"/", None, 32 | 4096, None))  # MS_REMOUNT | MS_BIND
    return True


@attack("SIGSYS", root=True, wall=("--mount",))
def unmounting():
    return entered("umount2", b"/usr", 0, says=("EINVAL", "EBUSY"))


@attack("SIGSYS", root=True, wall=("--mount",))
def mounting_by_the_new_calls():
    return call("fsopen", b"tmpfs", 0) > 0


@attack("SIGSYS", root=True, wall=("--mount",))
def taking_a_mount_along():
    return call("open_tree", -100, b"/", 1) > 0


@attack("SIGSYS", root=True, wall=("--mount",))
def moving_a_mount():
    return entered("move_mount", -1, b"x", -1, b"y", 0)


@attack("SIGSYS", root=True, wall=("--mount",))
def attributes_of_a_mount():
    return entered("mount_setattr", -1, b"x", 0, None, 0, says=("EINVAL", "EFAULT"))


@attack("SIGSYS", root=True, wall=("--mount",))
def pivoting_the_root():
    return entered("pivot_root", b"/", b"/", says=("EINVAL", "EBUSY"))


@attack("SIGSYS", root=True)
def changing_the_root():
    os.chroot("/")
    return True


@attack("SIGSYS", root=True, wall=("--uts",))
def host_name():
    check(libc.sethostname(b"pwned", 5))
    return True


@attack("SIGSYS", root=True, wall=("--uts",))
def domain_name():
    check(libc.setdomainname(b"pwned", 5))
    return True


# --- the machine ----------------------------------------------------------------------------------


@attack("SIGSYS", root=True)
def rebooting():
    return entered("reboot", 0, 0, 0, 0)  # without the magic numbers nothing happens


@attack("SIGSYS", root=True, absent=("ENOSYS",))
def another_kernel():
    return entered("kexec_load", 0, 0, None, 0x7777)


@attack("SIGSYS", root=True, absent=("ENOSYS",))
def kernel_module():
    return entered("init_module", None, 0, None, says=("EFAULT", "ENOEXEC", "EINVAL"))


@attack("SIGSYS", root=True, absent=("ENOSYS",))
def kernel_module_from_a_file():
    return entered("finit_module", -1, b"", 0)


@attack("SIGSYS", root=True)
def swap_space():
    return entered("swapon", b"/nonexistent", 0)


@attack("SIGSYS", root=True)
def process_accounting():
    return entered("acct", b"/nonexistent")


@attack("SIGSYS", root=True)
def the_clock():
    return entered("clock_settime", 0, None)


@attack("SIGSYS", root=True)
def the_clock_by_the_old_call():
    return entered("settimeofday", None, None)


@attack("SIGSYS")
def the_clocks_rate():
    return call("adjtimex", pointer(256)) >= 0


@attack("SIGSYS", root=True)
def the_kernels_log():
    return call("syslog", 10, None, 0) > 0


@attack("SIGSYS", root=True, processor="x86_64", absent=("ENOSYS",))
def ports_of_devices():
    return call("ioperm", 0x80, 1, 1) == 0


@attack("SIGSYS", root=True, processor="x86_64", absent=("ENOSYS",))
def all_ports_of_devices():
    return call("iopl", 3) == 0


@attack("SIGSYS", root=True, absent=("ENOSYS",))
def disk_quotas():
    return entered("quotactl", 0x7FFFFFFF, None, 0, None, says=("EINVAL", "ENODEV", "EFAULT"))


@attack("SIGSYS")
def keys_of_the_kernel():
    return call("add_key", b"user", b"probe", b"v", 1, -3)


@attack("SIGSYS")
def key_rings():
    return call("keyctl", 0, -3, 0)


@attack("SIGSYS")
def asking_for_a_key():
    return entered("request_key", b"user", b"absent", None, 0, says=("ENOKEY",))


# --- rights ---------------------------------------------------------------------------------------


@attack("EPERM")
def becoming_somebody_else():
    os.setuid(os.getuid())
    return True


@attack("EPERM", root=True)
def becoming_root():
    os.setresuid(0, 0, 0)
    return True


@attack("EPERM", root=True)
def supplementary_groups():
    os.setgroups([0])
    return True


@attack("EPERM")
def taking_capabilities():
    """Those of the box's own namespace were enough to mount; they are dropped before."""
    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    check(libc.capget(header, data))
    check(libc.capset(header, data))
    return True


@attack("nothing", root=True)
def having_capabilities():
    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    check(libc.capget(header, data))
    return [hex(word) for word in data if word]


@attack("EPERM")
def ambient_capabilities():
    check(libc.prctl(47, 4, 0, 0, 0))
    return True


@attack("EPERM")
def dumpable_again():
    """Makes memory and /proc entries readable for others of the same user."""
    check(libc.prctl(4, 1, 0, 0, 0))
    return True


@attack("EPERM")
def outliving_the_parent():
    check(libc.prctl(1, 0, 0, 0, 0))
    return True


@attack("EPERM")
def adopting_orphans():
    check(libc.prctl(36, 1, 0, 0, 0))
    return True


@attack("nothing")
def gaining_rights_by_exec():
    """no_new_privs must be on: without it a setuid program would give its rights."""
    return libc.prctl(39, 0, 0, 0, 0) == 0


@attack("nothing")
def running_unfiltered():
    return libc.prctl(21, 0, 0, 0, 0) == 0
