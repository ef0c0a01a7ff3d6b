"""Spellings of types and of units, as SQL Server, PostgreSQL and people have them."""

import pytest

from enverus_elt.catalog import GeometryType, load_dataset
from enverus_elt.onboarding.sql_types import ShapeType, Size, read_type
from enverus_elt.onboarding.units import read_unit, unit_of
from tests.unit.workbooks import SHIPPED

TIMES = "PerDAYPer1000FT"  # rates by length: the vendor's name says a unit that the catalog leaves to a person


@pytest.mark.parametrize(
    ("spelling", "meaning"),
    [
        ("VARCHAR(16)", "varchar(16)"),
        ("varchar (16)", "varchar(16)"),
        ("character varying(16)", "varchar(16)"),
        ("VARCHAR(16 CHAR)", "varchar(16)"),
        ("NVARCHAR(MAX)", "text"),
        ("[nvarchar](max)", "text"),
        ("character varying", "text"),
        ("NTEXT", "text"),
        ("nchar(2)", "varchar(2)"),
        ("FLOAT", "double precision"),
        ("FLOAT(53)", "double precision"),
        ("float(24)", "real"),
        ("REAL", "real"),
        ("double precision", "double precision"),
        ("TINYINT", "smallint"),
        ("BIT", "boolean"),
        ("INT", "integer"),
        ("int8", "bigint"),
        ("DECIMAL(10,2)", "numeric(10,2)"),
        ("decimal(10)", "numeric(10,0)"),
        ("NUMERIC", "numeric"),
        ("MONEY", "numeric(19,4)"),
        ("DATETIME", "timestamp"),
        ("DATETIME2(7)", "timestamp"),
        ("timestamp(6) without time zone", "timestamp"),
        ("TIMESTAMP WITH TIME ZONE", "timestamptz"),
        ("DATETIMEOFFSET", "timestamptz"),
        ("date", "date"),
        ("UNIQUEIDENTIFIER", "varchar(36)"),
        ("GEOMETRY", ShapeType()),
        ("geometry(MultiLineString)", ShapeType(GeometryType.MULTI_LINE)),
        ("geometry(Point,4326)", ShapeType(GeometryType.POINT, 4326)),
        ("geometry(PointZ, 4326)", ShapeType(GeometryType.POINT, 4326, z=True)),
        ("GEOMETRY(MultiPolygon Z)", ShapeType(GeometryType.MULTI_POLYGON, None, z=True)),
    ],
)
def test_a_type_is_known_in_every_spelling(spelling: str, meaning: str | ShapeType) -> None:
    assert read_type(spelling, Size()) == meaning


@pytest.mark.parametrize(
    ("spelling", "size", "meaning"),
    [
        ("VARCHAR", Size("64"), "varchar(64)"),
        ("nvarchar", Size("-1"), "text"),
        ("varchar", Size("max"), "text"),
        ("VARCHAR(64)", Size("64"), "varchar(64)"),
        ("BIGINT", Size("8"), "bigint"),
        ("decimal", Size("10,2"), "numeric(10,2)"),
        ("numeric", Size(None, 10, 2), "numeric(10,2)"),
        ("float", Size(None, 24), "real"),
        ("int", Size(None, 10, 0), "integer"),
    ],
)
def test_a_length_may_stand_in_a_column_of_its_own(spelling: str, size: Size, meaning: str) -> None:
    assert read_type(spelling, size) == meaning


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("barrels", "BBL"),
        ("Feet", "FT"),
        ("degrees", "DEG"),
        ("thousand  cubic feet", "MCF"),
        ("psi", "PSI"),
        ("%", "PCT"),
        ("bbl/d", "BBL/DAY"),
        ("MCF per day", "MCF/DAY"),
        ("MCF per 1,000 ft", "MCF/1000 FT"),
        ("1/64 in", "1/64 IN"),
        ("BBL/DAY/1000 FT", "BBL/DAY/1000 FT"),
        ("furlong", None),
        ("bbl/furlong", None),
    ],
)
def test_a_unit_is_known_in_the_words_of_people(words: str, unit: str | None) -> None:
    assert read_unit(words) == unit


def test_the_vendors_names_say_the_units_of_the_shipped_catalog() -> None:
    numbers = [column for dataset in map(load_dataset, SHIPPED) for column in dataset.columns if column.is_numeric]
    others = {column.source for column in numbers if unit_of(column.source) != column.unit}
    assert {source for source in others if not source.endswith(TIMES)} == {"WaterDepth"}
    assert sum(column.unit is not None for column in numbers) > 190


def test_every_unit_of_the_shipped_catalog_is_known_as_it_is_spelled() -> None:
    units = {column.unit for dataset in map(load_dataset, SHIPPED) for column in dataset.columns if column.unit}
    assert {unit for unit in units if read_unit(unit) != unit} == set()


def test_a_name_without_a_unit_says_none() -> None:
    fields = ("AvgShotsPerFT", "ClustersPer1000FT", "API_UWI_12", "FracStages", "FT", "E_W", "Platform")
    assert [unit_of(field) for field in fields] == [None] * len(fields)
