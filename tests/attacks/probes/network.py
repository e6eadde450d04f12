"""Reaching anything over a network: the loopback interface of this machine, live listeners only."""

import os
import socket
import struct

from prelude import FACTS, OUTSIDE, attack, call, machine_code, sockets


@attack("EACCES")
def tcp_to_a_live_listener():
    return socket.create_connection(("127.0.0.1", FACTS["tcp"]), 5)


@attack("EACCES", needs="tcp6")
def tcp_over_ipv6():
    return socket.create_connection(("::1", FACTS["tcp6"]), 5)


@attack("EACCES")
def udp_to_a_live_receiver():
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        return one.sendto(b"probe", ("127.0.0.1", FACTS["udp"]))


@attack("EACCES")
def listening():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        return one.getsockname()


@attack("EACCES")
def unix_socket_by_path():
    with socket.socket(socket.AF_UNIX) as one:
        one.connect(FACTS["unix"])
        return True


@attack("EACCES")
def unix_socket_by_abstract_name():
    with socket.socket(socket.AF_UNIX) as one:
        one.connect(FACTS["abstract"])
        return True


@attack("EACCES", "EINVAL")
def datagram_pair_to_an_abstract_name():
    """A connected pair that can still name another receiver would get round a ban on connect()."""
    one, _other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    return one.sendto(b"probe", FACTS["abstract_datagram"])


@attack("ENOENT", "EACCES", "EISCONN", "ECONNREFUSED", "EOPNOTSUPP", "EINVAL", "EPERM")
def stream_pair_to_an_abstract_name():
    one, _other = socket.socketpair()
    if OUTSIDE:  # the kernel refuses this everywhere: the canary shows the aim is live
        one = socket.socket(socket.AF_UNIX)
        one.connect(FACTS["abstract"])
        return one.send(b"probe")
    return one.sendto(b"probe", FACTS["abstract"])


@attack("EACCES")
def reconnecting_the_workers_socket():
    """The box holds one connected socket; connecting it elsewhere would be a way out."""
    mine = socket.socket(socket.AF_UNIX) if OUTSIDE else socket.socket(fileno=os.dup(sockets()[0]))
    mine.connect(FACTS["unix"])
    return True


@attack("EACCES", root=True)
def raw_internet_socket():
    return socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)


@attack("EACCES", root=True)
def packet_socket():
    return socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0x0300)


@attack("EACCES")
def netlink_socket():
    return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)


@attack("EACCES", absent=("EAFNOSUPPORT",))
def vsock_socket():
    """Not confined by network namespaces: on a virtual machine it faces the host."""
    return socket.socket(40, socket.SOCK_STREAM)


@attack("EACCES", absent=("EAFNOSUPPORT",))
def kernel_crypto_socket():
    return socket.socket(38, socket.SOCK_SEQPACKET)


@attack("EACCES", absent=("EAFNOSUPPORT", "ESOCKTNOSUPPORT", "EPROTONOSUPPORT"))
def bluetooth_socket():
    return socket.socket(31, socket.SOCK_RAW, 1)


@attack("EACCES")
def internet_pair():
    """socketpair() of other families; the kernel offers it for few, and the box for one."""
    if OUTSIDE:  # outside, what the family is good for: a socket at all
        return socket.socket(socket.AF_INET)
    return call("socketpair", socket.AF_INET, socket.SOCK_STREAM, 0, 0)


@attack("gaierror", "EACCES", "ENOENT")
def name_lookup():
    return socket.getaddrinfo("localhost", 80)


@attack("EACCES")
def interface_list():
    return socket.if_nameindex()


@attack("EACCES", "EPERM")
def interface_settings():
    import fcntl

    with socket.socket(type=socket.SOCK_DGRAM) as one:
        return fcntl.ioctl(one, 0x8915, struct.pack("16s16x", b"lo"))


@attack("SIGSYS", processor="x86_64", absent=("SIGSEGV",))
def socket_by_the_32_bit_entry():
    """socket() of i386 takes other numbers, which a filter of 64-bit numbers does not know."""
    # mov eax, 359 (socket); mov ebx, 2; mov ecx, 1; xor edx, edx; int 0x80; cdqe; ret
    code = b"\x53\xb8\x67\x01\x00\x00\xbb\x02\x00\x00\x00\xb9\x01\x00\x00\x00\x31\xd2\xcd\x80"
    return machine_code(code + b"\x48\x98\x5b\xc3") >= 0
