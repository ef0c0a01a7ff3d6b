"""The sandbox API's leases against the agency's shapes."""

import geopandas

from sandbox.enverus_api.mapping.leases import lease_id
from tests.unit.enverus_api_mapping.vintages import DATA, load, row


def test_leases_are_the_shapes_of_the_file() -> None:
    tables = load("landtrac-leases")
    leases = geopandas.read_file(DATA / "boem_active_leases_gom_20180501.shp.zip")
    assert len(tables["2024"]) == len(tables["2025"]) == len(leases) == 2_591
    expected = leases.geometry.to_crs("EPSG:4326")
    for number, shape in list(zip(leases.LEASE_NUMB, expected, strict=True))[::13]:
        served = row(tables["2025"], (lease_id(number),))
        outline = geopandas.GeoSeries.from_wkt([served["Geom_Poly"]])[0]
        assert outline.is_valid
        assert outline.geom_type == shape.geom_type
        assert outline.hausdorff_distance(shape) < 1e-6
        assert served["RecordNumber"] == number
