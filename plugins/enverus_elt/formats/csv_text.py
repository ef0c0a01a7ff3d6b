"""CSV as text, batch by batch: every value as it stands in the file, before anybody decides what it means.

A file's own word on its encoding, a byte order mark, counts before the manifest's; without either it is UTF-8, and
nothing else is guessed. A row of another width is named, never padded. Rows are counted as spreadsheets show them, the
header being row 1, but for blank lines, which count for nothing.
"""

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa
from pyarrow import csv as arrow_csv

from enverus_elt.errors import DeliveryError

MEGABYTE = 2**20
BLOCK_BYTES = MEGABYTE  # read at once, and so the most that one row may have
MOST_BYTES = 50_000 * MEGABYTE  # of a file that is unpacked while it is read
MOST_HEADER_BYTES = MEGABYTE
MOST_NAMED = 10  # rows that an error names
DELIMITERS = (",", ";", "\t", "|")
MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
OTHERS = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"PAR1": "Parquet",
    b"%PDF": "a PDF",
}
GZIP = b"\x1f\x8b"
UNPACKING = (EOFError, gzip.BadGzipFile, zlib.error)


@dataclass(frozen=True)
class CsvText:
    """A CSV file whose header was read."""

    path: Path
    name: str  # what the delivery calls it
    encoding: str
    delimiter: str
    headers: tuple[str, ...]
    blank_lines: int  # above the header
    has_rows: bool

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows, every column as text, named ``0``, ``1``, …; an empty value is an empty text."""
        if not self.has_rows:
            return
        names = [str(number) for number in range(len(self.headers))]
        ragged = _Ragged(self.name, len(names), self.blank_lines)
        last: pa.RecordBatch | None = None
        with _opened(self.path, self.name) as source, self._named_errors():
            source.refuses_nul = self.encoding != "utf-16"
            for last in self._reader(source, names, ragged):
                ragged.refuse()
                yield last
            ragged.refuse()
            if last is not None:
                self._refuse_open_quote(last, source)

    def _reader(self, source: "_Source", names: list[str], ragged: "_Ragged") -> Iterator[pa.RecordBatch]:
        reader = arrow_csv.open_csv(
            pa.PythonFile(source, mode="r"),
            read_options=arrow_csv.ReadOptions(
                use_threads=False,  # in parallel no row would have a number
                block_size=BLOCK_BYTES,
                encoding=self.encoding,
                column_names=names,
                skip_rows=self.blank_lines,
                skip_rows_after_names=1,
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=ragged
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=True
            ),
        )
        yield from (batch for batch in reader if batch.num_rows)

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except UnicodeDecodeError as error:
            raise self._encoding_error() from error
        except UNPACKING as error:
            raise DeliveryError(f"{self.name}: not a complete gzip file: {error}: upload it again") from error
        except pa.ArrowInvalid as error:
            if "UTF8" in str(error):
                raise self._encoding_error() from error
            if "straddling" in str(error):
                most = BLOCK_BYTES // MEGABYTE
                raise DeliveryError(
                    f"{self.name}: a row of more than {most} MB: is there a quote that is never closed?"
                ) from error
            raise DeliveryError(f"{self.name}: not readable as CSV: {_line(error)}") from error

    def _encoding_error(self) -> DeliveryError:
        """Names the line, which the library does not know once it has decoded."""
        decoder = codecs.getincrementaldecoder(self.encoding)()
        with _opened(self.path, self.name) as source:
            for number, line in enumerate(io.BufferedReader(source), start=1):
                try:
                    decoder.decode(line)
                except UnicodeDecodeError as error:
                    byte = error.object[error.start]
                    return DeliveryError(
                        f"{self.name}: line {number:,} is not {self.encoding} (byte 0x{byte:02x}): name the file's "
                        "encoding in the manifest, cp1252 for most Windows programs"
                    )
        return DeliveryError(f"{self.name}: not {self.encoding}: name the file's encoding in the manifest")

    def _refuse_open_quote(self, last: pa.RecordBatch, source: "_Source") -> None:
        """A quote that is never closed makes one value of all that follows it, which the library does not mind."""
        values = (column[-1].as_py() for column in last.columns)
        end = source.tail.decode(self.encoding.replace("utf-16", "latin-1"), "ignore").replace("\0", "")
        if any("\n" in value for value in values) and not end.rstrip("\r\n").endswith('"'):
            raise DeliveryError(f"{self.name}: a quote in the last row is never closed: all that follows is one value")


def read_header(path: Path, name: str, encoding: str | None = None) -> CsvText:
    """Look at the beginning of a CSV file: its encoding, its delimiter and its column headers.

    ``name`` is what errors call the file, ``encoding`` what the manifest says of it.
    """
    with _opened(path, name) as source:
        try:
            head = io.BufferedReader(source).read(MOST_HEADER_BYTES)
        except UNPACKING as error:
            raise DeliveryError(f"{name}: not a complete gzip file: {error}: upload it again") from error
    for mark, what in OTHERS.items():
        if head.startswith(mark):
            raise DeliveryError(f"{name}: not CSV but {what}: name its real format in the manifest")
    found = _encoding(head, name, encoding)
    text = _decoded(head, found, name)
    lines = text.splitlines(keepends=True)
    blank = next((number for number, line in enumerate(lines) if line.strip("\r\n")), len(lines))
    rest = lines[blank:]
    if not rest or not "".join(rest).strip():
        raise DeliveryError(f"{name}: empty: a CSV file begins with its column headers")
    delimiter = _delimiter(rest[0])
    try:
        reader = csv.reader(io.StringIO("".join(rest), newline=""), delimiter=delimiter, strict=True)
        headers = next(reader)
        has_rows = any(line.strip("\r\n") for line in rest[reader.line_num :])
    except csv.Error as error:
        raise DeliveryError(f"{name}: the header is not readable: {error}") from error
    return CsvText(path, name, found, delimiter, tuple(header.strip() for header in headers), blank, has_rows)


class _Ragged:
    """Notes rows of another width than the header's; the library calls it for each."""

    def __init__(self, name: str, width: int, blank_lines: int) -> None:
        self._name, self._width, self._blank_lines = name, width, blank_lines
        self._rows: list[str] = []
        self._count = 0

    def __call__(self, row: Any) -> str:
        self._count += 1
        if len(self._rows) < MOST_NAMED:
            self._rows.append(f"row {row.number - self._blank_lines:,} has {row.actual_columns}")
        return "skip"

    def refuse(self) -> None:
        """Raise if there was one; asked for after each batch."""
        if self._count:
            more = "" if self._count == len(self._rows) else ", …"
            raise DeliveryError(
                f"{self._name}: the header has {self._width} columns, but {', '.join(self._rows)}{more}: "
                "is a value with a delimiter in it not quoted?"
            )


class _Source(io.RawIOBase):
    """A file's bytes, unpacked; ends a file that unpacks to more than any table, and keeps the last bytes."""

    def __init__(self, raw: IO[bytes], name: str) -> None:
        self._raw, self._name = raw, name
        self._bytes = 0
        self.tail = b""
        self.refuses_nul = False

    def readable(self) -> bool:
        """Always: it is what it is for."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer from the file."""
        data = self._raw.read(len(buffer))
        buffer[: len(data)] = data
        self._bytes += len(data)
        if self._bytes > MOST_BYTES:
            raise DeliveryError(f"{self._name}: unpacks to more than {MOST_BYTES // MEGABYTE:,} MB")
        if self.refuses_nul and b"\0" in data:
            raise DeliveryError(f"{self._name}: holds NUL characters: not a text file, or a damaged one")
        self.tail = (self.tail + data)[-16:] if data else self.tail
        return len(data)


@contextmanager
def _opened(path: Path, name: str) -> Iterator[_Source]:
    with path.open("rb") as plain:
        is_gzip = plain.read(len(GZIP)) == GZIP
        plain.seek(0)
        if is_gzip:
            with gzip.GzipFile(fileobj=plain, mode="rb") as unpacked:
                yield _Source(cast(IO[bytes], unpacked), name)
        else:
            yield _Source(plain, name)


def _encoding(head: bytes, name: str, said: str | None) -> str:
    for mark, encoding in MARKS.items():
        if head.startswith(mark):
            return encoding
    try:
        found = codecs.lookup(said or "utf-8")
    except LookupError as error:
        raise DeliveryError(f"{name}: there is no encoding {said!r}: cp1252 and utf-8 are common ones") from error
    try:
        "".encode(found.name)  # rot13 and the like are codecs, but none of text to bytes
    except LookupError as error:
        raise DeliveryError(f"{name}: {said!r} is not an encoding of text: cp1252 and utf-8 are common ones") from error
    return found.name


def _decoded(head: bytes, encoding: str, name: str) -> str:
    """The beginning as text; a letter that is cut at its end, and anything wrong below the header, is none of it."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head).removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    first = next((line for line in text.splitlines() if line.strip()), "")
    if "\N{REPLACEMENT CHARACTER}" in first:
        raise DeliveryError(
            f"{name}: the header is not {encoding}: name the file's encoding in the manifest, cp1252 for most "
            "Windows programs"
        )
    if "\0" in first:
        raise DeliveryError(f"{name}: not a text file, or UTF-16 without a byte order mark: save it as UTF-8")
    return text


def _delimiter(header: str) -> str:
    """The one that stands in the header most often outside of quotes; a comma, where there is but one column."""
    plain = "".join(header.split('"')[::2])
    counts = {delimiter: plain.count(delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: counts[delimiter])
    return best if counts[best] else ","


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
