"""Where things live: the repository's own files, and the keys of objects in the bucket."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "include"
CATALOG = INCLUDE / "catalog"
EXPECTATIONS = INCLUDE / "expectations"
DATA_DOCS_PAGE = INCLUDE / "data_docs"
OUTLINES = DATA_DOCS_PAGE / "outlines"
RECIPES = INCLUDE / "recipes"
SQL = INCLUDE / "sql"
MIGRATIONS = SQL / "migrations"
MARTS = SQL / "marts"
AUDIT = SQL / "audit"

EXPORTS = "exports"
PROCESSED = "processed"
DATA_DOCS = "data-docs"
EVIDENCE_INDEX = "evidence.json"


@dataclass(frozen=True)
class BatchKeys:
    """Keys of one batch's objects: ``exports/<dataset>/{YYYYMMDD_HHMM}_{TZ}_b<batch>_<attempt>…``.

    The time is the window's upper bound in UTC, so a name sorts by what it holds rather than by when it
    was written. Each attempt has keys of its own: one that was replaced but lives on can harm no other.
    """

    dataset: str
    batch_id: int
    bound: datetime
    attempt: str

    @property
    def all_attempts(self) -> str:
        """Prefix of everything that any attempt at the batch has written."""
        return f"{EXPORTS}/{self.dataset}/{self.bound:%Y%m%d_%H%M}_UTC_b{self.batch_id}_"

    @property
    def own(self) -> str:
        """Prefix of everything that this attempt writes."""
        return self.all_attempts + self.attempt

    def part(self, number: int) -> str:
        """Rows, as gzipped CSV."""
        return f"{self.own}_part{number:05d}.csv.gz"

    @property
    def rejects(self) -> str:
        """Rows that no CSV can carry, as gzipped JSON lines."""
        return f"{self.own}_rejects.jsonl.gz"

    @property
    def manifest(self) -> str:
        """Written last: without it the parts do not count."""
        return f"{self.own}.manifest.json"

    @property
    def docs(self) -> str:
        """Prefix of the Data Docs of this attempt: what was signed is never overwritten."""
        return f"{DATA_DOCS}/{self.dataset}/{self.batch_id}/{self.attempt}"


def processed_key(key: str) -> str:
    """Where an exported object goes once its batch is committed."""
    return key.replace(f"{EXPORTS}/", f"{PROCESSED}/", 1)
