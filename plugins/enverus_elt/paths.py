"""Where things live: the repository's own files, and the keys of objects in the bucket."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "include"
CATALOG = INCLUDE / "catalog"
EXPECTATIONS = INCLUDE / "expectations"
DATA_DOCS_PAGE = INCLUDE / "data_docs"
SQL = INCLUDE / "sql"
MIGRATIONS = SQL / "migrations"
MARTS = SQL / "marts"

EXPORTS = "exports"
PROCESSED = "processed"
DATA_DOCS = "data-docs"


@dataclass(frozen=True)
class BatchKeys:
    """Keys of one batch's objects: ``exports/<dataset>/{YYYYMMDD_HHMM}_{TZ}_b<batch>…``.

    The time is the window's upper bound in UTC, so a name sorts by what it holds rather than by when it
    was written, and a retry of the same batch writes the same keys again.
    """

    dataset: str
    batch_id: int
    bound: datetime

    @property
    def stem(self) -> str:
        """The part of the name that all objects of the batch share."""
        return f"{self.bound:%Y%m%d_%H%M}_UTC_b{self.batch_id}"

    def part(self, number: int) -> str:
        """Rows, as gzipped CSV."""
        return f"{EXPORTS}/{self.dataset}/{self.stem}_part{number:05d}.csv.gz"

    @property
    def rejects(self) -> str:
        """Rows that no CSV can carry, as gzipped JSON lines."""
        return f"{EXPORTS}/{self.dataset}/{self.stem}_rejects.jsonl.gz"

    @property
    def manifest(self) -> str:
        """Written last: without it the parts do not count."""
        return f"{EXPORTS}/{self.dataset}/{self.stem}.manifest.json"

    @property
    def docs(self) -> str:
        """Prefix of the batch's Data Docs."""
        return f"{DATA_DOCS}/{self.dataset}/{self.batch_id}"


def processed_key(key: str) -> str:
    """Where an exported object goes once its batch is committed."""
    return key.replace(f"{EXPORTS}/", f"{PROCESSED}/", 1)
