"""A workbook of schemas → drafts of the datasets that it describes."""

from dataclasses import dataclass
from pathlib import Path

from enverus_elt.errors import CatalogError, WorkbookError
from enverus_elt.onboarding.datasets import Draft, Folders, draft
from enverus_elt.onboarding.decisions import Decisions
from enverus_elt.onboarding.problems import Problems, shown
from enverus_elt.onboarding.schema import Schema
from enverus_elt.onboarding.sheet_schema import read_schema
from enverus_elt.onboarding.workbook import SheetTitle, Workbook, open_workbook

ONE_DATASETS = ("title", "description", "path")  # options that say something of one dataset alone


@dataclass(frozen=True)
class Import:
    """The drafts of a workbook, and the sheets that hold none, with the reason."""

    drafts: list[Draft]
    skipped: list[str]

    @property
    def files(self) -> dict[Path, str]:
        """The texts of all files that would change."""
        return {path: text for draft in self.drafts for path, text in draft.files.items()}


def read_workbook(
    path: Path, sheets: list[str], dataset_id: str | None, decisions: Decisions, folders: Folders
) -> Import:
    """Read some sheets, or all that people see; raises WorkbookError with everything that is unclear in them."""
    problems, skipped = Problems(path.name), list[str]()
    with open_workbook(path) as workbook:
        titles = _chosen(workbook, sheets, skipped, path.name)
        schemas = _schemas(workbook, titles, dataset_id, problems)
    for title in titles:
        if title.name not in schemas and not len(problems):
            skipped.append(f"sheet {shown(title.name)} has no row that names a 'field name' and a 'data type' column")
    if not schemas and not len(problems):
        raise WorkbookError("\n".join(f"{path.name}: {line}" for line in skipped or ["there is no sheet"]))
    _refuse_sharing(schemas, decisions, problems)
    drafts = _drafts(schemas, decisions, folders, problems)
    return Import(drafts, skipped)


def _chosen(workbook: Workbook, sheets: list[str], skipped: list[str], file: str) -> list[SheetTitle]:
    """The sheets that were asked for, hidden ones too; without a word all that are not hidden."""
    by_name = {title.name.strip().casefold(): title for title in workbook.titles}
    if sheets:
        if unknown := [name for name in sheets if name.strip().casefold() not in by_name]:
            there = ", ".join(title.name for title in workbook.titles)
            raise WorkbookError(f"{file}: there is no sheet {shown(unknown[0])}: there are {there}")
        return [by_name[name] for name in dict.fromkeys(sheet.strip().casefold() for sheet in sheets)]
    hidden = [shown(title.name) for title in workbook.titles if title.hidden]
    skipped += (f"sheet {name} is hidden: to read it, say --sheet {name}" for name in hidden)
    return [title for title in workbook.titles if not title.hidden]


def _schemas(
    workbook: Workbook, titles: list[SheetTitle], dataset_id: str | None, problems: Problems
) -> dict[str, Schema]:
    found = {title.name: read_schema(workbook.sheet(title.name), dataset_id, problems) for title in titles}
    return {name: schema for name, schema in found.items() if schema is not None}


def _refuse_sharing(schemas: dict[str, Schema], decisions: Decisions, problems: Problems) -> None:
    """Two sheets cannot be one dataset, and what is said of one dataset cannot be meant for several."""
    first: dict[str, Schema] = {}
    for schema in schemas.values():
        if first.setdefault(schema.dataset_id, schema) is not schema:
            what = f"{first[schema.dataset_id].where} is dataset {schema.dataset_id} already: choose one with --sheet"
            problems.add(schema.where, what)
    if len(schemas) > 1 and (said := [name for name in ONE_DATASETS if name in decisions.made]):
        problems.add("--" + said[0], f"{len(schemas)} sheets cannot all have the same one: choose one with --sheet")


def _drafts(schemas: dict[str, Schema], decisions: Decisions, folders: Folders, problems: Problems) -> list[Draft]:
    """The drafts of all schemas; raises what the workbook and what the catalog's rules refuse, together."""
    drafts, refused = list[Draft](), list[str]()
    for schema in schemas.values():
        try:
            drafted = draft(schema, decisions, folders, problems)
        except CatalogError as error:
            refused += str(error).splitlines()
        else:
            drafts += [drafted] if drafted else []
    if refused and not len(problems):
        raise CatalogError("\n".join(refused))
    problems.raise_if_any()
    return drafts
