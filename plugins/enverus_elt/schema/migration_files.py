"""Numbered migrations on disk, and the ones that the catalog still lacks."""

import re
from pathlib import Path

from enverus_elt.catalog import Dataset
from enverus_elt.errors import CatalogError
from enverus_elt.paths import MIGRATIONS
from enverus_elt.schema.alterations import Alterations, alterations, staged_changes
from enverus_elt.schema.statements import Declared, declared
from enverus_elt.sql import render

NAME = re.compile(r"^(\d{3})_[a-z0-9_]+$")
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


def differences(dataset: Dataset, folder: Path = MIGRATIONS) -> Alterations:
    """What the catalog wants of the dataset's tables beyond what the migrations make of them."""
    now, wanted = _states(dataset, folder)
    return alterations(dataset, now, wanted)


def create_ddl(dataset: Dataset, depends: str) -> str:
    """The migration that creates the dataset's tables, to be reviewed like any other code."""
    return _tidy(render("table/create_dataset.sql", dataset=dataset, depends=depends))


def plan(dataset: Dataset, folder: Path = MIGRATIONS) -> Path | None:
    """Write the migration that creates or alters the dataset's tables; None where they are what the catalog wants.

    Raises CatalogError with a line for each difference that would lose rows or values; nothing is written then.
    """
    last = migrations(folder)[-1]
    if not planned_in(dataset, folder):
        return _write(folder, create_name(dataset), create_ddl(dataset, depends=last))
    now, wanted = _states(dataset, folder)
    changes = alterations(dataset, now, wanted)
    if changes.refusals:
        raise CatalogError("\n".join(f"{dataset.id}.yaml: {reason}" for reason in changes.refusals))
    if not changes:
        return None
    names = {"dataset": dataset, "changes": changes, "staged": staged_changes(now, wanted), "depends": last}
    return _write(folder, f"alter_{dataset.table}", _tidy(render("table/alter_dataset.sql", **names)))


def _states(dataset: Dataset, folder: Path) -> tuple[Declared, Declared]:
    """The tables as the migrations leave them, and as they would be created today."""
    texts = [(folder / f"{name}.sql").read_text(encoding="utf-8") for name in migrations(folder)]
    about = f'"{dataset.table}"'  # a quick look: to take 900 lines apart takes a tenth of a second
    now = declared(dataset, [text for text in texts if about in text])
    return now, declared(dataset, [create_ddl(dataset, depends="")])


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{int(migrations(folder)[-1][:3]) + 1:03d}_{name}.sql"
    path.write_text(text, encoding="utf-8")
    return path


def _tidy(text: str) -> str:
    return BLANK_LINES.sub("\n\n", text)
