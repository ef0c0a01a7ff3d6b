"""Real files of agencies, from the landing zone into core: lines of the EIA, a KMZ, and lines drawn through points."""

import csv
import gzip
import json
import zipfile
from collections import defaultdict
from pathlib import Path

import geopandas
import numpy
import pyogrio
import pyproj
import pytest
import shapely

from enverus_elt.errors import DeliveryError
from sandbox.facilities import KMZ, facilities
from sandbox.paths import REPOSITORY
from tests.services.promoting import deliver, manifest_of
from tests.services.site import Site

DATA = REPOSITORY / "sandbox" / "data"
EIA = DATA / "eia_crudeoil_pipelines_201606.shp.zip"
POINTS = DATA / "bsee_pipeline_location_points.csv.gz"
GEOMETRY = {"longitude": "Longitude", "latitude": "Latitude"}
SHAPEFILE = {"path": EIA.name, "type": "vector", "format": "shapefile"}
KMZ_FILE = {"path": KMZ.name, "type": "vector", "format": "kmz"}
CSV_FILE = {"path": "points.csv", "type": "vector", "format": "csv", "crs": "EPSG:4267", "geometry": GEOMETRY}


def test_the_pipelines_of_the_eia_are_in_core_line_by_line(site: Site) -> None:
    body = manifest_of("Midstream crude oil pipelines", "eia-2016", [SHAPEFILE])
    assert deliver(site, body, {EIA.name: EIA}).version == 1
    outcome = site.loaded("pipelines", "first")
    truth = pyogrio.read_dataframe(f"/vsizip/{EIA}/CrudeOil_Pipelines_US_201606.shp")
    assert (outcome.inserted, outcome.duplicate) == (len(truth), 0) == (182, 0)
    core = site.rows("SELECT name, operator, st_asbinary(geom_line) AS line, length_km FROM core.pipelines")
    in_core = {(row["name"], row["operator"], _shape(shapely.from_wkb(row["line"]))) for row in core}
    delivered = {
        (name if isinstance(name, str) else None, operator, _shape(line))
        for name, operator, line in zip(truth["Pipename"], truth["Opername"], truth.geometry, strict=True)
    }
    assert in_core == delivered
    assert sum(row["name"] is None for row in core) == 8
    assert all(row["length_km"] > 0 for row in core)
    assert site.value("SELECT count(*) FROM marts.pipelines_public") == 182
    assert deliver(
        site, manifest_of("Midstream crude oil pipelines", "eia-again", [SHAPEFILE]), {EIA.name: EIA}
    ).unchanged
    assert site.loaded("pipelines", "second").changed == 0


def _shape(line: shapely.Geometry) -> bytes:
    """A line without the difference between one part and a multi of one part."""
    return bytes(shapely.normalize(shapely.multilinestrings(shapely.get_parts(line))).wkb)


def test_a_kmz_becomes_facility_sites_of_known_kinds(site: Site) -> None:
    deliver(site, manifest_of("Midstream offshore facilities", "bsee-sites", [KMZ_FILE]), {KMZ.name: KMZ})
    assert site.loaded("facility-sites", "first").inserted == 34
    query = (
        "SELECT facility_id, name, facility_type, st_x(geom_point) AS x, st_y(geom_point) AS y FROM core.facility_sites"
    )
    core = {row["facility_id"]: row for row in site.rows(query)}
    for facility in facilities():
        row = core[facility.facility_id]
        kind = "other" if facility.kind == "SUBSEA MANIFOLD" else "platform"
        assert (row["name"], row["facility_type"]) == (facility.name, kind)
        assert (row["x"], row["y"]) == pytest.approx(facility.position, abs=1e-9)
    shown = site.rows("SELECT DISTINCT facility_type, status, state_province, country FROM marts.facility_sites_public")
    assert {row["facility_type"] for row in shown} == {"Production platform", "Other"}
    assert {(row["status"], row["state_province"], row["country"]) for row in shown} == {
        ("Unknown", "Northern Gulf of Mexico", "US")
    }


def test_a_kind_that_has_no_code_is_set_aside_and_deletes_nothing(site: Site, tmp_path: Path) -> None:
    deliver(site, manifest_of("Midstream offshore facilities", "first", [KMZ_FILE]), {KMZ.name: KMZ})
    site.loaded("facility-sites", "first")
    with zipfile.ZipFile(KMZ) as archive:
        text = archive.read("doc.kml").decode()
    path = tmp_path / KMZ.name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("doc.kml", text.replace(">FLOATING PLATFORM<", ">SPACE PORT<", 1))
    deliver(site, manifest_of("Midstream offshore facilities", "second", [KMZ_FILE]), {KMZ.name: path})
    outcome = site.loaded("facility-sites", "second")
    assert (outcome.unchanged, outcome.absent) == (33, 0)
    (held,) = site.rows("SELECT column_name, reason, (raw #>> '{}')::jsonb ->> 'kind' AS kind FROM ops.quarantine")
    assert (held["column_name"], held["kind"]) == ("kind", "SPACE PORT")
    assert held["reason"] == "the catalog's source.codes do not name the value"
    assert site.value("SELECT count(*) FROM core.facility_sites WHERE deleted_at IS NULL") == 34


# Lines from points


@pytest.fixture
def points(tmp_path: Path) -> Path:
    path = tmp_path / "points.csv"
    path.write_bytes(gzip.decompress(POINTS.read_bytes()))
    return path


@pytest.mark.filterwarnings("ignore:Best transformation is not available")
def test_the_pipelines_of_bsee_are_drawn_through_their_points_and_no_point_is_lost(site: Site, points: Path) -> None:
    body = manifest_of("BSEE pipelines", "bsee-lines", [CSV_FILE], intent="bsee_pipelines")
    assert deliver(site, body, {"points.csv": points}).version == 1
    (asset,) = site.rows("SELECT key, feature_count, facts FROM ops.lake_assets WHERE role = 'data'")
    path = points.with_name("lines.parquet")
    site.lake.download(asset["key"], path)
    lines = geopandas.read_parquet(path).set_index("segment_number")
    assert lines.crs.to_epsg() == 4326
    truth = _truth(points)
    assert set(lines.index) == set(truth)
    assert len(lines) == asset["feature_count"] == 698
    assert lines["points"].sum() == sum(map(len, truth.values())) == 42_600
    move = pyproj.transformer.TransformerGroup("EPSG:4267", "EPSG:4326", always_xy=True, allow_ballpark=False)
    (step,) = [step for step in _steps(asset["facts"]) if step["step"] == "reproject"]
    (transform,) = [one.transform for one in move.transformers if step["operation"] in one.description]
    for number, line in truth.items():
        row, numbers = lines.loc[number], sorted(line)
        assert (row["points"], row["first_point"]) == (len(line), numbers[0])
        assert row["missing_points"] == numbers[-1] - numbers[0] + 1 - len(line)
        if len(line) == 1:
            assert row.geometry is None
            continue
        expected = [transform(*line[at]) for at in numbers]
        (drawn,) = row.geometry.geoms
        numpy.testing.assert_allclose(numpy.array(drawn.coords), expected, rtol=0, atol=1e-8)


def _truth(path: Path) -> dict[int, dict[int, tuple[float, float]]]:
    """Segment → number → longitude and latitude, as the file has them."""
    found = defaultdict[int, dict[int, tuple[float, float]]](dict)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            place = (float(row["Longitude"]), float(row["Latitude"]))
            found[int(row["Segment Number"])][int(row["Point Sequence Number"])] = place
    return dict(found)


def _steps(facts: dict[str, object]) -> list[dict[str, object]]:
    text = json.dumps(facts)
    assert '"step": "lines_from_points"' in text
    steps = facts["steps"]
    assert isinstance(steps, list)
    return steps


def test_segments_of_one_point_gaps_and_odd_starts_are_told(site: Site, points: Path) -> None:
    body = manifest_of("BSEE pipelines", "bsee-lines", [CSV_FILE], intent="bsee_pipelines")
    deliver(site, body, {"points.csv": points})
    facts = site.value("SELECT facts FROM ops.lake_assets WHERE role = 'data'")
    (step,) = [step for step in _steps(facts) if step["step"] == "lines_from_points"]
    told = {name: step[name] for name in ("in", "out", "lines", "points", "with_gaps", "not_from_one", "lone")}
    assert told == {
        "in": 42_600, "out": 698, "lines": 696, "points": 42_600, "with_gaps": 6, "not_from_one": 2, "lone": 2,
    }  # fmt: skip
    assert [line["line"] for line in step["lone_lines"]] == ["18262", "19394"]
    assert step["lone_lines"][0]["place"] == "POINT(-90.14142987 29.02577266)"
    assert step["differing"] == {}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["1,1,28,-90", "1,1,29,-90"], r"row 2: lines_from_points: the point is one of several points 1 of line 1"),
        (["1,1,28,-90", ",2,29,-90"], r"row 3: lines_from_points: the point has no segment_number"),
        (["1,1,28,-90", "1,,29,-90"], r"row 3: lines_from_points: the point has no point_sequence_number"),
        (["1,1,28,-90", "1,2,,"], r"row 3: lines_from_points: the point has no geometry"),
    ],
)
def test_a_point_that_no_line_can_be_drawn_through_is_named(
    site: Site, tmp_path: Path, rows: list[str], words: str
) -> None:
    head = (
        "Segment Number,Point Sequence Number,Latitude,Longitude,NAD Year Code,Version Date,Asbuilt Flag,Bidirectional"
    )
    path = tmp_path / "points.csv"
    path.write_text("\n".join([head, *(f"{row},27,1/1/2020,Y,N" for row in rows)]) + "\n", encoding="utf-8")
    body = manifest_of("BSEE pipelines", "bad", [CSV_FILE], intent="bsee_pipelines")
    with pytest.raises(DeliveryError, match=words):
        deliver(site, body, {"points.csv": path})
    assert site.value("SELECT state FROM ops.deliveries") == "failed"
