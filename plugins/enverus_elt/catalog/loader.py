"""Reads catalog files and says, for anything that cannot be meant, in which file, field and line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from enverus_elt.catalog import plain_yaml
from enverus_elt.catalog.models import Dataset
from enverus_elt.errors import CatalogError
from enverus_elt.paths import CATALOG


def dataset_ids(folder: Path = CATALOG) -> list[str]:
    """The ids of all datasets, in a fixed order, without reading a single file."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def load_catalog(folder: Path = CATALOG) -> Iterator[Dataset]:
    """Every dataset of the catalog; raises at the first file that is wrong."""
    return (load_dataset(name, folder) for name in dataset_ids(folder))


def load_errors(folder: Path = CATALOG) -> list[str]:
    """What is wrong with the catalog's files, a line for each mistake; empty where all is well."""
    errors = [f"{path.name}:1: a catalog file ends in .yaml" for path in sorted(folder.glob("*.yml"))]
    for dataset_id in dataset_ids(folder):
        try:
            load_dataset(dataset_id, folder)
        except CatalogError as error:
            errors += str(error).splitlines()
    return errors


def load_dataset(dataset_id: str, folder: Path = CATALOG) -> Dataset:
    """One dataset; raises CatalogError with ``file:line: field: what`` a line for each mistake."""
    path = folder / f"{dataset_id}.yaml"
    if not path.is_file():
        known = ", ".join(dataset_ids(folder)) or "none"
        raise CatalogError(f"unknown dataset {dataset_id!r}: {path.name} is not in {folder} (known: {known})")
    text = _text(path)
    data = _data(path, text)
    if not isinstance(data, dict):
        raise CatalogError(f"{path.name}:1: a catalog file is a mapping of fields")
    if "id" in data:
        (line,) = plain_yaml.lines_of(text, [("id",)])
        raise CatalogError(f"{path.name}:{line}: id: the file's name is the dataset's id")
    try:
        return Dataset.model_validate({"id": path.stem, **data})
    except ValidationError as error:
        raise CatalogError("\n".join(_mistakes(path, text, error))) from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CatalogError(f"{path.name}:1: not UTF-8 text") from error


def _data(path: Path, text: str) -> Any:
    try:
        return plain_yaml.read(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CatalogError(f"{path.name}:{line}: {error.problem or 'not YAML'}") from error
    except yaml.YAMLError as error:  # a character that YAML forbids, say
        raise CatalogError(f"{path.name}:1: not YAML: {' '.join(str(error).split())}") from error


def _mistakes(path: Path, text: str, error: ValidationError) -> Iterator[str]:
    items = error.errors(include_url=False)
    places = [_place(item) for item in items]
    for line, place, item in zip(plain_yaml.lines_of(text, places), places, items, strict=True):
        field = ".".join(map(str, place)) or "dataset"
        message = item["msg"].removeprefix("Value error, ")
        yield f"{path.name}:{line}: {field}: {message}"


def _place(item: Any) -> tuple[int | str, ...]:
    """The path of a mistake in the file; a source's begins with its kind for pydantic, which is no step on the way."""
    path: tuple[int | str, ...] = item["loc"]
    if path == ("source",) and item["type"].startswith("union_tag"):
        return ("source", "kind")
    return (path[0], *path[2:]) if path[:1] == ("source",) and path[1:2] in (("api",), ("file",)) else path
