"""The model as it lies in the repository: a folder with a manifest, checked before it is used.

    models/pocket/manifest.json    what there is, with sizes and SHA-256
    models/pocket/pocket.gguf.part-00, …    the weights in pieces that code hosts accept
    models/pocket/tokenizer.json, config.json, …

`training/export.py` writes the folder with the types of this module. Engines want one file that
they can map into memory: `engine_file` puts it together in a cache folder.

The engine file differs from the weights in one respect. llama.cpp holds back a token whose text
ends inside a UTF-8 character, and reports only the last id of such a group; the other ids and
their logprobs are lost (`process_token` in its server-context.cpp). This project reads ids and
never llama.cpp's text, so the ordinary tokens are marked as user-defined, whose text is taken as
it is written: the printable stand-ins of byte-level BPE, which are whole characters. The numbers
that the model computes are the same. GGUF is specified in ggml's docs/gguf.md.
"""

from __future__ import annotations

import array
import contextlib
import hashlib
import os
import struct
import sys
import tempfile
from pathlib import Path

import msgspec

MANIFEST = "manifest.json"

#: Larger files are refused before they are read: the repository holds at most 64 MB in all.
MAX_FILE_BYTES = 256 * 1024 * 1024

_TOKEN_TYPES = b"tokenizer.ggml.token_type"
_GGUF_ARRAY, _GGUF_INT32 = 9, 5
_NORMAL, _USER_DEFINED, _BYTE = 1, 4, 6


class ArtefactError(Exception):
    """The model cannot be used. The text names the file and the fix."""


class Piece(msgspec.Struct, frozen=True):
    """A file of the folder. `path` is relative to it; `sha256` is hexadecimal."""

    path: str
    bytes: int
    sha256: str


class Weights(msgspec.Struct, frozen=True):
    """One GGUF file, cut into consecutive parts."""

    bytes: int
    sha256: str
    parts: tuple[Piece, ...]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What the folder holds.

    `parameters` counts weights, `context_length` tokens; `created` is a date, `commit` the one of
    this project that trained the model, `licence` an SPDX name or a sentence.
    """

    name: str
    version: str
    created: str
    parameters: int
    context_length: int
    quantisation: str
    gguf: Weights
    files: tuple[Piece, ...] = ()
    commit: str = ""
    licence: str = ""
    #: Whether it was trained to solve problems in a conversation.
    solves: bool = False


_RESTORE = "Restore the folder from the repository: git checkout -- {folder}"


def exists(folder: Path) -> bool:
    """Whether there is a model at all."""
    return (folder / MANIFEST).is_file()


def read_manifest(folder: Path) -> Manifest:
    """The folder's manifest. Raises `ArtefactError`."""
    path = folder / MANIFEST
    try:
        return msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError:
        message = f"There is no model in {folder}: it has no {MANIFEST}."
        raise ArtefactError(message) from None
    except OSError as error:
        raise ArtefactError(f"{path} cannot be read: {error.strerror}.") from error
    except msgspec.MsgspecError as error:
        fix = _RESTORE.format(folder=folder)
        raise ArtefactError(f"{path} is not a model's manifest: {error}. {fix}") from error


def read_piece(folder: Path, piece: Piece) -> bytes:
    """A file's bytes, checked against the manifest. Raises `ArtefactError`."""
    path = folder / piece.path
    fix = _RESTORE.format(folder=folder)
    if Path(piece.path).name != piece.path:
        raise ArtefactError(f"{folder / MANIFEST} names a file outside its folder: {piece.path}.")
    if piece.bytes > MAX_FILE_BYTES:
        raise ArtefactError(f"{path} is said to be larger than {MAX_FILE_BYTES >> 20} MB. {fix}")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ArtefactError(f"{path} cannot be read: {error.strerror}. {fix}") from error
    _check(data, piece.bytes, piece.sha256, str(path), fix)
    return data


def verify_files(folder: Path, manifest: Manifest) -> None:
    """Check every file beside the weights. Raises `ArtefactError` at the first that differs."""
    for piece in manifest.files:
        read_piece(folder, piece)


def read_weights(folder: Path, manifest: Manifest) -> bytes:
    """The whole GGUF file as it was exported, checked. Raises `ArtefactError`."""
    weights = manifest.gguf
    data = b"".join(read_piece(folder, part) for part in weights.parts)
    what = f"The weights of {folder} put together"
    _check(data, weights.bytes, weights.sha256, what, _RESTORE.format(folder=folder))
    return data


def _check(data: bytes, size: int, sha256: str, what: str, fix: str) -> None:
    if len(data) != size:
        message = f"{what}: {len(data):,} bytes, but the manifest says {size:,}. {fix}"
        raise ArtefactError(message)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ArtefactError(f"{what}: the content is not what the manifest says. {fix}")


def engine_file(folder: Path, manifest: Manifest, cache: Path) -> Path:
    """The file for llama.cpp, made in `cache` unless it is there and intact.

    Any number of processes may start at once: the file is written under a name of its own and
    renamed. Raises `ArtefactError`.
    """
    data = with_whole_pieces(read_weights(folder, manifest), str(folder))
    digest = hashlib.sha256(data).hexdigest()
    path = cache / f"model-{digest[:32]}.gguf"
    if _is_intact(path, digest):
        return path
    try:
        cache.mkdir(parents=True, exist_ok=True)
        descriptor, unfinished = tempfile.mkstemp(prefix=".model-", dir=cache)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            Path(unfinished).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(unfinished).unlink()
            raise
    except OSError as error:
        message = (
            f"The model cannot be written to {cache}: {error.strerror}. "
            f"{len(data) >> 20} MB of space and write permission are needed there."
        )
        raise ArtefactError(message) from error
    return path


def _is_intact(path: Path, digest: str) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest
    except OSError:
        return False


def with_whole_pieces(gguf: bytes, what: str) -> bytes:
    """The same weights with ordinary tokens marked as user-defined (see above).

    Raises `ArtefactError` if the file has no table of token types.
    """
    first, count = _token_types(gguf, what)
    types = array.array("i", gguf[first : first + 4 * count])
    if sys.byteorder != "little":
        types.byteswap()
    for at, kind in enumerate(types):
        if kind in (_NORMAL, _BYTE):
            types[at] = _USER_DEFINED
    if sys.byteorder != "little":
        types.byteswap()
    return b"".join((gguf[:first], types.tobytes(), gguf[first + 4 * count :]))


def vocabulary_size(path: Path) -> int:
    """How many tokens the engine file knows."""
    return _token_types(path.read_bytes(), str(path))[1]


def _token_types(gguf: bytes, what: str) -> tuple[int, int]:
    """Where the types begin, and how many there are."""
    if gguf[:4] != b"GGUF":
        raise ArtefactError(f"{what} holds no GGUF file: export the model again.")
    at = gguf.find(struct.pack("<Q", len(_TOKEN_TYPES)) + _TOKEN_TYPES)
    head = at + 8 + len(_TOKEN_TYPES)
    if at < 0 or len(gguf) < head + 16:
        raise ArtefactError(f"{what} has no table of token types: export the model again.")
    array_kind, item_kind, count = struct.unpack_from("<IIQ", gguf, head)
    if (array_kind, item_kind) != (_GGUF_ARRAY, _GGUF_INT32) or len(gguf) < head + 16 + 4 * count:
        raise ArtefactError(f"{what} has a damaged table of token types: export the model again.")
    return head + 16, count
