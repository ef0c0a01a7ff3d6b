"""A Shapefile's parts: all there, of one length, and in an encoding that is known, before anything is read."""

import codecs
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from enverus_elt.errors import DeliveryError

REQUIRED = (".shp", ".shx", ".dbf")
MAGIC = 9994
HEADER_BYTES = 100
# By the language driver's number in byte 29 of a .dbf; 0x57 is whatever the writer's Windows had, as a rule this.
ANSI = 0x57
DRIVERS = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x08: "cp865", 0x09: "cp437", 0x0A: "cp850", 0x0B: "cp437",
    0x0D: "cp437", 0x0E: "cp850", 0x0F: "cp437", 0x10: "cp850", 0x11: "cp437", 0x12: "cp850", 0x13: "cp932",
    0x14: "cp850", 0x15: "cp437", 0x16: "cp850", 0x17: "cp865", 0x18: "cp437", 0x19: "cp437", 0x1A: "cp850",
    0x1B: "cp437", 0x1C: "cp863", 0x1D: "cp850", 0x1F: "cp852", 0x22: "cp852", 0x23: "cp852", 0x24: "cp860",
    0x25: "cp850", 0x26: "cp866", 0x37: "cp850", 0x40: "cp852", 0x4D: "cp936", 0x4E: "cp949", 0x4F: "cp950",
    0x50: "cp874", 0x58: "cp1252", 0x59: "cp1252", 0x64: "cp852", 0x65: "cp866", 0x66: "cp865", 0x67: "cp861",
    0x6A: "cp737", 0x6B: "cp857", 0x78: "cp950", 0x79: "cp949", 0x7A: "cp936", 0x7B: "cp932", 0x7C: "cp874",
    0x86: "cp737", 0x87: "cp852", 0x88: "cp857", 0xC8: "cp1250", 0xC9: "cp1251", 0xCA: "cp1254", 0xCB: "cp1253",
    0xCC: "cp1257",
}  # fmt: skip


@dataclass(frozen=True)
class Shapefile:
    """A Shapefile that is whole. ``rows`` are those that are not marked as deleted."""

    path: Path
    rows: int
    encoding: str
    encoding_from: str


def open_shapefile(path: Path, in_manifest: str | None, what: str) -> Shapefile:
    """Check the parts beside ``path``, the .shp; raises DeliveryError that says which is missing or cut short."""
    beside = {item.suffix.lower(): item for item in path.parent.iterdir() if item.stem == path.stem}
    if missing := [suffix for suffix in REQUIRED if suffix not in beside]:
        raise DeliveryError(f"{what}: {path.name} has no {' and no '.join(missing)} beside it: pack all of its parts")
    shapes = _shape_count(path, beside[".shx"], what)
    rows, deleted, driver = _table_facts(beside[".dbf"], what)
    if shapes != rows:
        raise DeliveryError(f"{what}: {path.name} has {shapes:,} shapes, its .dbf {rows:,} rows: it is not complete")
    cpg = beside[".cpg"].read_text("ascii", "replace").strip() if ".cpg" in beside else ""
    return Shapefile(path, rows - deleted, *_encoding(cpg, driver, in_manifest, what))


def field_names(path: Path, encoding: str) -> list[str]:
    """The column names in a .dbf, in their order: up to ten bytes each."""
    with path.with_suffix(".dbf").open("rb") as file:
        length = struct.unpack("<H", file.read(32)[8:10])[0]
        descriptors = file.read(length - 32)
    names = []
    for start in range(0, len(descriptors) - 31, 32):
        if descriptors[start] == 0x0D:
            break
        names.append(descriptors[start : start + 11].split(b"\x00")[0].decode(encoding, "replace").strip())
    return names


def _shape_count(shp: Path, shx: Path, what: str) -> int:
    for part in (shp, shx):
        with part.open("rb") as file:
            header = file.read(HEADER_BYTES)
        size = part.stat().st_size
        if len(header) < HEADER_BYTES or struct.unpack(">i", header[:4])[0] != MAGIC:
            raise DeliveryError(f"{what}: {part.name} is no part of a Shapefile")
        told = 2 * struct.unpack(">i", header[24:28])[0]
        if size < told:
            raise DeliveryError(f"{what}: {part.name} has {size:,} bytes of {told:,}: it is cut short")
    return (shx.stat().st_size - HEADER_BYTES) // 8


def _table_facts(dbf: Path, what: str) -> tuple[int, int, int]:
    """Rows, how many of them are deleted, and the language driver."""
    with dbf.open("rb") as file:
        header = file.read(32)
    if len(header) < 32:
        raise DeliveryError(f"{what}: {dbf.name} is no dBASE table")
    rows, start, length = struct.unpack("<IHH", header[4:12])
    size = dbf.stat().st_size
    if length < 1 or size < start + rows * length:
        raise DeliveryError(f"{what}: {dbf.name} has {size:,} bytes of {start + rows * length:,}: it is cut short")
    if not rows:
        return 0, 0, header[29]
    flags = np.memmap(dbf, mode="r", offset=start, shape=(rows, length))[:, 0]
    return rows, int((flags == ord("*")).sum()), header[29]


def _encoding(cpg: str, driver: int, in_manifest: str | None, what: str) -> tuple[str, str]:
    """The codec, and who says so: the .cpg, else the .dbf, else the manifest; of nobody's text only UTF-8 is read."""
    says = [
        (cpg, "its .cpg"),
        (DRIVERS.get(driver, ""), "its .dbf"),
        (in_manifest or "", "the manifest"),
        ("cp1252" if driver == ANSI else "", "its .dbf"),
    ]
    for name, source in says:
        if name:
            if found := _codec(name):
                return found, source
            raise DeliveryError(f"{what}: {source} names the encoding {name[:40]!r}, which is none")
    return "utf-8", "nobody"


def _codec(name: str) -> str | None:
    """Python's name of an encoding; ``1252``, ``ANSI 1252``, ``ISO 88591`` and ``65001`` are ones that .cpg have."""
    word = re.sub(r"^(ansi|oem|cp|windows)[ _-]*(?=\d)", "", name.strip().casefold())
    known: Sequence[str] = [word]
    if match := re.fullmatch(r"(?:iso[ _-]*)?8859[ _-]*(\d{1,2})", word):
        known = [f"iso8859-{match[1]}"]
    elif word.isdigit():
        known = ["utf-8"] if word == "65001" else [f"cp{word}"]
    for candidate in known:
        try:
            found = codecs.lookup(candidate)
        except LookupError:
            continue
        if found._is_text_encoding:  # noqa: SLF001 - Python says nowhere else that rot13 is none
            return found.name
    return None
