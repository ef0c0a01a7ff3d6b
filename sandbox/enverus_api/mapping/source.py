"""Reading the agencies' delimited files, cleaned once: outer blanks trimmed, suppressed values made blank."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

from sandbox.errors import SandboxError

DATA_DIR = Path(__file__).resolve().parents[2] / "data"
LEASES_FILE = "boem_active_leases_gom_20180501.shp.zip"
SUPPRESSED = "*****"


def data_file(name: str) -> Path:
    """The path of a data file; raises SandboxError where it is absent."""
    path = DATA_DIR / name
    if not path.is_file():
        raise SandboxError(f"data file {path} is missing")
    return path


class _Cleaned(dict[str, str]):
    """Raw value → cleaned value, each distinct one made once.

    A quarter of a million equal operator names and lease numbers would otherwise cost more memory than all
    that is distinct in them.
    """

    def __missing__(self, raw: str) -> str:
        value = "" if raw == SUPPRESSED else raw.strip()
        self[raw] = value
        return value


def read_delimited(name: str) -> Iterator[list[str]]:
    """Yield the cleaned records of a gzipped CSV, header included where it has one."""
    cleaned = _Cleaned()
    with gzip.open(data_file(name), "rt", encoding="ascii", newline="") as lines:
        for record in csv.reader(lines):
            yield [cleaned[value] for value in record]
