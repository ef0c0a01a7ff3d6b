"""The KMZ that ships is what its program makes of the agency's files, and says what it should."""

import zipfile
from collections import Counter
from xml.etree import ElementTree

import pytest

from sandbox.facilities import KMZ, SAME_PLACE_METRES, Facility, facilities, kml

SPACE = {"k": "http://www.opengis.net/kml/2.2"}


@pytest.fixture(scope="module")
def found() -> list[Facility]:
    return facilities()


def test_the_kmz_that_ships_is_what_the_program_makes(found: list[Facility]) -> None:
    with zipfile.ZipFile(KMZ) as archive:
        assert archive.namelist() == ["doc.kml"]
        assert archive.read("doc.kml").decode() == kml(found)


def test_a_facility_is_one_that_several_segments_end_at(found: list[Facility]) -> None:
    assert Counter(facility.kind for facility in found) == {
        "PLATFORM": 26,
        "SUBSEA MANIFOLD": 5,
        "FLOATING PLATFORM": 3,
    }
    assert len({facility.facility_id for facility in found}) == len(found)
    assert min(len(facility.segments) for facility in found) == 2
    assert all(-95 < lon < -87 and 26 < lat < 30 for lon, lat in (facility.position for facility in found))
    assert SAME_PLACE_METRES < 1_000


def test_placemarks_have_a_name_fields_and_a_point(found: list[Facility]) -> None:
    root = ElementTree.fromstring(kml(found))
    marks = root.findall(".//k:Placemark", SPACE)
    assert len(marks) == len(found) == 34
    (argos,) = [mark for mark in marks if mark.findtext("k:name", "", SPACE) == "GC 780 Argos FPU"]
    data = {item.get("name"): item.text for item in argos.findall(".//k:SimpleData", SPACE)}
    assert data["facility_id"] == "GC 780 ARGOS FPU"
    assert data["kind"] == "FLOATING PLATFORM"
    assert str(data["segments"]).count(" ") == 6
