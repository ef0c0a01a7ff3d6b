"""Makes the outlines that a batch's map is drawn over, from the agencies' files named in PROVENANCE.md.

    python include/data_docs/outlines/build.py us_counties_2010_20m.geojson.gz eia_shale_plays_dec2021.shp.zip

Lines are kept as whole thousandths of a degree: the first point, then the step to each next one. A border that two
counties share is kept once.
"""

import json
import sys
from pathlib import Path
from typing import Any

import geopandas
import numpy
import shapely

FOLDER = Path(__file__).parent
UNITS = 1000  # a degree
COUNTY_TOLERANCE = 0.01  # degrees
STATE_TOLERANCE = 0.04
PLAY_TOLERANCE = 0.01


def main(counties: str, plays: str) -> None:
    """Write one file per kind of outline."""
    frame = geopandas.read_file(f"/vsigzip/{counties}" if counties.endswith(".gz") else counties)
    _write("counties.json", _borders(frame.geometry, COUNTY_TOLERANCE))
    states = frame.set_geometry(frame.buffer(0)).dissolve("STATE")
    _write("states.json", _borders(states.geometry, STATE_TOLERANCE))
    _write("shale_plays.json", _plays(geopandas.read_file(plays)))


def _borders(areas: Any, tolerance: float) -> list[list[int]]:
    """Every border once, as lines between the points where three areas meet."""
    simple = shapely.coverage_simplify(areas.to_numpy(), tolerance)
    merged = shapely.line_merge(shapely.union_all(shapely.boundary(simple)))
    return sorted(filter(None, (_line(part) for part in shapely.get_parts(merged))))


def _plays(frame: Any) -> list[dict[str, Any]]:
    """Plays by name: two of them cross themselves at a point, so all are repaired before they are simplified."""
    valid = shapely.make_valid(frame.geometry.to_numpy(), method="structure")
    simple = shapely.simplify(valid, PLAY_TOLERANCE)
    found = []
    for name, shape in zip(frame["Shale_play"].str.strip(), simple, strict=True):
        rings = sorted(filter(None, (_line(part) for part in shapely.get_parts(shapely.boundary(shape)))))
        label = shapely.get_coordinates(shapely.point_on_surface(shape))[0]
        found.append({"name": name, "label": (label * UNITS).round().astype(int).tolist(), "rings": rings})
    return sorted(found, key=lambda play: (play["name"], play["label"]))


def _line(line: Any) -> list[int]:
    """First point and steps; empty where nothing is left of the line in these units."""
    points = (shapely.get_coordinates(line) * UNITS).round().astype(int)
    moved = numpy.any(numpy.diff(points, axis=0) != 0, axis=1)
    points = points[numpy.concatenate(([True], moved))]
    steps = numpy.concatenate((points[:1], numpy.diff(points, axis=0)))
    return [int(number) for number in steps.ravel()] if len(points) > 1 else []


def _write(name: str, content: Any) -> None:
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    (FOLDER / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
