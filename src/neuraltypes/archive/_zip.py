"""The container: a ZIP64 file of stored members that can be written in one way only.

Names, sizes and checksums of the members determine every other byte: headers are of version 4.5 (ZIP64) throughout,
without flags, comments or times, and members follow each other from byte 0 on. So a reader takes those three from the
directory, encodes everything again and demands equality: nothing can hide in a field that is not looked at.

Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (6.3.10), sections 4.3.7 to 4.3.16 and 4.5.3.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeAlias

from neuraltypes.archive._names import LONGEST, require_distinct, shown
from neuraltypes.archive.errors import ContentError, LimitError, NotAnArchiveError, NotCanonicalError, TruncatedError

MAX_MEMBERS = 4096
WEIGHTS_ALIGNMENT = 4096  # a page, from which on a file can be mapped
ALIGNMENT = 8

ReadAt: TypeAlias = Callable[[int, int], bytes]  # (offset, size) -> that many bytes, or fewer at the end of the file

_LOCAL = struct.Struct("<IHHHHHIIIHH")
_LOCAL_ZIP64 = struct.Struct("<HHQQ")
_PADDING = struct.Struct("<HH")
_CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
_CENTRAL_ZIP64 = struct.Struct("<HHQQQ")
_END_ZIP64 = struct.Struct("<IQHHIIQQQQ")
_LOCATOR = struct.Struct("<IIQI")
_END = struct.Struct("<IHHHHIIH")

_LOCAL_MAGIC, _CENTRAL_MAGIC = 0x04034B50, 0x02014B50
_END_ZIP64_MAGIC, _LOCATOR_MAGIC, _END_MAGIC = 0x06064B50, 0x07064B50, 0x06054B50
_VERSION = 45
_MADE_BY = 3 << 8 | _VERSION  # on Unix, whose file modes follow
_REGULAR_FILE = 0o100644 << 16
_DATE = 1 << 5 | 1  # 1980-01-01, the first that a ZIP can say
_IN_ZIP64_16, _IN_ZIP64_32 = 0xFFFF, 0xFFFFFFFF
_ZIP64_ID, _PADDING_ID = 0x0001, 0x4246
_LARGEST = (1 << 63) - 1

_ENDS = _END_ZIP64.size + _LOCATOR.size + _END.size
_LARGEST_ENTRY = _CENTRAL.size + LONGEST + _CENTRAL_ZIP64.size


class Member(NamedTuple):
    """What a member is: `size` in bytes, `crc` the CRC-32 of its content."""

    name: str
    size: int
    crc: int


class Placed(NamedTuple):
    """A member, where its header begins and where its content does."""

    member: Member
    header: int
    content: int

    @property
    def end(self) -> int:
        """Where the next member begins."""
        return self.content + self.member.size


def place(member: Member, header: int) -> Placed:
    """`member` with its header at `header`; weights begin on a page."""
    alignment = WEIGHTS_ALIGNMENT if member.name.endswith(".safetensors") else ALIGNMENT
    content = header + _LOCAL.size + len(member.name) + _LOCAL_ZIP64.size + _PADDING.size
    return Placed(member, header, -(-content // alignment) * alignment)


def encode_header(placed: Placed) -> bytes:
    """The bytes before a member's content."""
    member, name = placed.member, placed.member.name.encode("ascii")
    sizes = _LOCAL_ZIP64.pack(_ZIP64_ID, 16, member.size, member.size)
    padding = placed.content - placed.header - _LOCAL.size - len(name) - len(sizes) - _PADDING.size
    extra = sizes + _PADDING.pack(_PADDING_ID, padding) + bytes(padding)
    fixed = (_LOCAL_MAGIC, _VERSION, 0, 0, 0, _DATE, member.crc, _IN_ZIP64_32, _IN_ZIP64_32, len(name), len(extra))
    return _LOCAL.pack(*fixed) + name + extra


def encode_directory(members: Sequence[Placed]) -> bytes:
    """The bytes behind the last member's content: the directory and its end records."""
    directory = b"".join(map(_entry, members))
    return directory + _ends(len(members), len(directory), members[-1].end if members else 0)


def read(read_at: ReadAt, size: int) -> list[Placed]:
    """The members of a file of `size` bytes.

    Raises:
        NotAnArchiveError: it does not begin as an archive.
        TruncatedError: it does not end as one.
        LimitError, ContentError, NotCanonicalError: it is another kind of ZIP, or damaged.
    """
    count, directory = _read_directory(read_at, size)
    members = _place_all(_read_entries(directory, count), size)
    start = size - _ENDS - len(directory)
    if members[-1].end != start:
        raise NotCanonicalError(f"the members end at byte {members[-1].end}, the directory begins at {start}")
    if b"".join(map(_entry, members)) != directory:
        raise NotCanonicalError("the directory is not written as archives are: flags, times, comments or extra fields")
    for placed in members:
        header = encode_header(placed)
        if read_at(placed.header, len(header)) != header:
            name = placed.member.name
            raise NotCanonicalError(f"the header of {shown(name)} differs from what the directory says", member=name)
    return members


def _entry(placed: Placed) -> bytes:
    member, name = placed.member, placed.member.name.encode("ascii")
    extra = _CENTRAL_ZIP64.pack(_ZIP64_ID, 24, member.size, member.size, placed.header)
    versions = (_CENTRAL_MAGIC, _MADE_BY, _VERSION, 0, 0, 0, _DATE)
    sizes = (member.crc, _IN_ZIP64_32, _IN_ZIP64_32, len(name), len(extra))
    return _CENTRAL.pack(*versions, *sizes, 0, 0, 0, _REGULAR_FILE, _IN_ZIP64_32) + name + extra


def _ends(count: int, size: int, offset: int) -> bytes:
    rest = _END_ZIP64.size - 12
    return (
        _END_ZIP64.pack(_END_ZIP64_MAGIC, rest, _MADE_BY, _VERSION, 0, 0, count, count, size, offset)
        + _LOCATOR.pack(_LOCATOR_MAGIC, 0, offset + size, 1)
        + _END.pack(_END_MAGIC, 0, 0, _IN_ZIP64_16, _IN_ZIP64_16, _IN_ZIP64_32, _IN_ZIP64_32, 0)
    )


def _read_directory(read_at: ReadAt, size: int) -> tuple[int, bytes]:
    magic = struct.pack("<I", _LOCAL_MAGIC)
    begins = read_at(0, len(magic))
    if begins != magic[:size] or not begins:
        raise NotAnArchiveError(f"no archive: it begins with {begins!r}, expected {magic!r}", got=begins)
    tail = read_at(max(0, size - _ENDS), _ENDS)
    if len(tail) < _ENDS:
        raise TruncatedError(f"cut off: {size} bytes are fewer than any archive has", size=size)
    *_, count, length, offset = _END_ZIP64.unpack_from(tail)
    if tail[-_END.size :] != _ends(0, 0, 0)[-_END.size :]:
        raise TruncatedError("it does not end as an archive does: it was cut off, or something was appended", size=size)
    if offset + length + _ENDS != size or tail != _ends(count, length, offset):
        raise NotCanonicalError("its end is not written as archives are", count=count, offset=offset)
    if not 0 < count <= MAX_MEMBERS or length > count * _LARGEST_ENTRY:
        raise LimitError(f"it says to have {count} members, from 1 to {MAX_MEMBERS} are read", got=count)
    return count, read_at(offset, length)


def _read_entries(directory: bytes, count: int) -> list[Member]:
    """Name, size and checksum of each entry; everything else is compared later."""
    members, position = [], 0
    for _ in range(count):
        extra = position + _CENTRAL.size
        if extra > len(directory):
            raise NotCanonicalError("the directory is shorter than its number of members", count=count)
        fields = _CENTRAL.unpack_from(directory, position)
        name = directory[extra : extra + fields[10]]
        extra += len(name)
        if extra + _CENTRAL_ZIP64.size > len(directory):
            raise NotCanonicalError("the directory is shorter than its number of members", count=count)
        size = _CENTRAL_ZIP64.unpack_from(directory, extra)[2]
        members.append(Member(_decode_name(name), size, fields[7]))
        position = extra + _CENTRAL_ZIP64.size
    require_distinct(member.name for member in members)
    return members


def _decode_name(name: bytes) -> str:
    try:
        return name.decode("ascii")
    except UnicodeDecodeError:
        raise ContentError(f"the member name {name[:LONGEST]!r} is not ASCII", member=name) from None


def _place_all(members: Iterable[Member], size: int) -> list[Placed]:
    placed: list[Placed] = []
    for member in members:
        last = place(member, placed[-1].end if placed else 0)
        if last.end > size:
            raise NotCanonicalError(f"{shown(member.name)} says to be larger than the file", member=member.name)
        placed.append(last)
    return placed
