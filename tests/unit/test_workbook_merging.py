"""A workbook into a catalog file that people have written in: what it knows better is changed, the rest stays."""

import difflib
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from enverus_elt import suites
from enverus_elt.errors import CatalogError, WorkbookError
from enverus_elt.onboarding.datasets import Draft
from enverus_elt.onboarding.writing import write_together
from tests.unit.workbooks import folders, imported, only, refusals, workbook

LEASES = """\
# Leases, as the land team sees them.
title: Leases
description: Recorded leases.   # of the Gulf alone
owner: land-team
tags: [land]
source: {kind: api, path: landtrac-leases}

load:
  mode: snapshot
  history: current
  key: [lease_id]            # the vendor's
  cursor: updated_date
  deleted: deleted_date

schedule:
  cron: "0 8 * * 1"
  timezone: 'America/Chicago'
sla_hours: 26

onboarding: {imported: 2020-01-31, workbook: old.xlsx, reviewed: 2020-02-01, reviewed_by: qa}

indexes:
  - [county]

# Columns in the order of the office.
columns:
  - {name: lease_id, source: LeaseID, type: integer, nullable: false}
  - {name: shire, source: County, type: varchar(32), values: [KERN, TRAVIS], sensitive: true}  # renamed
  # Measured by the surveyor:
  - {name: acres, source: Acres, type: real, unit: HECTARE, minimum: 0, description: 'Acres, net'}
  - {name: signed, source: Signed, type: date}
  - {name: gone_from_book, source: Old, type: text}
  - {name: updated_date, source: UpdatedDate, type: timestamptz, nullable: false}
  - {name: deleted_date, source: DeletedDate, type: timestamptz}
"""
HEAD = ("Field Name", "Data Type", "Key", "Nullable", "Units", "Description")
SAME = [
    ("LeaseID", "INT", "PK", "N"),
    ("County", "VARCHAR(32)", None, "Y"),
    ("Acres", "REAL", None, "Y"),
    ("Signed", "DATETIME", None, "Y"),
    ("UpdatedDate", "DATETIME", None, "Y"),
    ("DeletedDate", "DATETIME", None, "Y"),
]


def merged(folder: Path, *rows: tuple[Any, ...], text: str = LEASES) -> Draft:
    """The draft that a sheet with these rows, each in the place of the one of its name or at the end, makes."""
    (folders(folder).catalog / "leases.yaml").write_text(text.replace("  - [county]", "  - [shire]"))
    changed = {str(row[0]).lower(): row for row in rows}
    known = [changed.pop(row[0].lower(), row) for row in SAME]
    return only(imported(workbook(folder, leases=[HEAD, *known, *changed.values()])))


def diff(folder: Path, draft: Draft) -> list[str]:
    """The lines of the catalog file that are other ones, with + and -, but for the one that says since when."""
    path = folder / "catalog" / "leases.yaml"
    before = path.read_text().splitlines()
    after = draft.files.get(path, path.read_text()).splitlines()
    return [line for line in difflib.ndiff(before, after) if line[0] in "+-" and "onboarding: {" not in line]


def test_a_workbook_that_says_the_same_changes_nothing(folder: Path) -> None:
    draft = merged(folder)
    assert (draft.changes, diff(folder, draft)) == ([], [])
    assert list(draft.files) == [folder / "expectations" / "leases.json"]  # there was none yet
    assert draft.notes == ["gone_from_book: the workbook has no field Old; the column stays"]


def test_types_lengths_and_required_values_are_changed_and_listed_and_all_else_stays(folder: Path) -> None:
    draft = merged(
        folder,
        ("LeaseID", "BIGINT", "PK", "N"),
        ("county", "VARCHAR(64)", None, "N", None, "County of the lease"),
        ("Acres", "FLOAT(53)", None, "Y", "acres", "Something else"),
    )
    shire = "name: shire, source: County, type: varchar(64), nullable: false, description: County of the lease"
    acres = "name: acres, source: Acres, type: double precision"
    assert [str(change) for change in draft.changes] == [
        "lease_id: type: bigint, was integer",
        "shire: type: varchar(64), was varchar(32)",
        "shire: nullable: false, was true",
        "shire: description: County of the lease",
        "acres: type: double precision, was real",
    ]
    assert diff(folder, draft) == [
        "-   - {name: lease_id, source: LeaseID, type: integer, nullable: false}",
        "+   - {name: lease_id, source: LeaseID, type: bigint, nullable: false}",
        "-   - {name: shire, source: County, type: varchar(32), values: [KERN, TRAVIS], sensitive: true}  # renamed",
        f"+   - {{{shire}, values: [KERN, TRAVIS], sensitive: true}} # renamed",
        "-   - {name: acres, source: Acres, type: real, unit: HECTARE, minimum: 0, description: 'Acres, net'}",
        f"+   - {{{acres}, unit: HECTARE, minimum: 0, description: 'Acres, net'}}",
    ]
    assert draft.notes[0] == "acres: unit HECTARE stays, the workbook says ACRE"


def test_new_fields_come_in_their_place_and_comments_stay_where_they_were(folder: Path) -> None:
    (folders(folder).catalog / "leases.yaml").write_text(LEASES.replace("  - [county]", "  - [shire]"))
    new = [(name, "INT", None, "Y") for name in ("First", "AfterCounty", "Last")]
    rows = [HEAD, new[0], *SAME[:2], new[1], *SAME[2:], new[2], ("Geom_Poly", "GEOMETRY", None, "Y")]
    draft = only(imported(workbook(folder, leases=rows)))
    after = draft.files[folder / "catalog" / "leases.yaml"].splitlines()
    assert diff(folder, draft) == [
        "+ ",
        "+ geometry:",
        "+   - {name: geom_poly, source: Geom_Poly, type: MultiPolygon, srid: 4326}",
        "+   - {name: first, source: First, type: integer}",
        "+   - {name: after_county, source: AfterCounty, type: integer}",
        "+   - {name: last, source: Last, type: integer}",
    ]
    names = [line.split()[2].rstrip(",") for line in after if line.startswith("  - {name: ")]
    assert names == [
        "geom_poly", "first", "lease_id", "shire", "after_county", "acres", "signed", "gone_from_book",
        "updated_date", "deleted_date", "last",
    ]  # fmt: skip
    assert after[after.index("geometry:") - 1] == ""


def test_another_key_is_changed_and_listed(folder: Path) -> None:
    draft = merged(folder, ("County", "VARCHAR(32)", "PK", "N"))
    assert [str(change) for change in draft.changes] == [
        "shire: nullable: false, was true",
        "load: key: lease_id, shire, was lease_id",
    ]
    assert "+   key: [lease_id, shire]     # the vendor's" in diff(folder, draft)


def test_the_order_of_a_key_and_the_narrower_time_are_the_catalogs(folder: Path) -> None:
    text = LEASES.replace("key: [lease_id]", "key: [shire, lease_id]").replace(
        "type: varchar(32), values", "type: varchar(32), nullable: false, values"
    )
    draft = merged(folder, ("County", "VARCHAR(32)", "PK", "N"), text=text)
    assert draft.changes == []
    assert draft.dataset.load.key == ("shire", "lease_id")
    assert draft.dataset.by_name["signed"].type == "date"


def test_without_a_key_column_the_catalogs_key_stays(folder: Path) -> None:
    (folders(folder).catalog / "leases.yaml").write_text(LEASES.replace("  - [county]", "  - [shire]"))
    rows = [("Field Name", "Data Type"), *(row[:2] for row in SAME)]
    assert only(imported(workbook(folder, leases=rows))).changes == []


def test_options_and_names_of_a_known_dataset_stay_and_that_is_said(folder: Path) -> None:
    (folders(folder).catalog / "leases.yaml").write_text(LEASES.replace("  - [county]", "  - [shire]"))
    rows = [("Field Name", "Data Type", "Warehouse Name"), *((*row[:2], None) for row in SAME)]
    rows[2] = ("County", "VARCHAR(32)", "county")
    draft = only(imported(workbook(folder, leases=rows), owner="gis", sla_hours=3))
    assert draft.changes == []
    assert draft.notes[1:] == [
        "shire: the name stays, not county",
        "--owner, --sla-hours: for new datasets only; leases.yaml stays as it is in this",
    ]


def test_a_change_that_the_catalog_does_not_accept_writes_nothing(folder: Path) -> None:
    with pytest.raises(CatalogError) as caught:
        merged(folder, ("Acres", "VARCHAR(8)", None, "Y"))
    assert "leases.yaml:30: columns.2: column acres: minimum and maximum need a numeric type" in str(caught.value)


def test_a_catalog_file_that_is_broken_already_is_named(folder: Path) -> None:
    with pytest.raises(CatalogError, match=r"leases.yaml:1: anchors and aliases are not used"):
        merged(folder, text="a: &bomb [x, x]\nb:\n  - *bomb\n")
    with pytest.raises(CatalogError, match=r"leases.yaml:1: the tag .* is not used"):
        merged(folder, text="title: !!python/object/apply:os.system [ls]\n")


def test_hand_written_expectations_stay(folder: Path) -> None:
    own = {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "shire"}, "meta": {"why": "so"}}
    path = folders(folder).expectations / "leases.json"
    path.write_text('{"name": "leases", "expectations": []}')
    draft = merged(folder)
    write_together(draft.files)
    text = path.read_text().replace("\n  ]\n}", f",\n    {str(own).replace(chr(39), chr(34))}\n  ]\n}}")
    path.write_text(text)
    again = merged(folder, ("LeaseID", "BIGINT", "PK", "N"))
    write_together(again.files)
    assert suites.read(again.dataset, path.parent)["expectations"][-1] == own
    assert suites.stale_reason(again.dataset, path.parent) is None
    path.write_text("{")
    with pytest.raises(CatalogError, match=r"leases.json: not JSON"):
        merged(folder)


# All files or none


def test_files_are_written_together_or_not_at_all(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, new, third = folder / "a.yaml", folder / "b.json", folder / "c.yaml"
    kept.write_text("before")
    renamed = Path.replace

    def full(path: Path, target: Path) -> Path:
        if target == third:
            raise OSError(28, "No space left on device", str(target))
        return renamed(path, target)

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(CatalogError, match=r"c.yaml: No space left on device: nothing was written"):
        write_together({kept: "after", new: "new", third: "new"})
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"a.yaml": "before"}
    monkeypatch.undo()
    with pytest.raises(CatalogError, match=r"nothing was written"):
        write_together({kept: "after", folder / "nowhere" / "b.json": "new"})
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"a.yaml": "before"}
    write_together({kept: "after", new: "neu: ö"})
    assert {path.name: path.read_text("utf-8") for path in folder.iterdir()} == {"a.yaml": "after", "b.json": "neu: ö"}


def test_a_field_that_clashes_with_a_column_of_the_catalog_is_refused(folder: Path) -> None:
    (folders(folder).catalog / "leases.yaml").write_text(LEASES.replace("  - [county]", "  - [shire]"))
    (line,) = refusals(workbook(folder, leases=[HEAD, *SAME, ("Shire", "INT", None, "Y")]))
    assert line.startswith("leases!A8: Shire and the catalog's County would both be shire")
    with pytest.raises(WorkbookError, match="its type must be a time"):
        merged(folder, ("UpdatedDate", "INT", None, "N"))


def test_a_geometry_of_the_catalog_stays_one(folder: Path) -> None:
    entry = "{name: geom_poly, source: Outline, type: MultiPolygon, srid: 4326, repair: make_valid}"
    geometry = f"geometry:\n  - {entry}\n\n"
    text = LEASES.replace("indexes:", f"{geometry}indexes:")
    assert merged(folder, ("Outline", "VARCHAR(MAX)", None, "Y"), text=text).changes == []
    draft = merged(folder, ("outline", "GEOMETRY(Polygon, 4267)", None, "N", None, "Its outline"), text=text)
    assert [str(change) for change in draft.changes] == [
        "geom_poly: type: Polygon, was MultiPolygon",
        "geom_poly: srid: 4267, was 4326",
        "geom_poly: nullable: false, was true",
        "geom_poly: description: Its outline",
    ]


def test_a_comment_behind_the_last_column_stays_behind_it(folder: Path) -> None:
    draft = merged(folder, ("Last", "INT", None, "Y"), text=LEASES + "  # more to come\n")
    assert diff(folder, draft) == ["+   - {name: last, source: Last, type: integer}"]


def test_a_file_that_changes_says_since_when_and_from_which_workbook(folder: Path) -> None:
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    draft = merged(folder, ("Last", "INT", None, "Y"))
    signed = f"onboarding: {{imported: {today}, workbook: schemas.xlsx, reviewed: 2020-02-01, reviewed_by: qa}}"
    assert signed in draft.files[folder / "catalog" / "leases.yaml"].splitlines()
    path = folder / "catalog" / "leases.yaml"
    unsigned = re.sub(r"onboarding: .*\n\n", "", LEASES).replace(
        "indexes:\n  - [county]", "geometry: []  # none\nindexes: []"
    )
    path.write_text(unsigned)
    draft = only(imported(workbook(folder, leases=[HEAD, *SAME, ("Last", "INT", None, "Y")])))
    assert [
        line for line in difflib.ndiff(unsigned.splitlines(), draft.files[path].splitlines()) if line[0] in "+-"
    ] == [
        f"+ onboarding: {{imported: {today}, workbook: schemas.xlsx}}",
        "+ ",
        "+   - {name: last, source: Last, type: integer}",
    ]


def test_partitions_stay_in_the_key_whatever_the_vendors_is(folder: Path) -> None:
    text = LEASES.replace("key: [lease_id]", "key: [lease_id, shire]").replace(
        "type: varchar(32), values", "type: varchar(32), nullable: false, values"
    ).replace("indexes:", "partition: {by: hash, column: shire, parts: 4}\n\nindexes:")  # fmt: skip
    assert merged(folder, text=text).changes == []
    draft = merged(folder, ("Acres", "REAL", "PK", "N"), text=text)
    assert draft.dataset.load.key == ("lease_id", "acres", "shire")


def test_a_point_that_is_made_of_columns_is_no_field_of_a_workbook(folder: Path) -> None:
    made = "geometry:\n  - {name: geom_point, from: {longitude: acres, latitude: acres}, type: Point}\n\n"
    draft = merged(folder, text=LEASES.replace("indexes:", f"{made}indexes:"))
    assert (draft.changes, [note for note in draft.notes if "geom_point" in note]) == ([], [])


def test_heights_are_kept_unless_the_workbook_says_there_are_none(folder: Path) -> None:
    high = "geometry:\n  - {name: geom_point, source: Place, type: Point, z: true}\n\n"
    text = LEASES.replace("indexes:", f"{high}indexes:")
    assert merged(folder, ("Place", "GEOMETRY", None, "Y"), text=text).changes == []
    assert merged(folder, ("Place", "GEOMETRY(PointZ, 4326)", None, "Y"), text=text).changes == []
    flat = merged(folder, ("Place", "GEOMETRY(Point, 4326)", None, "Y"), text=text)
    assert [str(change) for change in flat.changes] == ["geom_point: z: false, was true"]
