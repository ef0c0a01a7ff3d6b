"""Two looks at a part of a workbook that build no tree, so that they take no memory however large the part is."""

from collections.abc import Callable
from typing import BinaryIO
from xml.parsers import expat

CHUNK = 65_536


class DoctypeError(Exception):
    """An XML document declares a type: no spreadsheet program writes one, and entities come with it."""


class _FoundRootError(Exception):
    """Ends a look at the beginning of a document."""


def refuse_doctype(part: BinaryIO) -> None:
    """Read up to the root element; raises DoctypeError, or expat's own error where it is not XML."""

    def refuse(*_: object) -> None:
        raise DoctypeError

    def stop(*_: object) -> None:
        raise _FoundRootError

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = stop
    try:
        _feed(parser.Parse, part)
    except _FoundRootError:
        return


def merged_ranges(part: BinaryIO) -> list[str]:
    """The merged ranges of a sheet, ``A1:E1``; they stand behind its rows."""
    found: list[str] = []

    def note(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "mergeCell" and "ref" in attributes:
            found.append(attributes["ref"])

    parser = expat.ParserCreate()
    parser.StartElementHandler = note
    _feed(parser.Parse, part)
    return found


def _feed(parse: Callable[[bytes, bool], int], part: BinaryIO) -> None:
    while chunk := part.read(CHUNK):
        parse(chunk, False)
    parse(b"", True)
