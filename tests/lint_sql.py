"""Lints the SQL that the server gets: each template under include/sql, rendered, by sqlfluff.

A template is rendered for every mart, and for a dataset of every kind, that it is meant for. Layout is judged in files
without Jinja only, for a rendered line is as long as its names are.

    python -m tests.lint_sql
"""

import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sqlfluff.core import FluffConfig, Linter

from enverus_elt.catalog import Dataset, load_catalog
from enverus_elt.marts import Mart, load_marts
from enverus_elt.paths import ROOT, SQL
from enverus_elt.schema.alterations import Alterations, NewColumn
from enverus_elt.sql import Fragment, render
from enverus_elt.steps.casting import castable_checks, staged_types

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
ANY_WITH_Z = "GeometryZ"  # PostGIS has it beside PointZ and the like, sqlfluff does not
# What generated SQL does on purpose: quotes every name, follows the catalog's order, keeps PostGIS' spelling of types.
GENERATED_MAY = "layout,AL03,AM03,AM04,CP01,RF03,RF04,RF06,ST06"
NEEDS_GEOMETRY = ("profile/create_features.sql", "profile/insert_quarantined.sql")
CREATED = re.compile(r"^migrations/\d{3}_create_(?!schemas|ops|casting|references|facilities)")
CHANGES = Alterations(
    new=[NewColumn("agent", "varchar(16)")],
    wider=[NewColumn("county", "varchar(64)")],
    nullable=["acres"],
    constraints={"acres_valid": "CHECK (acres > 0)"},
    dropped_indexes=["leases_county"],
    regranted=['core."leases" TO enverus_reader'],
    statements=["COMMENT ON TABLE core.\"leases\" IS 'Leases';"],
    staging=True,
)

# What the templates of recipes and of the lake take beside the names of columns.
SCRATCH = {
    "met": ("name", "kind"),
    "left": ("parent", "parent_kind"),
    "schema": "proc_1_1",
    "target": "layer_new",
    "source": "layer_invalid",
    "srid": 4267,
    "kinds": ("POINT", "POLYGON"),
    "added": ("dem_mean",),
    "most": 256,
    "renamed": {"operator": "company"},
    "type": "date",
    "operator": Fragment(">="),
    "by": "line_id",
    "order": "point_no",
    "keep": ("revised_on",),
}

# What the templates of joins take.
JOIN = {
    "forms": [
        ("lease", "number", "key_1"),
        ("block", "number in text", "key_2"),
        ("area", "text", "key_3"),
        ("signed", "timestamp", "key_4"),
        ("changed", "timestamp with zone", "key_5"),
        ("active", "as text", "key_6"),
    ],
    "names": ("key_1", "key_2"),
    "keys": "tabular_keys",
    "spatial": "places",
    "spatial_keys": "places_keys",
    "table_keys": "tabular_keys",
    "pairs": "pairs",
    "side": "table_row",
    "brought": (("company", "company_2"),),
    "inner": True,
}


def main() -> int:
    """Print every finding; 1 if there are any."""
    strict = Linter(FluffConfig.from_root(overrides={"dialect": "postgres"}))
    lax = Linter(FluffConfig.from_root(overrides={"dialect": "postgres", "exclude_rules": GENERATED_MAY}))
    findings = 0
    for path in sorted(SQL.rglob("*.sql")):
        if CREATED.match(str(path.relative_to(SQL))):
            continue  # what table/create_dataset.sql renders: `enverus check` sees to it
        templated = "{{" in path.read_text()
        for text in _renderings(path):
            plain = PLACEHOLDER.sub("0", text).replace(ANY_WITH_Z, "Geometry")
            for violation in (lax if templated else strict).lint_string(plain).get_violations():
                print(f"{path.relative_to(ROOT)}:{violation.line_no}: {violation.rule_code()}: {violation.desc()}")
                findings += 1
    return 1 if findings else 0


def _renderings(path: Path) -> Iterator[str]:
    name = str(path.relative_to(SQL))
    if "{{" not in path.read_text():
        yield path.read_text()
    elif name.startswith("refresh/"):
        yield from (render(name, **_mart_names(mart, path.read_text())) for mart in load_marts())
    elif "{% macro" not in path.read_text():  # macros alone are rendered where they are used
        for dataset in _representatives():
            if name in NEEDS_GEOMETRY and not dataset.geometry:
                continue
            names = _names(dataset)
            yield render(name, **names)
            if "absent" in path.read_text():
                yield render(name, **names | {"absent": dataset.present(())[-2:]})
            if "mostly_new" in path.read_text():
                yield render(name, **names | {"mostly_new": True})


@cache
def _representatives() -> list[Dataset]:
    """The narrowest dataset of each kind that templates tell apart."""
    found: dict[object, Dataset] = {}
    for dataset in sorted(load_catalog(), key=lambda dataset: len(dataset.all_columns)):
        shapes = dataset.geometry
        repairs = frozenset(shape.repair for shape in shapes)
        points = (any(shape.made_from for shape in shapes), any(shape.z for shape in shapes), bool(shapes))
        cut = dataset.partition.by if dataset.partition else None
        kind = (dataset.load.mode, dataset.versioned, cut, bool(dataset.sensitive), repairs, points)
        found.setdefault(kind, dataset)
    return list(found.values())


def _mart_names(mart: Mart, text: str) -> dict[str, object]:
    whole = "mart.name" in text
    meanings = {"objectid": "Number", "operator": "Who runs it"}
    return {
        "mart": mart if whole else mart.name,
        "name": mart.name,
        "materialized": mart.materialized,
        "meanings": meanings,
        "shapes": ["geom_point"],
    }


def _names(dataset: Dataset) -> dict[str, object]:
    types = staged_types(dataset)
    return {
        "dataset": dataset,
        "partition": f"{dataset.staging_table}_b1",
        "table": "batch_text",
        "batch_id": 1,
        "depends": "002_create_ops",
        "column": dataset.load.cursor,
        "columns": tuple(types),
        "types": tuple(types.items()),
        "checks": castable_checks(dataset),
        "label": dataset.columns[0].name,
        "key_is_shown": True,
        "read_all": True,
        "absent": (),
        "mostly_new": False,
        "index": f"{dataset.table}_key",
        "changes": CHANGES,
        "staged": CHANGES,
        **SCRATCH,
        **JOIN,
    }


if __name__ == "__main__":
    sys.exit(main())
