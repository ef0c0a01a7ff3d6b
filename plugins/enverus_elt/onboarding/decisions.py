"""What neither a workbook nor the vendor's DDL tells of a dataset, and what stands in until somebody decides."""

import re
from dataclasses import dataclass, fields
from typing import Any

import yaml

from enverus_elt.catalog import History, LoadMode

UNDECIDED = "to be decided"
# What every new catalog file has to say, and what it says without an option.
DEFAULTS: dict[str, Any] = {
    "owner": "gis-data",
    "mode": LoadMode.INCREMENTAL.value,
    "history": History.CURRENT.value,
    "cron": "0 6 * * *",
    "timezone": "America/Chicago",
    "sla_hours": 26,
    "page_size": 10_000,
}
COMMENT_COLUMN = 29


@dataclass(frozen=True)
class Decisions:
    """What the command's options say; None where they are silent."""

    title: str | None = None
    description: str | None = None
    owner: str | None = None
    path: str | None = None
    page_size: int | None = None
    mode: str | None = None
    history: str | None = None
    cron: str | None = None
    timezone: str | None = None
    sla_hours: int | None = None
    cursor: str | None = None
    deleted: str | None = None

    @property
    def made(self) -> dict[str, Any]:
        """The options that were given, by their names."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name)) is not None}

    def open_for(self, dataset_id: str) -> dict[str, Any]:
        """What nobody has decided, with what stands in for it."""
        standing = {"title": _title(dataset_id), "description": f"The vendor's dataset {dataset_id}.", **DEFAULTS}
        return {name: value for name, value in standing.items() if getattr(self, name) is None}


def skeleton(dataset_id: str, decisions: Decisions) -> str:
    """A catalog file without columns, key and cursor; what is undecided says so in a comment."""
    undecided = decisions.open_for(dataset_id)
    says = {**decisions.made, **undecided}

    def line(name: str, indent: str = "", called: str | None = None) -> str:
        text = f"{indent}{called or name}: {plain_or_quoted(says[name])}"
        return f"{text.ljust(COMMENT_COLUMN - 1)} # {UNDECIDED}" if name in undecided else text

    lines = [
        line("title"),
        line("description"),
        line("owner"),
        "tags: [api]",
        "",
        "source:",
        "  kind: api",
        f"  path: {plain_or_quoted(decisions.path or dataset_id)}",
        line("page_size", "  "),
        "",
        "load:",
        line("mode", "  "),
        line("history", "  "),
        "  overlap_days: 1            # the API filters times at date grain",
        "",
        "schedule:",
        line("cron", "  "),
        line("timezone", "  "),
        line("sla_hours"),
        "",
        "columns: []",
    ]
    return "\n".join(lines) + "\n"


def plain_or_quoted(value: Any) -> str:
    """A value as YAML that both of YAML's versions read as the same one: ``no`` and ``0 6 * * *`` need quotes."""
    if not isinstance(value, str):
        return str(value)
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9 ._/'-]*", value) and is_plain(value) and not value.endswith(" "):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def is_plain(text: str) -> bool:
    """Whether YAML 1.1 takes an unquoted scalar for the text that it is, not for a number, a date or a boolean."""
    resolver: Any = yaml.resolver.Resolver()  # has no types
    return bool(resolver.resolve(yaml.ScalarNode, text, (True, False)) == "tag:yaml.org,2002:str")


def _title(dataset_id: str) -> str:
    return dataset_id.replace("-", " ").capitalize()
