"""A stated schema → the texts of the dataset's catalog file and suite, held to the catalog's own rules before."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from enverus_elt import suites
from enverus_elt.catalog import ApiSource, Dataset, dataset_ids, load_dataset
from enverus_elt.errors import CatalogError
from enverus_elt.onboarding.decisions import Decisions, skeleton
from enverus_elt.onboarding.merging import Change, merge_schema
from enverus_elt.onboarding.problems import Problems, shown
from enverus_elt.onboarding.resolve import Resolver
from enverus_elt.onboarding.schema import Schema
from enverus_elt.onboarding.units import read_unit
from enverus_elt.paths import CATALOG, EXPECTATIONS

DATASET_ID = re.compile(r"[a-z][a-z0-9-]{0,47}")


@dataclass(frozen=True)
class Folders:
    """Where catalog files and suites are."""

    catalog: Path = CATALOG
    expectations: Path = EXPECTATIONS


@dataclass(frozen=True)
class Draft:
    """A dataset as it would be written: the files whose text is another than now, and what a person has to know."""

    dataset: Dataset
    is_new: bool
    changes: list[Change]
    notes: list[str]
    undecided: dict[str, Any]
    files: dict[Path, str] = field(repr=False)


def draft(schema: Schema, decisions: Decisions, folders: Folders, problems: Problems) -> Draft | None:
    """The dataset that a schema makes of its catalog file; None where something is a problem.

    Raises CatalogError where the file, as it is or as it would be, is none that the catalog accepts.
    """
    if not DATASET_ID.fullmatch(schema.dataset_id):
        raise CatalogError(f"{shown(schema.dataset_id)} is no dataset's id: a-z, 0-9 and -, a letter first, at most 48")
    is_new = schema.dataset_id not in dataset_ids(folders.catalog)
    known = None if is_new else load_dataset(schema.dataset_id, folders.catalog)
    if known is not None and not isinstance(known.source, ApiSource):
        raise CatalogError(f"{known.id}: files feed it, and its catalog file says so: change it by hand")
    resolved = Resolver(schema, known, decisions, problems).resolve()
    if resolved is None:
        return None
    path = folders.catalog / f"{schema.dataset_id}.yaml"
    before = "" if is_new else path.read_text(encoding="utf-8")
    merged = merge_schema(before or skeleton(schema.dataset_id, decisions), known, resolved, schema.workbook)
    dataset = _accepted(schema.dataset_id, merged.text)
    suite = suites.suite_path(dataset, folders.expectations)
    texts = {path: merged.text, suite: suites.renewed(dataset, folders.expectations)}
    return Draft(
        dataset=dataset,
        is_new=is_new,
        changes=merged.changes,
        notes=[*schema.notes, *merged.notes, *_unit_notes(merged.changes, dataset), *_option_notes(known, decisions)],
        undecided=decisions.open_for(schema.dataset_id) if is_new else {},
        files={path: text for path, text in texts.items() if not path.exists() or path.read_text("utf-8") != text},
    )


def _accepted(dataset_id: str, text: str) -> Dataset:
    """The dataset that a text describes, read as the pipeline will read it."""
    with TemporaryDirectory() as folder:
        (Path(folder) / f"{dataset_id}.yaml").write_text(text, encoding="utf-8")
        return load_dataset(dataset_id, Path(folder))


def _unit_notes(changes: list[Change], dataset: Dataset) -> list[str]:
    """Units of new columns that nobody has heard of."""
    new = [dataset.by_name[change.column] for change in changes if change.column in dataset.by_name]
    strange = sorted({column.unit for column in new if column.unit and read_unit(column.unit) is None})
    return [f"the unit {unit!r} is not known: kept as it is written" for unit in strange]


def _option_notes(known: Dataset | None, decisions: Decisions) -> list[str]:
    if known is None or not decisions.made:
        return []
    options = ", ".join(f"--{name.replace('_', '-')}" for name in decisions.made)
    return [f"{options}: for new datasets only; {known.id}.yaml stays as it is in this"]
