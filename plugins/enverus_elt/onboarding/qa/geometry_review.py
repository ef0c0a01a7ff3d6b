"""What a sample's geometries are, and where."""

from collections.abc import Iterator
from typing import Any

import shapely

from enverus_elt.catalog import Dataset, Geometry, Repair
from enverus_elt.onboarding.problems import shown
from enverus_elt.onboarding.qa.findings import Finding, Severity
from enverus_elt.onboarding.qa.sample import Sample

MOST_OUTSIDE = 0.05  # the share of a batch that may be in quarantine before a load stops
WORLD = (-180.0, -90.0, 180.0, 90.0)


def review_geometry(dataset: Dataset, sample: Sample) -> Iterator[Finding]:
    """Findings about each geometry column: type, SRID, validity, and the extent of the sample."""
    for geometry in dataset.geometry:
        shapes = sample.shapes.get(geometry.name, [])
        yield from _read(geometry, sample)
        yield from _type(geometry, shapes)
        yield from _place(geometry, shapes)
        yield from _validity(geometry, shapes)


def _read(geometry: Geometry, sample: Sample) -> Iterator[Finding]:
    measured = sample.columns[geometry.name]
    for reason, count in measured.refused.items():
        what = f"{count:,} values: {reason}, {shown(measured.example[reason])} say"
        yield Finding(Severity.ERROR, geometry.name, what, "ask the vendor for WKT")
    if others := {srid: n for srid, n in sample.srids.get(geometry.name, {}).items() if srid != geometry.srid}:
        said = ", ".join(map(str, sorted(others)))
        what = f"{sum(others.values()):,} values say SRID {said}, not {geometry.srid}"
        yield Finding(Severity.ERROR, geometry.name, what, f"say 'srid: {next(iter(others))}', or ask the vendor")
    if not geometry.nullable and (empty := sample.rows - sample.rejected - measured.filled):
        what = f"{empty:,} of {sample.rows:,} rows have no value, but it is not nullable"
        yield Finding(Severity.ERROR, geometry.name, what, "take 'nullable: false' away")
    if sample.rows > sample.rejected and not measured.filled:
        what = f"none of {sample.rows:,} rows has a geometry"
        yield Finding(Severity.WARNING, geometry.name, what, "make sure that the source's name is right")


def _type(geometry: Geometry, shapes: list[Any]) -> Iterator[Finding]:
    found = dict.fromkeys(sorted({shape.geom_type for shape in shapes}), 0)
    for shape in shapes:
        found[shape.geom_type] += 1
    if others := {kind: n for kind, n in found.items() if kind.upper() not in geometry.accepted}:
        said = ", ".join(f"{kind} ({n:,})" for kind, n in others.items())
        todo = "take the type that holds them all, with Multi in its name for several parts"
        yield Finding(Severity.ERROR, geometry.name, f"not {geometry.type.value}: {said}", todo)
    if empty := sum(shape.is_empty for shape in shapes):
        yield Finding(Severity.WARNING, geometry.name, f"{empty:,} are EMPTY: they are set aside", "ask the vendor")
    if others := sum(shape.has_z is not geometry.z or shape.has_m for shape in shapes if not shape.is_empty):
        what = f"{others:,} are not in {'three' if geometry.z else 'two'} dimensions: they are set aside"
        yield Finding(Severity.ERROR, geometry.name, what, "say whether 'z: true', or ask the vendor")


def _place(geometry: Geometry, shapes: list[Any]) -> Iterator[Finding]:
    """The extent of the sample, and how much of it lies where it cannot be."""
    filled = [shape for shape in shapes if not shape.is_empty]
    if not filled:
        return
    west, south, east, north = (float(bound) for bound in shapely.total_bounds(filled))
    said = f"the sample lies within {west:.4g} {south:.4g}, {east:.4g} {north:.4g}"
    yield Finding(Severity.NOTE, geometry.name, said, "see whether that is where the data is")
    extent = geometry.extent or (WORLD if geometry.geographic else None)
    if extent is None:
        return
    outside = [shape for shape in filled if not _within(shape.bounds, extent)]
    if outside:
        swapped = sum(_within(_swapped(shape.bounds), extent) for shape in outside)
        todo = "the coordinates are swapped: ask the vendor" if swapped == len(outside) else "correct extent or SRID"
        what = f"{len(outside):,} of {len(filled):,} lie outside of {', '.join(f'{bound:g}' for bound in extent)}"
        yield Finding(
            Severity.ERROR if len(outside) > MOST_OUTSIDE * len(filled) else Severity.WARNING, geometry.name, what, todo
        )


def _validity(geometry: Geometry, shapes: list[Any]) -> Iterator[Finding]:
    if bad := sum(not shapely.is_valid(shape) for shape in shapes):
        becomes = {
            Repair.NONE: "they are stored as they are",
            Repair.MAKE_VALID: "they are mended",
            Repair.QUARANTINE: "they are set aside",
        }[geometry.repair]
        severity = Severity.WARNING if geometry.repair is Repair.NONE else Severity.NOTE
        yield Finding(
            severity, geometry.name, f"{bad:,} are not valid: {becomes}", "see whether 'repair' is as it should be"
        )


def _within(bounds: tuple[float, ...], extent: tuple[float, ...]) -> bool:
    return extent[0] <= bounds[0] and extent[1] <= bounds[1] and bounds[2] <= extent[2] and bounds[3] <= extent[3]


def _swapped(bounds: tuple[float, ...]) -> tuple[float, ...]:
    return bounds[1], bounds[0], bounds[3], bounds[2]
