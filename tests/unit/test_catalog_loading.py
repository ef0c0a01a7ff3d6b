"""How files become datasets: one by its id, or the catalog as a whole."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from enverus_elt.catalog import Column, dataset_ids, load_catalog, load_dataset, load_errors
from enverus_elt.errors import CatalogError
from tests.unit.catalog_files import LEASES, edited, load

# One file


def test_a_well_formed_file_loads(folder: Path) -> None:
    dataset = load(folder, LEASES)
    assert (dataset.id, dataset.table, dataset.dag_id) == ("leases", "leases", "enverus_leases")
    assert dataset.fields == ("LeaseID", "County", "Acres", "UpdatedDate", "DeletedDate", "Geom_Poly")


def test_the_files_name_is_the_id_and_dashes_become_underscores(folder: Path) -> None:
    dataset = load(folder, LEASES, "north-sea-leases")
    assert (dataset.id, dataset.table, dataset.dag_id) == (
        "north-sea-leases",
        "north_sea_leases",
        "enverus_north_sea_leases",
    )


@pytest.mark.parametrize(
    ("sql_type_", "length"), [("varchar(32)", 32), ("varchar(1)", 1), ("text", None), ("bigint", None)]
)
def test_a_column_knows_its_length(sql_type_: str, length: int | None) -> None:
    assert Column(name="a", source="A", type=sql_type_).length == length


@pytest.mark.parametrize(
    "type_",
    ["serial", "varchar", "varchar(x)", "text; drop table wells", "TEXT", "int", "timestamp with time zone", "text\n"],
)
def test_a_type_that_is_not_listed_is_refused(type_: str) -> None:
    with pytest.raises(ValidationError, match="type"):
        Column(name="a", source="A", type=type_)


@pytest.mark.parametrize("name", ["A", "1a", "a-b", "", "a" * 64, 'a"b', "a\n", "é"])
def test_a_column_name_is_a_plain_identifier(name: str) -> None:
    with pytest.raises(ValidationError, match="name"):
        Column(name=name, source="A", type="text")


def test_models_are_frozen(folder: Path) -> None:
    dataset = load(folder, LEASES)
    for model, field in ((dataset, "title"), (dataset.columns[0], "type"), (dataset.load, "key")):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(model, field, "x")


# The catalog as a whole


def test_an_unknown_id_lists_the_known_ones(folder: Path) -> None:
    load(folder, LEASES, "b-leases")
    load(folder, LEASES, "a-leases")
    with pytest.raises(CatalogError, match=r"unknown dataset 'c': c\.yaml .*\(known: a-leases, b-leases\)"):
        load_dataset("c", folder)


def test_an_empty_catalog_knows_none(folder: Path) -> None:
    with pytest.raises(CatalogError, match=r"\(known: none\)"):
        load_dataset("leases", folder)


def test_ids_are_sorted_and_read_no_file(folder: Path) -> None:
    for name in ("b", "a", "c"):
        (folder / f"{name}.yaml").write_text("[broken", encoding="utf-8")
    (folder / "notes.txt").touch()
    assert dataset_ids(folder) == ["a", "b", "c"]


def test_every_wrong_file_is_listed_and_the_right_ones_are_not(folder: Path) -> None:
    load(folder, LEASES, "right")
    for name, text in (("empty", ""), ("typo", edited("owner:", "ovner:"))):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    assert [error.split(": ")[0] for error in load_errors(folder)] == ["empty.yaml:1", "typo.yaml:1", "typo.yaml:3"]


def test_loading_the_catalog_stops_at_the_first_wrong_file(folder: Path) -> None:
    load(folder, LEASES, "a")
    (folder / "b.yaml").write_text("", encoding="utf-8")
    datasets = load_catalog(folder)
    assert next(datasets).id == "a"
    with pytest.raises(CatalogError, match=r"^b\.yaml:1"):
        next(datasets)


def test_a_file_with_another_ending_is_not_ignored_silently(tmp_path: Path) -> None:
    (tmp_path / "rigs.yml").write_text(LEASES, encoding="utf-8")
    assert load_errors(tmp_path) == ["rigs.yml:1: a catalog file ends in .yaml"]
