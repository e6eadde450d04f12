"""Bytes to bytes: gzip for sharing, and the bounds that an untrusted file must keep."""

from __future__ import annotations

import gzip
import zlib

#: Uncompressed size up to which files are read: four times the tracer's own cap on a trace.
MAX_FILE_BYTES = 32 * 1024 * 1024

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 16 + zlib.MAX_WBITS


class TraceFileError(ValueError):
    """A file or trace that cannot be read or written; the message says what is wrong with it."""


def pack(data: bytes) -> bytes:
    """`data` gzipped. The same input always gives the same output (no time stamp)."""
    return gzip.compress(data, compresslevel=9, mtime=0)


def unpack(data: bytes, *, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """`data` un-gzipped, never more than `max_bytes` of it. Raises `TraceFileError`."""
    reader = zlib.decompressobj(wbits=_GZIP_WINDOW)
    try:
        plain = reader.decompress(data, max_bytes + 1)
    except zlib.error as error:
        raise TraceFileError(f"the gzip data is damaged: {error}") from error
    if len(plain) > max_bytes:
        raise TraceFileError(f"the file unpacks to more than {max_bytes} bytes")
    if not reader.eof:
        raise TraceFileError("the gzip data ends early: the file was cut short")
    if reader.unused_data:
        raise TraceFileError("something follows the gzip data")
    return plain


def open_bytes(data: bytes, *, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """The content of a file that may be gzipped, within bounds. Raises `TraceFileError`."""
    if data.startswith(_GZIP_MAGIC):
        return unpack(data, max_bytes=max_bytes)
    if len(data) > max_bytes:
        raise TraceFileError(f"the file has {len(data)} bytes; at most {max_bytes} are read")
    return data
