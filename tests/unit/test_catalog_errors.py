"""What cannot be meant is refused, and named by file, line and field."""

import time
from pathlib import Path

import pytest

from enverus_elt.catalog import load_dataset
from enverus_elt.errors import CatalogError
from enverus_elt.paths import CATALOG
from tests.unit.catalog_files import LEASES, edited, load, refusal

# One mistake each


MISTAKES = {
    "typo in a field name": ("tags:", "tag:", "leases.yaml:4: tag: Extra inputs"),
    "typo in a column": ("minimum: 0", "minimun: 0", "leases.yaml:23: columns.2.minimun: Extra inputs"),
    "typo in a section": ("timezone:", "time_zone:", "leases.yaml:14: schedule.time_zone: Extra inputs"),
    "a field is missing": ("owner: gis-data\n", "", "leases.yaml:1: owner: Field required"),
    "text where a number belongs": ("sla_hours: 26", "sla_hours: soon", "leases.yaml:15: sla_hours: "),
    "a mapping where a list belongs": ("tags: [land]", "tags: {a: b}", "leases.yaml:4: tags: "),
    "unknown type": ("type: real", "type: float32", "leases.yaml:23: columns.2.type: "),
    "unknown load mode": ("mode: snapshot", "mode: delta", "leases.yaml:7: load.mode: "),
    "unknown kind of source": ("kind: api", "kind: ftp", "leases.yaml:5: source.kind: "),
    "a path out of the API": ("path: leases", "path: ../leases", "leases.yaml:5: source.path: "),
    "no key": ("key: [lease_id]", "key: []", "leases.yaml:9: load.key: "),
    "no columns": (LEASES[LEASES.index("columns:") :], "columns: []\n", "leases.yaml:20: columns: "),
    "duplicate key": ("tags: [land]", "title: Again", "leases.yaml:4: title: given twice"),
    "duplicate key in a column": ("minimum: 0", "type: text", "leases.yaml:23: type: given twice"),
    "id inside": ("tags: [land]", "id: leases", "leases.yaml:4: id: the file's name is the dataset's id"),
    "alias": ("tags: [land]", "tags: &a [land]\nindexes_: *a", "leases.yaml:4: anchors and aliases"),
    "custom tag": ("tags: [land]", "tags: !env [land]", "leases.yaml:4: the tag !env"),
    "python tag": ("sla_hours: 26", "sla_hours: !!python/object/apply:os.abort []", "leases.yaml:15: the tag tag:"),
    "python name": ("sla_hours: 26", "sla_hours: !!python/name:os.system ''", "leases.yaml:15: the tag tag:"),
    "a tag of YAML's own": (
        "title: Leases",
        "title: !!str Leases",
        "leases.yaml:1: the tag tag:yaml.org,2002:str is not",
    ),
    "a name that is no text": ("tags: [land]", "yes: [land]", "leases.yaml:4: a field's name is plain text"),
    "a name that is a list": ("tags: [land]", "? [a]\n: b", "leases.yaml:4: a field's name is plain text"),
    "no such day": ("title: Leases", "title: 2024-02-30", "leases.yaml:1: not YAML: day is out of range"),
    "lists in lists": ("tags: [land]", "tags: " + "[" * 60 + "]" * 60, "leases.yaml:4: more than 50 levels of lists"),
    "not YAML": ("tags: [land]", "tags: [land", "leases.yaml:5: "),
    "two documents": ("tags: [land]", "---\ntags: [land]", "leases.yaml:4: "),
    "a date where text belongs": ("title: Leases", "title: 2024-02-20", "leases.yaml:1: title: "),
    "unknown time zone": ("America/Chicago", "America/Chikago", "leases.yaml:14: schedule.timezone: no such time zone"),
    "a path as time zone": ("America/Chicago", "../../etc/passwd", "leases.yaml:14: schedule.timezone: no such time"),
    "bad cron": ('"0 8 * * 1"', '"0 25 * * 1"', "leases.yaml:13: schedule.cron: not a cron expression: '0 25 * * 1'"),
    "geometry name": ("geom_poly,", "shape,", "leases.yaml:17: geometry.0.name: "),
    "geometry type": ("MultiPolygon", "Curve", "leases.yaml:17: geometry.0.type: "),
    "SRID 0": ("srid: 4326", "srid: 0", "leases.yaml:17: geometry.0.srid: "),
    "unknown SRID": (
        "srid: 4326",
        "srid: 9999",
        "leases.yaml:17: geometry.0.srid: there is no reference system EPSG:9999",
    ),
    "SRID too large": ("srid: 4326", "srid: 999000", "leases.yaml:17: geometry.0.srid: "),
    "minimum on text": ("type: real", "type: text", "leases.yaml:23: columns.2: column acres: minimum and maximum"),
    "values on a number": ("minimum: 0", "values: [a]", "leases.yaml:23: columns.2: column acres: values and pattern"),
    "bad pattern": (
        "type: varchar(32)",
        "type: varchar(32), pattern: '['",
        "leases.yaml:22: columns.1: column county: pattern is no regular expression: ",
    ),
    "a policy that nobody can meet": (
        "sla_hours: 26",
        "sla_hours: 26\nsignoff: {policy: always}",
        "leases.yaml:16: signoff: policy 'always' needs reviewers",
    ),
    "unknown policy": (
        "sla_hours: 26",
        "sla_hours: 26\nsignoff: {policy: sometimes}",
        "leases.yaml:16: signoff.policy: ",
    ),
    "two reviewers in one name": (
        "sla_hours: 26",
        "sla_hours: 26\nsignoff: {policy: always, reviewers: ['ann, bob']}",
        "leases.yaml:16: signoff.reviewers.0: ",
    ),
    "no time to sign": (
        "sla_hours: 26",
        "sla_hours: 26\nsignoff: {policy: always, reviewers: [qa], timeout_hours: 0}",
        "leases.yaml:16: signoff.timeout_hours: ",
    ),
    # Mistakes between fields are those of the whole file
    "key is no column": ("key: [lease_id]", "key: [leaseid]", "load.key names no column of the dataset: leaseid"),
    "cursor is no column": ("cursor: updated_date", "cursor: updated", "load.cursor names no column of the dataset"),
    "deleted is no column": ("deleted: deleted_date", "deleted: gone", "load.deleted names no column of the dataset"),
    "index on no column": ("- [county]", "- [parish]", "indexes names no column of the dataset: parish"),
    "nullable key": (
        "LeaseID, type: bigint, nullable: false",
        "LeaseID, type: bigint",
        "key and cursor columns must say 'nullable: false': lease_id",
    ),
    "cursor without time zone": (
        "source: UpdatedDate, type: timestamptz",
        "source: UpdatedDate, type: timestamp",
        "updated_date steers the load, so its type must be timestamptz",
    ),
    "deleted without time zone": (
        "source: DeletedDate, type: timestamptz",
        "source: DeletedDate, type: date",
        "deleted_date steers the load, so its type must be timestamptz",
    ),
    "column twice": ("name: acres", "name: county", "column named twice: county"),
    "source field twice": ("source: Acres", "source: COUNTY", "source field named twice: county"),
    "geometry from a column's field": ("source: Geom_Poly", "source: County", "source field named twice: county"),
    "reserved column": ("name: acres", "name: objectid", "column names that every table has already: objectid"),
    "versioned snapshot": ("history: current", "history: versioned", "a snapshot load keeps no versions"),
}


@pytest.mark.parametrize(("old", "new", "expected"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_named_by_file_line_and_field(folder: Path, old: str, new: str, expected: str) -> None:
    message = refusal(folder, edited(old, new))
    prefix = "" if expected.startswith("leases.yaml:") else "leases.yaml:1: dataset: "
    assert message.startswith(prefix + expected)
    assert "\n" not in message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "leases.yaml:1: the file is empty"),
        ("# a comment\n", "leases.yaml:1: the file is empty"),
        ("- a\n- b\n", "leases.yaml:1: a catalog file is a mapping of fields"),
        ("just text\n", "leases.yaml:1: a catalog file is a mapping of fields"),
        ("null\n", "leases.yaml:1: a catalog file is a mapping of fields"),
    ],
    ids=["empty", "comment only", "a list", "text", "null"],
)
def test_a_file_that_is_no_mapping_is_refused(folder: Path, text: str, expected: str) -> None:
    assert refusal(folder, text) == expected


def test_a_character_that_yaml_forbids_is_refused_with_the_files_name(folder: Path) -> None:
    assert refusal(folder, edited("title: Leases", "title: a\x00b")).startswith("leases.yaml:1: not YAML: ")


def test_every_mistake_of_a_file_is_reported_at_once(folder: Path) -> None:
    text = edited("sla_hours: 26", "sla_hours: 0").replace("type: real", "type: float").replace("Polygon", "Curve")
    assert [line.rsplit(":", 1)[0] for line in refusal(folder, text).splitlines()] == [
        "leases.yaml:15: sla_hours",
        "leases.yaml:17: geometry.0.type",
        "leases.yaml:23: columns.2.type",
    ]


def test_an_alias_bomb_is_refused_quickly(folder: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    started = time.monotonic()
    message = refusal(folder, "\n".join(lines))
    assert "anchors and aliases are not used" in message
    assert time.monotonic() - started < 1


def test_a_self_reference_ends(folder: Path) -> None:
    assert "anchors and aliases are not used" in refusal(folder, "a: &a [*a]\n")


@pytest.mark.parametrize("name", ["Leases", "1leases", "a_b", "a" * 49, "a b"])
def test_a_file_name_that_is_no_id_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(CatalogError, match=rf"^{name}\.yaml:1: id: "):
        load(folder, LEASES, name)


@pytest.mark.parametrize(
    "text",
    [
        "? [a]\n: b\n",
        "title: 2024-02-30\n",
        "title: !!int abc\n",
        "title: !!bool abc\n",
        "title: !!timestamp abc\n",
        "title: " + "9" * 5000 + "\n",
        "a: " + "[" * 200_000,
        "base: &b {title: B}\nother:\n  <<: {title: B}\n",
    ],
    ids=["key", "date", "int", "bool", "timestamp", "digits", "depth", "merge"],
)
def test_whatever_stands_in_a_file_it_is_a_catalog_error(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, text).startswith("leases.yaml:")


def test_a_file_that_is_not_utf8_is_a_catalog_error(tmp_path: Path) -> None:
    (tmp_path / "leases.yaml").write_bytes(b"title: \xff\n")
    with pytest.raises(CatalogError, match=r"leases\.yaml:1: not UTF-8 text"):
        load_dataset("leases", tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("varchar(32)", "varchar(0)", "String should match pattern"),
        ("varchar(32)", "numeric(0)", "String should match pattern"),
        ("name: county", "name: xmin", "every table has already: xmin"),
        ("minimum: 0", "minimum: 2, maximum: 1", "minimum 2.0 is above maximum 1.0"),
        ("minimum: 0", "minimum: .nan", "finite number"),
        ("type: varchar(32)", "type: varchar(32), values: []", "at least 1 item"),
        ("- [county]", "- []", "an index names no column"),
        ("key: [lease_id]", "key: [lease_id, lease_id]", "or one twice: [lease_id, lease_id]"),
        ("deleted: deleted_date", "deleted: updated_date", "must be two columns"),
    ],
)
def test_what_postgresql_would_refuse_is_refused_before(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert words in refusal(tmp_path, edited(old, new))


def test_more_field_names_than_a_url_takes_are_refused(tmp_path: Path) -> None:
    wells = (CATALOG / "wells.yaml").read_text(encoding="utf-8")
    asked = wells.replace("  page_size: 5000", "  page_size: 5000\n  fields: catalog")
    assert "use 'all'" in refusal(tmp_path, asked)
    assert load(tmp_path, edited("path: leases}", "path: leases, fields: catalog}")).source.fields == "catalog"
