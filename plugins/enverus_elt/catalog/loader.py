"""Reads catalog files and says, for anything that cannot be meant, in which file, field and line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from enverus_elt.catalog.models import Dataset
from enverus_elt.errors import CatalogError
from enverus_elt.paths import CATALOG

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # a PyYAML built without libyaml: slower, but the same answers
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

Location = tuple[int | str, ...]
MOST_OPENINGS = 5000


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
    node, data = _parse(path)
    if not isinstance(data, dict):
        raise CatalogError(f"{path.name}:1: a catalog file is a mapping of fields")
    if "id" in data:
        raise CatalogError(f"{path.name}:{_line(node, ('id',))}: id: the file's name is the dataset's id")
    try:
        return Dataset.model_validate({"id": path.stem, **data})
    except ValidationError as error:
        raise CatalogError("\n".join(_mistakes(path, node, error))) from error


def _parse(path: Path) -> tuple[yaml.Node, Any]:
    loader = Loader(_text(path))
    try:
        node = loader.get_single_node()
        if node is None:
            raise CatalogError(f"{path.name}:1: the file is empty")
        _refuse_cleverness(path, node)
        return node, loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CatalogError(f"{path.name}:{line}: {error.problem or 'not YAML'}") from error
    except (yaml.YAMLError, ValueError, TypeError, KeyError, AttributeError) as error:
        # Beside its own errors the YAML library raises whatever a date, number or boolean that is none runs into.
        raise CatalogError(f"{path.name}:1: not YAML: {' '.join(str(error).split())}") from error
    finally:
        loader.dispose()


def _text(path: Path) -> str:
    """The file's text; refused before it is parsed where its nesting could exhaust the parser's stack."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CatalogError(f"{path.name}:1: not UTF-8 text") from error
    if max(text.count(opening) for opening in ("[", "{", "- ", "? ")) > MOST_OPENINGS:
        raise CatalogError(f"{path.name}:1: more than {MOST_OPENINGS} lists or mappings: not a catalog file")
    return text


def _refuse_cleverness(path: Path, root: yaml.Node) -> None:
    """No tags, no aliases, no key twice: what is read is what is written."""
    seen: set[int] = set()
    pending = [root]
    while pending:
        node = pending.pop()
        line = node.start_mark.line + 1
        if id(node) in seen:
            raise CatalogError(f"{path.name}:{line}: anchors and aliases are not used in the catalog")
        seen.add(id(node))
        if not node.tag.startswith("tag:yaml.org,2002:") or "python" in node.tag:
            raise CatalogError(f"{path.name}:{line}: the tag {node.tag} is not used in the catalog")
        if isinstance(node, yaml.MappingNode):
            names = set()
            for key, value in node.value:
                if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
                    raise CatalogError(f"{path.name}:{key.start_mark.line + 1}: a field's name is plain text")
                if key.value in names:
                    raise CatalogError(f"{path.name}:{key.start_mark.line + 1}: {key.value}: given twice")
                names.add(key.value)
                pending += (key, value)
        elif isinstance(node, yaml.SequenceNode):
            pending += node.value


def _mistakes(path: Path, node: yaml.Node, error: ValidationError) -> Iterator[str]:
    for item in error.errors(include_url=False):
        location = item["loc"]
        field = ".".join(str(part) for part in location) or "dataset"
        message = item["msg"].removeprefix("Value error, ")
        yield f"{path.name}:{_line(node, location)}: {field}: {message}"


def _line(node: yaml.Node, location: Location) -> int:
    """The line of a location, or of the closest thing above it that the file does hold."""
    for part in location:
        child = _child(node, part)
        if child is None:
            break
        node = child
    return node.start_mark.line + 1


def _child(node: yaml.Node, part: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
        return next(iter(node.value[part : part + 1]), None)
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    return None
