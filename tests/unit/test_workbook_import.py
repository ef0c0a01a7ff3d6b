"""Workbooks as they really come, each read for what it means."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from enverus_elt.catalog import load_dataset
from enverus_elt.catalog.columns import Column
from enverus_elt.onboarding.resolve import CURSOR_SAYS
from tests.unit.workbooks import HEAD, KEY, UPDATED, fields, imported, only, types, workbook


def test_a_plain_sheet_becomes_a_dataset_that_the_catalog_accepts(folder: Path) -> None:
    found = imported(workbook(folder, permits=fields(("Depth_FT", "REAL", None, "Y", "feet"))))
    draft = only(found)
    text = draft.files[folder / "catalog" / "permits.yaml"]
    (folder / "permits.yaml").write_text(text)
    assert load_dataset("permits", folder) == draft.dataset
    described = f"description: {CURSOR_SAYS}}}"
    assert text.splitlines()[-3:] == [
        "  - {name: well_id, source: WellID, type: bigint, nullable: false}",
        "  - {name: updated_date, source: UpdatedDate, type: timestamptz, nullable: false, " + described,
        "  - {name: depth_ft, source: Depth_FT, type: real, unit: FT}",
    ]
    assert draft.dataset.load.key == ("well_id",)
    assert list(draft.files) == [folder / "catalog" / "permits.yaml", folder / "expectations" / "permits.json"]


def test_what_nobody_has_decided_is_said_and_marked_in_the_file(folder: Path) -> None:
    path = workbook(folder, permits=fields())
    draft = only(imported(path, owner="land-team", cron="15 5 * * 1", history="versioned", title="Permits: all"))
    text = draft.files[folder / "catalog" / "permits.yaml"]
    assert set(draft.undecided) == {"description", "mode", "timezone", "sla_hours", "page_size"}
    assert text.count("# to be decided") == len(draft.undecided)
    assert (draft.dataset.owner, draft.dataset.schedule.cron, draft.dataset.title) == (
        "land-team", "15 5 * * 1", "Permits: all",
    )  # fmt: skip
    assert draft.dataset.versioned


def test_titles_blank_rows_extra_columns_and_stray_spaces_are_no_matter(folder: Path) -> None:
    rows = [
        ["Well permits, v3", None],
        [],
        ["Prepared by", "an analyst"],
        [None, "#", " Attribute\u00a0", "SQL\nType", "PK?", "Allow Nulls", "UOM", "Definition", "Steward"],
        [None, 1, "\u00a0WellID ", "bigint ", "x", "No", "-", "Well", "A. Nalyst"],
        [],
        [None, 2, "UpdatedDate\u200b", " DATETIME2(7)", "", "Yes", "n/a", None, None],
        [None, 3, "Depth_FT", "decimal( 10 , 2 )", None, "yes", " Feet ", "Depth,\r\n  measured", None],
    ]
    draft = only(imported(workbook(folder, permits=rows)))
    assert draft.dataset.load.key == ("well_id",)
    assert draft.dataset.by_name["depth_ft"] == Column(
        name="depth_ft", source="Depth_FT", type="numeric(10,2)", unit="FT", description="Depth, measured"
    )
    assert draft.notes == ["columns of permits that are not read: '#' (B4), 'Steward' (I4)"]


SCHEMA_VIEW = ("COLUMN_NAME", "DATA_TYPE", "IS_NULLABLE", "CHARACTER_MAXIMUM_LENGTH", "Primary Key")
STARRED = ("Attribute Name *", "Data Type (SQL Server)", "Required", "Max Length", "Key")


@pytest.mark.parametrize(
    ("head", "row"),
    [
        (SCHEMA_VIEW, ("nvarchar", "NO", 64, True)),
        (("Column", "Type", "Null?", "Length", "PK"), ("VARCHAR", "N", "64", 1)),
        (STARRED, ("nchar", "Y", 64.0, "Primary Key")),
        (("Name", "Field Type", "Not Null", "Size", "Key Type"), ("[varchar](64)", "x", None, "PK, FK")),
    ],
)
def test_headers_vary(folder: Path, head: tuple[str, ...], row: tuple[Any, ...]) -> None:
    kind, null, length, key = row
    required = "REQUIRED" in head[2].upper() or "NOT NULL" in head[2].upper()
    yes, no = (None, "x") if required else ("Y", "N")
    rows = [head, ("Region", kind, null, length, key), ("UpdatedDate", "datetime", no, None, None),
            ("Note", "text", yes, None, None)]  # fmt: skip
    dataset = only(imported(workbook(folder, wells=rows))).dataset
    assert dataset.load.key == ("region",)
    assert {name: (c.type, c.nullable) for name, c in dataset.by_name.items()} == {
        "region": ("varchar(64)", False),
        "updated_date": ("timestamptz", False),
        "note": ("text", True),
    }


def test_merged_titles_types_and_headings_are_read_as_they_look(folder: Path) -> None:
    def merge(sheet: Worksheet) -> None:
        sheet["A1"] = "Permits"
        sheet.merge_cells("A1:E1")
        sheet.merge_cells("B5:B6")
        sheet["A7"] = "Places"
        sheet.merge_cells("A7:E7")

    first, second, other = ("First", "REAL", None, "Y"), ("Second", None, None, "Y"), ("X_ECEF", "REAL", None, "Y")
    rows = [[], HEAD, KEY, UPDATED, first, second, [], other]
    path = workbook(folder, merge, permits=rows)
    assert types(path) == {"first": "real", "second": "real", "x_ecef": "real"}
    assert only(imported(path)).notes == ["permits!A7:E7: 'Places' is taken for a heading, not a field"]


def test_a_header_of_two_merged_rows_and_one_that_is_repeated_are_one_header(folder: Path) -> None:
    def merge(sheet: Worksheet) -> None:
        for column in "ABCDE":
            sheet.merge_cells(f"{column}1:{column}2")

    rows = [HEAD, [], KEY, UPDATED, HEAD, ("Field", "VARCHAR(8)", None, "Y")]
    path = workbook(folder, merge, permits=rows)
    assert types(path) == {"field": "varchar(8)"}
    assert only(imported(path)).notes == ["permits!A5: the header again, not a field"]


def test_hidden_rows_are_read_and_hidden_sheets_only_when_asked_for(folder: Path) -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[4].hidden = True
        sheet.parent["old"].sheet_state = "hidden"
        sheet.parent["older"].sheet_state = "veryHidden"

    sheets = {"wells": fields(("Depth", "REAL", None, "Y")), "old": fields(), "older": fields()}
    path = workbook(folder, hide, **sheets)
    assert types(path) == {"depth": "real"}
    assert imported(path).skipped == [
        "sheet 'old' is hidden: to read it, say --sheet 'old'",
        "sheet 'older' is hidden: to read it, say --sheet 'older'",
    ]
    assert [draft.dataset.id for draft in imported(path, "OLD ", "wells").drafts] == ["old", "wells"]


def test_sheets_without_a_schema_are_skipped_and_said_so(folder: Path) -> None:
    legend = [("Key", "Description"), ("PK", "part of the primary key")]
    people = [("Name", "Notes"), ("A. Nalyst", "made this")]
    found = imported(workbook(folder, wells=fields(), legend=legend, people=people, empty=[]))
    assert [draft.dataset.id for draft in found.drafts] == ["wells"]
    assert [line.split(" has no row")[0] for line in found.skipped] == [
        "sheet 'legend'",
        "sheet 'people'",
        "sheet 'empty'",
    ]


def test_a_sheets_name_is_the_datasets_id_unless_another_one_is_said(folder: Path) -> None:
    def rename(sheet: Worksheet) -> None:
        sheet.title = " Well Headers_2 "

    path = workbook(folder, rename, wells=fields())
    assert only(imported(path)).dataset.id == "well-headers-2"
    assert only(imported(path, dataset_id="headers", path="well-headers")).dataset.source.path == "well-headers"


def test_keys_are_in_the_order_of_their_numbers_and_else_of_the_sheet(folder: Path) -> None:
    rows = [HEAD, ("B", "INT", "PK2", "N"), ("C", "INT", None, "Y"), ("A", "INT", "PK1", "N"), UPDATED]
    assert only(imported(workbook(folder, wells=rows))).dataset.load.key == ("a", "b")
    rows = [HEAD, ("B", "INT", "PK", "N"), ("F", "INT", "FK", "Y"), ("A", "INT", "Y", "N"), UPDATED]
    assert only(imported(workbook(folder, wells=rows))).dataset.load.key == ("b", "a")


def test_the_cursor_and_the_delete_time_are_the_usual_ones_or_said(folder: Path) -> None:
    times = [(name, "DATETIME", None, "Y") for name in ("Changed", "Gone", "DeletedDate")]
    rows = [HEAD, KEY, *times]
    load = only(imported(workbook(folder, wells=rows), cursor="CHANGED", deleted="Gone")).dataset.load
    assert (load.cursor, load.deleted) == ("changed", "gone")
    usual = fields(("DeletedDate", "DATETIME", None, "Y"))
    assert only(imported(workbook(folder, wells=usual))).dataset.load.deleted == "deleted_date"


def test_geometries_go_where_geometries_are(folder: Path) -> None:
    rows = fields(
        ("GeomSHL_Point", "GEOMETRY", None, "Y"),
        ("GeomBHL_Point", "VARCHAR(MAX)", None, "Y"),
        ("LateralLine", "NVARCHAR(MAX)", None, "Y"),
        ("Geom_Poly", "geography", None, "N"),
        ("GeomXYZ_Point", "GEOMETRY(Point, 4267)", None, "Y"),
        ("Outline", "geometry(Polygon,4269)", None, "Y"),
        ("LateralLength_FT", "REAL", None, "Y"),
    )
    dataset = only(imported(workbook(folder, wells=rows))).dataset
    assert [(g.name, g.source, g.type.value, g.srid, g.nullable) for g in dataset.geometry] == [
        ("geom_point", "GeomSHL_Point", "Point", 4326, True),
        ("geom_bhl_point", "GeomBHL_Point", "Point", 4326, True),
        ("geom_line", "LateralLine", "LineString", 4326, True),
        ("geom_poly", "Geom_Poly", "MultiPolygon", 4326, False),
        ("geom_xyz_point", "GeomXYZ_Point", "Point", 4267, True),
        ("geom_outline_poly", "Outline", "Polygon", 4269, True),
    ]
    assert dataset.by_name["lateral_length_ft"].unit == "FT"


def test_words_that_yaml_takes_for_something_else_stay_words(folder: Path) -> None:
    head = (*HEAD, "Description")
    says = ["no", "Yes", "12:30", "1_000", "2024-01-01", "~", "null", "a: b, c # d", "'it' is \"so\"", "{x}", "%"]
    says += ["- y", ": x", "? x", "! x", "& x", "* x", "| x", "> x", "@ x", "` x", "[x", "x:", "x #", "\u00e9: \u00fc"]
    rows = fields(*((f"F{n}x", "INT", None, "Y", None, text) for n, text in enumerate(says)), head=head)
    rows = [*rows, ("No", "INT", None, "Y", "on", None), ("Null", "INT", None, "Y", "1e3", None)]
    dataset = only(imported(workbook(folder, wells=rows), title="off", owner="on", description="1: 2")).dataset
    assert [c.description for c in dataset.columns if c.source.startswith("F")] == says
    assert [(c.name, c.unit) for c in dataset.columns[-2:]] == [("no", "on"), ("null", "1e3")]
    assert (dataset.title, dataset.owner, dataset.description) == ("off", "on", "1: 2")


def test_an_unknown_unit_is_kept_and_said(folder: Path) -> None:
    draft = only(imported(workbook(folder, wells=fields(("Depth", "REAL", None, "Y", "furlong")))))
    assert draft.dataset.by_name["depth"].unit == "furlong"
    assert draft.notes == ["the unit 'furlong' is not known: kept as it is written"]


def test_a_name_of_the_workbooks_own_is_taken(folder: Path) -> None:
    rows = fields(("ID", "INT", None, "Y", None, "vendor_row"), head=(*HEAD, "Warehouse Name"))
    assert types(workbook(folder, wells=rows)) == {"vendor_row": "integer"}
