"""Makes the KMZ of offshore facilities in `sandbox/data`: `python -m sandbox.facilities`.

BSEE publishes no coordinates of facilities among the files here. But each pipeline segment names what it starts at and
what it ends at, and the segments' points are there. A facility that two or more segments name lies where all of them
have an end in common; where they have both ends in common, or none, nobody can say, and it is left out.
"""

from __future__ import annotations

import csv
import gzip
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from pyproj import Geod

from sandbox.enverus_api.mapping.locations import DEGREE_DECIMALS, nad27_to_wgs84
from sandbox.paths import REPOSITORY

DATA = REPOSITORY / "sandbox" / "data"
POINTS, SEGMENTS = "bsee_pipeline_location_points.csv.gz", "bsee_pipeline_segments.csv.gz"
KMZ = DATA / "bsee_offshore_facilities.kmz"

# What the names of ends tell of what stands there; most tell nothing of it.
KINDS = (
    (re.compile(r"\b(FPU|FPS|FPSO|SEMI|SPAR|TLP)\b", re.IGNORECASE), "FLOATING PLATFORM"),
    (re.compile(r"\bPLATFORM\b", re.IGNORECASE), "PLATFORM"),
    (re.compile(r"\b(MANIFOLD|PLEM)\b", re.IGNORECASE), "SUBSEA MANIFOLD"),
)
SIDES = ("Originating", "Receiving")
SAME_PLACE_METRES = 250.0  # a platform's risers come up at different legs
DAWN = (1980, 1, 1, 0, 0, 0)  # of ZIP: the same facilities make the same bytes

Position = tuple[float, float]  # degrees east and north
GEOD = Geod(ellps="WGS84")


class Facility(NamedTuple):
    """A facility and the segments that end there."""

    facility_id: str
    name: str
    kind: str
    position: Position
    segments: tuple[str, ...]


def facilities() -> list[Facility]:
    """All whose place is certain, in order of their ids."""
    ends, named = _ends(), defaultdict[tuple[str, str], dict[str, tuple[Position, Position]]](dict)
    names: dict[tuple[str, str], str] = {}
    for segment in _rows(SEGMENTS):
        number = segment["Segment Number"].strip()
        for side in SIDES if number in ends else ():
            name = _words(segment[f"{side} Id Name"])
            if kind := _kind(name):
                where = _words(f"{segment[f'{side} Area Code']} {segment[f'{side} Block Number']}")
                key = f"{where} {name}".upper(), kind
                named[key][number] = ends[number]
                names.setdefault(key, f"{where} {name}")
    found = [
        Facility(facility_id, names[facility_id, kind], kind, place, tuple(sorted(segments, key=int)))
        for (facility_id, kind), segments in named.items()
        if (place := _common_end(list(segments.values()))) is not None
    ]
    return sorted(found)


def kml(found: list[Facility]) -> str:
    """One placemark a facility."""
    fields = ("facility_id", "kind", "segments")
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>']
    lines += ["<name>Offshore facilities</name>", '<Schema name="facility" id="facility">']
    lines += [f'<SimpleField type="string" name="{field}"/>' for field in fields]
    lines.append("</Schema>")
    lines.append("<Folder><name>facilities</name>")
    for facility in found:
        values = (facility.facility_id, facility.kind, " ".join(facility.segments))
        data = "".join(
            f'<SimpleData name="{field}">{escape(value)}</SimpleData>'
            for field, value in zip(fields, values, strict=True)
        )
        lines.append(
            f"<Placemark><name>{escape(facility.name)}</name>"
            f'<ExtendedData><SchemaData schemaUrl="#facility">{data}</SchemaData></ExtendedData>'
            f"<Point><coordinates>{facility.position[0]},{facility.position[1]}</coordinates></Point></Placemark>"
        )
    return "\n".join([*lines, "</Folder></Document></kml>"]) + "\n"


def write(path: Path = KMZ) -> int:
    """Write the KMZ; returns how many facilities it holds."""
    found = facilities()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(zipfile.ZipInfo("doc.kml", DAWN), kml(found), zipfile.ZIP_DEFLATED)
    return len(found)


def _ends() -> dict[str, tuple[Position, Position]]:
    """First and last point of each segment, in WGS 84."""
    points = defaultdict[str, list[tuple[int, float, float]]](list)
    for row in _rows(POINTS):
        place = float(row["Longitude"]), float(row["Latitude"])
        points[row["Segment Number"].strip()].append((int(row["Point Sequence Number"]), *place))
    transform = nad27_to_wgs84().transform
    found = {}
    for number, line in points.items():
        if len(line) > 1:
            first, *_, last = sorted(line)
            start, end = (transform(longitude, latitude) for _, longitude, latitude in (first, last))
            found[number] = (_rounded(start), _rounded(end))
    return found


def _common_end(segments: list[tuple[Position, Position]]) -> Position | None:
    """The one place at which all of two or more segments have an end."""
    if len(segments) < 2:
        return None
    common = [place for place in segments[0] if all(_touches(place, other) for other in segments[1:])]
    return common[0] if len(common) == 1 else None


def _touches(place: Position, segment: tuple[Position, Position]) -> bool:
    return any(GEOD.inv(*place, *end)[2] <= SAME_PLACE_METRES for end in segment)


def _kind(name: str) -> str | None:
    return next((kind for pattern, kind in KINDS if pattern.search(name)), None)


def _rounded(place: Position) -> Position:
    return round(place[0], DEGREE_DECIMALS), round(place[1], DEGREE_DECIMALS)


def _words(text: str) -> str:
    return " ".join(text.split())


def _rows(name: str) -> Iterator[dict[str, str]]:
    with gzip.open(DATA / name, "rt", encoding="ascii", newline="") as file:
        yield from csv.DictReader(file)


if __name__ == "__main__":
    print(f"{KMZ}: {write()} facilities")
