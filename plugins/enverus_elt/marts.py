"""Marts as files: ``include/sql/marts/<mart>.sql``, with what they read and their unique key declared on top.

-- inputs: wells, landtrac-leases
-- unique: lease_id
-- <one line that says what it is for>
SELECT …
"""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from enverus_elt.errors import CatalogError
from enverus_elt.paths import MARTS

DECLARATION = re.compile(r"^-- (inputs|unique): (.+)$")


@dataclass(frozen=True)
class Mart:
    """A materialized view of schema ``marts``.

    ``inputs`` are the ids of the datasets it reads, ``unique`` the columns of the full unique index that
    ``REFRESH … CONCURRENTLY`` demands.
    """

    name: str
    title: str
    inputs: tuple[str, ...]
    unique: tuple[str, ...]
    query: str

    @cached_property
    def sha256(self) -> str:
        """Digest of the definition: another digest means the view has to be made anew."""
        definition = json.dumps([self.title, self.inputs, self.unique, self.query])
        return hashlib.sha256(definition.encode()).hexdigest()


def load_marts(folder: Path = MARTS) -> tuple[Mart, ...]:
    """All marts, by name; raises CatalogError with a line for each file that is wrong."""
    marts, errors = read_marts(folder)
    if errors:
        raise CatalogError("\n".join(errors))
    return marts


def read_marts(folder: Path = MARTS) -> tuple[tuple[Mart, ...], list[str]]:
    """The marts that are right, and what is wrong with the others."""
    marts, errors = [], []
    for path in sorted(folder.glob("*.sql")):
        try:
            marts.append(_read(path))
        except CatalogError as error:
            errors.append(str(error))
    return tuple(marts), errors


def marts_of(dataset_id: str, marts: tuple[Mart, ...]) -> tuple[Mart, ...]:
    """The marts that read this dataset and nothing else: its own DAG refreshes them."""
    return tuple(mart for mart in marts if mart.inputs == (dataset_id,))


def shared_marts(marts: tuple[Mart, ...]) -> tuple[Mart, ...]:
    """The marts over several datasets: each has a DAG of its own, triggered by their assets."""
    return tuple(mart for mart in marts if len(mart.inputs) > 1)


def _read(path: Path) -> Mart:
    lines = path.read_text(encoding="utf-8").splitlines()
    head = [line for line in lines if line.startswith("--")]
    declared = {match[1]: _names(match[2]) for line in head if (match := DECLARATION.match(line))}
    titles = [line.removeprefix("-- ") for line in head if not DECLARATION.match(line)]
    for what in ("inputs", "unique"):
        if not declared.get(what):
            raise CatalogError(f"marts/{path.name}: the line '-- {what}: …' is missing")
    if not titles:
        raise CatalogError(f"marts/{path.name}: a comment line that says what the mart is for is missing")
    query = "\n".join(line for line in lines if line not in head).strip().rstrip(";")
    return Mart(path.stem, titles[0], tuple(sorted(set(declared["inputs"]))), declared["unique"], query)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
