"""ZIP archives from outside: unpacked only where each entry stays inside, and no more than was announced."""

import errno
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from enverus_elt.errors import DeliveryError

MOST_BYTES = 20 * 10**9
MOST_FILES = 10_000
MOST_RATIO = 200  # text of repeated coordinates gets to 30 or so; a bomb to 1,000
RATIO_FROM_BYTES = 50 * 10**6  # below that a ratio harms nobody
MOST_PATH_BYTES = 1_000
CHUNK = 2**20
DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))}
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EMFILE, errno.ENFILE)  # of the disk here
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError, RuntimeError)


def unpack(path: Path, into: Path, *, most_bytes: int = MOST_BYTES, most_files: int = MOST_FILES) -> list[Path]:
    """Unpack a ZIP archive into an empty or new folder; returns its files in the archive's order.

    What an entry claims to hold is checked first, what it really holds while it is inflated: a bomb fills neither disk
    nor memory. Raises DeliveryError that names the archive and the entry.
    """
    with _readable(path), zipfile.ZipFile(path) as archive:
        entries = _checked(path, archive, most_bytes, most_files)
        into.mkdir(parents=True, exist_ok=True)
        left = most_bytes
        files = []
        for entry in entries:
            target = into / PurePosixPath(entry.filename)
            target.parent.mkdir(parents=True, exist_ok=True)
            left -= _inflate(path, archive, entry, target, left)
            files.append(target)
        return files


def _checked(path: Path, archive: zipfile.ZipFile, most_bytes: int, most_files: int) -> list[zipfile.ZipInfo]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if not entries:
        raise DeliveryError(f"{path.name}: the archive holds no files")
    if len(archive.infolist()) > most_files:
        raise DeliveryError(f"{path.name}: {len(archive.infolist()):,} entries, at most {most_files:,} are allowed")
    taken: set[str] = set()
    for entry in archive.infolist():
        if problem := _problem(entry):
            raise DeliveryError(f"{path.name}: entry {entry.filename!r} {problem}")
        # Two names that differ in case only, or in how an accent is written, are one file on many disks.
        name = unicodedata.normalize("NFC", entry.filename.rstrip("/")).casefold()
        if name in taken:
            raise DeliveryError(f"{path.name}: entry {entry.filename!r} is there twice")
        taken.add(name)
    if (total := sum(entry.file_size for entry in entries)) > most_bytes:
        raise DeliveryError(f"{path.name}: unpacks to {total:,} bytes, at most {most_bytes:,} are allowed")
    return entries


def _problem(entry: zipfile.ZipInfo) -> str | None:
    """Why an entry must not be unpacked."""
    # zipfile cuts a name at a NUL and turns backslashes of Windows around; what was written is what is judged.
    if (name := _name_problem(entry.orig_filename)) is not None:
        return name
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a device, not a file"
    if entry.flag_bits & 0x1:
        return "is encrypted: deliver it without a password"
    if entry.file_size > RATIO_FROM_BYTES and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
        return f"unpacks to {entry.file_size:,} bytes from {entry.compress_size:,}, as no data does"
    return None


def _name_problem(name: str) -> str | None:
    parts = name.removesuffix("/").split("/")
    if any(part in ("", ".", "..") for part in parts) or ":" in parts[0] or "\\" in name:
        return "does not stay inside of the archive's folder"
    if any(unicodedata.category(letter).startswith("C") for letter in name) or len(name.encode()) > MOST_PATH_BYTES:
        return "has no usable name"
    if any(part.partition(".")[0].upper() in DEVICES for part in parts):
        return "is called like a device"
    return None


def _inflate(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, left: int) -> int:
    most = min(left, entry.file_size)
    written = 0
    with archive.open(entry) as source, target.open("xb") as file:
        while chunk := source.read(CHUNK):
            written += len(chunk)
            if written > most:
                raise DeliveryError(f"{path.name}: entry {entry.filename!r} holds more than the archive says")
            file.write(chunk)
    return written


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """What is wrong with the archive is for whoever delivered it; that a disk is full is not."""
    try:
        yield
    except BROKEN as error:
        if isinstance(error, OSError) and error.errno in FULL:
            raise
        raise DeliveryError(f"{path.name}: not a ZIP archive that can be read: {error}") from error
