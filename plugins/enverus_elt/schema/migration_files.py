"""Numbered migrations on disk, and the ones that the catalog still lacks."""

import re
from pathlib import Path

from enverus_elt.catalog import Dataset
from enverus_elt.errors import CatalogError
from enverus_elt.paths import MIGRATIONS
from enverus_elt.sql import render

NAME = re.compile(r"^(\d{3})_[a-z0-9_]+$")
DEPENDS = re.compile(r"^-- depends: (\S+)$", re.MULTILINE)
BLANK_LINES = re.compile(r"\n{3,}")


def migrations(folder: Path = MIGRATIONS) -> list[str]:
    """Names of the migrations in the order in which they are applied."""
    names = sorted(path.stem for path in folder.glob("*.sql"))
    if odd := [name for name in names if not NAME.match(name)]:
        raise CatalogError(f"migrations are named NNN_verb_object.sql, unlike {', '.join(odd)}")
    return names


def create_name(dataset: Dataset) -> str:
    """The part behind the number of the migration that creates a dataset's tables."""
    return f"create_{dataset.table}"


def planned_in(dataset: Dataset, folder: Path = MIGRATIONS) -> Path | None:
    """The migration that creates the dataset's tables."""
    names = [name for name in migrations(folder) if name[4:] == create_name(dataset)]
    return folder / f"{names[0]}.sql" if names else None


def drifted(dataset: Dataset, path: Path) -> bool:
    """Whether the catalog describes other tables than that migration creates."""
    text = path.read_text(encoding="utf-8")
    depends = DEPENDS.search(text)
    return depends is None or create_ddl(dataset, depends[1]) != text


def create_ddl(dataset: Dataset, depends: str) -> str:
    """The migration that creates the dataset's tables, to be reviewed like any other code."""
    return BLANK_LINES.sub("\n\n", render("table/create_dataset.sql", dataset=dataset, depends=depends))


def plan(dataset: Dataset, folder: Path = MIGRATIONS) -> Path | None:
    """Write the migration that creates the dataset's tables; None where there is one."""
    if planned_in(dataset, folder):
        return None
    last = migrations(folder)[-1]
    path = folder / f"{int(last[:3]) + 1:03d}_{create_name(dataset)}.sql"
    path.write_text(create_ddl(dataset, depends=last), encoding="utf-8")
    return path
