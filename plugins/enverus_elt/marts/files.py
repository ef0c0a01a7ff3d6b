"""Marts as files: ``include/sql/marts/<mart>.sql``, with what they are and what they read declared on top.

-- kind: view
-- inputs: wells, wells_by_operator
-- unique: lease_id
-- column wells: how many wells lie on the lease
-- <one line that says what it is for>
SELECT …
"""

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from enverus_elt.errors import CatalogError
from enverus_elt.marts.order import find_cycle, in_order
from enverus_elt.paths import MARTS

DECLARATION = re.compile(r"^-- (kind|inputs|unique): (.+)$")
COLUMN = re.compile(r"^-- column ([a-z_][a-z0-9_]*): (.+)$")


class Kind(StrEnum):
    """Whether a mart's rows are stored and refreshed, or looked up whenever somebody reads it."""

    MATERIALIZED = "materialized"
    VIEW = "view"


@dataclass(frozen=True)
class Mart:
    """A view of schema ``marts``.

    ``inputs`` are the ids of the datasets and the names of the marts it reads. ``unique`` are the columns of the full
    unique index that ``REFRESH … CONCURRENTLY`` demands, so a plain view has none. ``meanings`` are the comments of
    columns that do not mean what a column of the same name means in an input.
    """

    name: str
    title: str
    inputs: tuple[str, ...]
    unique: tuple[str, ...]
    query: str
    kind: Kind = Kind.MATERIALIZED
    meanings: tuple[tuple[str, str], ...] = ()

    @property
    def materialized(self) -> bool:
        """Whether it has to be refreshed."""
        return self.kind is Kind.MATERIALIZED

    @cached_property
    def sha256(self) -> str:
        """Digest of the definition: another digest means the view has to be made anew."""
        definition = json.dumps([self.title, self.kind, self.inputs, self.unique, self.meanings, self.query])
        return hashlib.sha256(definition.encode()).hexdigest()


def load_marts(folder: Path = MARTS) -> tuple[Mart, ...]:
    """All marts, each behind those that it reads; raises CatalogError with a line for each file that is wrong."""
    marts, errors = read_marts(folder)
    if errors:
        raise CatalogError("\n".join(errors))
    return marts


def read_marts(folder: Path = MARTS) -> tuple[tuple[Mart, ...], list[str]]:
    """The marts that are right, each behind those that it reads, and what is wrong with the others."""
    marts: dict[str, Mart] = {}
    errors = []
    for path in sorted(folder.glob("*.sql")):
        try:
            marts[path.stem] = _read(path)
        except CatalogError as error:
            errors.append(str(error))
    while cycle := find_cycle({mart.name: mart.inputs for mart in marts.values()}):
        errors.append(f"marts/{cycle[0]}.sql: reads itself: {' reads '.join([*cycle, cycle[0]])}")
        for name in cycle:
            del marts[name]
    order = in_order({mart.name: mart.inputs for mart in marts.values()})
    return tuple(marts[name] for name in order), errors


def _read(path: Path) -> Mart:
    lines = path.read_text(encoding="utf-8").splitlines()
    head = [line for line in lines if line.startswith("--")]
    declared = {match[1]: match[2] for line in head if (match := DECLARATION.match(line))}
    meanings = tuple((match[1], match[2].strip()) for line in head if (match := COLUMN.match(line)))
    if twice := sorted(name for name, count in Counter(name for name, _ in meanings).items() if count > 1):
        raise CatalogError(f"marts/{path.name}: the line '-- column {twice[0]}: …' is there twice")
    titles = [line.removeprefix("-- ") for line in head if not (DECLARATION.match(line) or COLUMN.match(line))]
    kind = _kind(path, declared.get("kind", Kind.MATERIALIZED).strip())
    inputs, unique = _names(declared.get("inputs", "")), _names(declared.get("unique", ""))
    if not inputs:
        raise CatalogError(f"marts/{path.name}: the line '-- inputs: …' is missing")
    if not unique and kind is Kind.MATERIALIZED:
        raise CatalogError(f"marts/{path.name}: the line '-- unique: …' is missing")
    if unique and kind is Kind.VIEW:
        raise CatalogError(f"marts/{path.name}: a view has no index: take the line '-- unique: …' out")
    if not titles:
        raise CatalogError(f"marts/{path.name}: a comment line that says what the mart is for is missing")
    query = "\n".join(line for line in lines if line not in head).strip().rstrip(";")
    return Mart(path.stem, titles[0], tuple(sorted(set(inputs))), unique, query, kind, meanings)


def _kind(path: Path, word: str) -> Kind:
    try:
        return Kind(word)
    except ValueError:
        known = " or ".join(Kind)
        raise CatalogError(f"marts/{path.name}: kind is {known}, not {word!r}") from None


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
