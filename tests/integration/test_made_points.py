"""Points made of two columns, and points with Z: odd ones are set aside, and what is left out stays as it is."""

from typing import Any

from enverus_elt.catalog import Dataset, load_dataset
from enverus_elt.hooks.warehouse import connect
from enverus_elt.steps.merge import Merged, merge
from enverus_elt.steps.stage import stage
from tests.services.site import Site

RIGS, SURVEYS = "active-rigs", "full-directional-surveys"


def rig(number: int, longitude: float | None, latitude: float | None, **values: Any) -> dict[str, Any]:
    place = {"RigLongitude": longitude, "RigLatitude": latitude}
    return {"ENVRigID": number, "UpdatedDate": "2024-05-01T00:00:00", "RigNameNumber": "OLD", **place, **values}


def load(site: Site, dataset: Dataset, run_id: str) -> Merged:
    batch_id = site.extracted(dataset, run_id)
    with connect() as conn:
        stage(conn, site.store, dataset, batch_id)
        site.approve(conn, dataset.id, batch_id)
        return merge(conn, dataset, batch_id)


def test_a_point_is_made_of_its_columns_and_stays_when_one_is_left_out(site: Site) -> None:
    site.change(RIGS, rig(1, -90.5, 28.25), rig(2, None, 28.25), rig(3, None, None), clear=True)
    dataset = load_dataset(RIGS)
    load(site, dataset, "first")
    shown = "rig_name_number, st_asewkt(geom_point), rig_longitude, rig_latitude"
    query = f"SELECT {shown} FROM core.active_rigs ORDER BY env_rig_id"
    places = [tuple(row.values()) for row in site.rows(query)]
    made = "SRID=4326;POINT(-90.5 28.25)"
    assert places == [("OLD", made, -90.5, 28.25), ("OLD", None, None, 28.25), ("OLD", None, None, None)]
    # No row has the latitude any more: its longitude alone does not move the rig.
    facts = dataset.model_dump()
    (latitude,) = [column for column in facts["columns"] if column["name"] == "rig_latitude"]
    latitude["source"] = "LatitudeNow"
    site.change(RIGS, rig(1, -91.5, 28.25, RigNameNumber="NEW"))
    assert load(site, Dataset.model_validate(facts), "second").updated == 1
    assert [tuple(row.values()) for row in site.rows(query)] == [("NEW", made, -91.5, 28.25), *places[1:]]
    site.change(RIGS, rig(1, -91.5, 28.5))
    load(site, dataset, "third")
    assert tuple(site.rows(query)[0].values()) == ("OLD", "SRID=4326;POINT(-91.5 28.5)", -91.5, 28.5)


def test_odd_places_are_set_aside_by_name(site: Site) -> None:
    odd = {2: (-90.5, 95.0), 3: (0.0, 0.0), 4: (28.25, -89.5)}
    site.change(RIGS, rig(1, -90.5, 28.25), *(rig(number, *place) for number, place in odd.items()), clear=True)
    site.staged(RIGS, "first")
    found = site.rows("SELECT raw ->> 'env_rig_id' AS rig, column_name, reason FROM ops.quarantine ORDER BY 1")
    out_of_range, outside = "longitude or latitude is out of range", "the geometry lies outside of the dataset's extent"
    assert [(row["rig"], row["column_name"], row["reason"]) for row in found] == [
        ("2", "geom_point", out_of_range), ("3", "geom_point", outside), ("4", "geom_point", outside)
    ]  # fmt: skip


def test_a_column_with_z_takes_nothing_without(site: Site) -> None:
    shapes = [
        "POINT Z (-90 28 -500.5)",
        "POINT (-90 28 -501)",
        "POINT (-90 28)",
        "POINT M (-90 28 1)",
        "LINESTRING Z (0 0 0, 1 1 1)",
    ]
    stations = [
        {"API_UWI_12_Unformatted": "177104000100", "StationNumber": number, "UpdatedDate": "2024-05-01T00:00:00",
         "GeomXYZ_Point": shape}
        for number, shape in enumerate(shapes, start=1)
    ]  # fmt: skip
    site.change(SURVEYS, *stations, clear=True)
    site.staged(SURVEYS, "first")
    staged = site.rows(
        "SELECT station_number, st_astext(geom_point) AS shape FROM staging.full_directional_surveys ORDER BY 1"
    )
    assert [tuple(row.values()) for row in staged] == [(1, "POINT Z (-90 28 -500.5)"), (2, "POINT Z (-90 28 -501)")]
    found = site.rows("SELECT raw ->> 'station_number' AS station, reason FROM ops.quarantine ORDER BY 1")
    untyped = "cannot be typed as geometry(GeometryZ,4326)"
    assert [tuple(row.values()) for row in found] == [("3", untyped), ("4", untyped), ("5", "the geometry is no Point")]
