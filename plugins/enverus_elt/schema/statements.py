"""What the migrations of a dataset have made of its tables, read from their text: the files are the truth, no server.

Only statements in the form that `enverus table plan` writes are understood. A migration by hand that changes a
dataset's tables uses the same forms, and so counts.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import sqlparse

from enverus_elt.catalog import Dataset

COMMENT_LINE = re.compile(r"^\s*--.*$", re.MULTILINE)
COLUMN = re.compile(r'^"(?P<name>[^"]+)" (?P<type>.+?)(?P<required> NOT NULL)?$')
CONSTRAINT = re.compile(r'^CONSTRAINT "(?P<name>[^"]+)" (?P<rule>.+)$')


@dataclass(frozen=True)
class Shape:
    """A column's type and whether it must have a value."""

    type: str
    required: bool = False


@dataclass
class Declared:
    """The tables of one dataset: each part by what it is about, so that two states can be compared."""

    columns: dict[str, Shape] = field(default_factory=dict)
    constraints: dict[str, str] = field(default_factory=dict)
    partitioning: str = ""
    indexes: dict[str, str] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    grants: dict[str, str] = field(default_factory=dict)
    staging: dict[str, Shape] = field(default_factory=dict)


def declared(dataset: Dataset, texts: Iterable[str]) -> Declared:
    """The state that these migrations leave, applied in this order; statements about other tables count for nothing."""
    reader = _Reader()
    forms = [(re.compile(pattern, re.DOTALL), read) for pattern, read in reader.forms(dataset)]
    for text in texts:
        for statement in sqlparse.split(COMMENT_LINE.sub("", text)):
            for pattern, read in forms:
                if found := pattern.match(statement.strip()):
                    read(found)
                    break
    return reader.state


class _Reader:
    """Takes each statement into the state."""

    def __init__(self) -> None:
        self.state = Declared()

    def forms(self, dataset: Dataset) -> Iterator[tuple[str, Callable[[re.Match[str]], None]]]:
        """The statements that are understood, as patterns."""
        core, raw = re.escape(f'core."{dataset.table}"'), re.escape(f'staging."{dataset.staging_table}"')
        view = re.escape(f'staging."{dataset.table}"')
        yield rf"CREATE TABLE {core} \((?P<body>.+?)\n\)(?P<partitioning>[^;]*);$", self._create_core
        yield rf"CREATE TABLE {raw} \((?P<body>.+?)\n\) PARTITION BY LIST [^;]+;$", self._create_staging
        yield rf"ALTER TABLE {core} ADD COLUMN (?P<column>[^;]+);$", self._add_column
        yield rf'ALTER TABLE {core} ALTER COLUMN "(?P<name>[^"]+)" TYPE (?P<type>[^;]+);$', self._widen
        yield rf'ALTER TABLE {core} ALTER COLUMN "(?P<name>[^"]+)" DROP NOT NULL;$', self._allow_null
        yield rf'ALTER TABLE {core} ADD CONSTRAINT "(?P<name>[^"]+)" (?P<rule>[^;]+);$', self._add_constraint
        yield rf'CREATE (UNIQUE )?INDEX "(?P<name>[^"]+)" ON {core} .+;$', self._index
        yield r'DROP INDEX core\."(?P<name>[^"]+)";$', self._drop_index
        yield rf"COMMENT ON (?P<subject>(TABLE|COLUMN|VIEW) ({core}|{raw}|{view})(\.[^ ]+)?) IS .+;$", self._comment
        yield rf"GRANT .+ ON (?P<subject>{core}\s+TO [^;]+);$", self._grant

    def _create_core(self, found: re.Match[str]) -> None:
        self.state.partitioning = found["partitioning"]
        _read_body(found["body"], self.state.columns, self.state.constraints)

    def _create_staging(self, found: re.Match[str]) -> None:
        self.state.staging.clear()
        _read_body(found["body"], self.state.staging, {})

    def _add_column(self, found: re.Match[str]) -> None:
        _read_body(found["column"], self.state.columns, {})

    def _widen(self, found: re.Match[str]) -> None:
        self.state.columns[found["name"]] = Shape(found["type"], self.state.columns[found["name"]].required)

    def _allow_null(self, found: re.Match[str]) -> None:
        self.state.columns[found["name"]] = Shape(self.state.columns[found["name"]].type)

    def _add_constraint(self, found: re.Match[str]) -> None:
        self.state.constraints[found["name"]] = found["rule"]

    def _index(self, found: re.Match[str]) -> None:
        self.state.indexes[found["name"]] = found[0]

    def _drop_index(self, found: re.Match[str]) -> None:
        self.state.indexes.pop(found["name"], None)

    def _comment(self, found: re.Match[str]) -> None:
        self.state.comments[found["subject"]] = found[0]

    def _grant(self, found: re.Match[str]) -> None:
        self.state.grants[" ".join(found["subject"].split())] = found[0]


def _read_body(body: str, columns: dict[str, Shape], constraints: dict[str, str]) -> None:
    """The lines of a CREATE TABLE; columns that every table has are not quoted and so left out."""
    for line in body.splitlines():
        text = line.strip().removesuffix(",")
        if found := CONSTRAINT.match(text):
            constraints[found["name"]] = found["rule"]
        elif found := COLUMN.match(text):
            columns[found["name"]] = Shape(found["type"], found["required"] is not None)
