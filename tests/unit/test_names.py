"""Fields' names as the warehouse's: one function, held against every name that the shipped catalog has."""

import pytest

from enverus_elt.catalog import GeometryType, load_dataset
from enverus_elt.catalog.names import column_name, shape_of
from tests.unit.workbooks import SHIPPED

BY_HAND = {"ResourceVolumeLiquidsMMb"}  # millions of barrels: MMb is one word, but nothing in it says so


def test_every_shipped_column_is_named_so_but_one() -> None:
    columns = [column for dataset in map(load_dataset, SHIPPED) for column in dataset.columns]
    assert {column.source for column in columns if column_name(column.source) != column.name} == BY_HAND
    assert len(columns) > 400


def test_every_shipped_geometry_is_named_so_and_of_that_type() -> None:
    shapes = [shape for dataset in map(load_dataset, SHIPPED) for shape in dataset.geometry]
    assert [shape_of(shape.source) for shape in shapes] == [(shape.name, shape.type) for shape in shapes]


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("API_UWI_14_Unformatted", "api_uwi_14_unformatted"),
        ("ENVBasin", "env_basin"),
        ("CumGas_MCFPer1000FT", "cum_gas_mcf_per_1000ft"),
        ("First3MonthOil_BBL", "first_3_month_oil_bbl"),
        ("ChokeSize_64IN", "choke_size_64in"),
        ("H2SArea", "h2s_area"),
        ("E_W", "e_w"),
        ("X_ECEF", "x_ecef"),
        ("OperatorCity_30mi", "operator_city_30mi"),
        ("Well__ID", "well_id"),
        ("already_snake_case", "already_snake_case"),
    ],
)
def test_words_of_a_field_are_separated(field: str, name: str) -> None:
    assert column_name(field) == name
    assert column_name(name) == name


@pytest.mark.parametrize(
    ("field", "name", "kind"),
    [
        ("GeomPermitted_Line", "geom_permitted_line", GeometryType.LINE),
        ("GeomXYZ_Point", "geom_xyz_point", GeometryType.POINT),
        ("geomshl_point", "geom_point", GeometryType.POINT),
        ("GeomUnit_Polygon", "geom_unit_poly", GeometryType.MULTI_POLYGON),
    ],
)
def test_a_geometrys_name_tells_what_it_is(field: str, name: str, kind: GeometryType) -> None:
    assert shape_of(field) == (name, kind)


@pytest.mark.parametrize("field", ["GeometryType", "Point", "DataPoint", "Geom", "LateralLength_FT", "Geom_Points"])
def test_a_name_that_tells_no_geometry_is_none(field: str) -> None:
    assert shape_of(field) is None
