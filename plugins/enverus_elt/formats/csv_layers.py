"""CSV as a layer: geometry from longitude and latitude, or from WKT or EWKT, each fault with its row."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from enverus_elt.deliveries.manifest import DeliveredFile, GeometryColumns
from enverus_elt.deliveries.names import column_names
from enverus_elt.errors import DeliveryError
from enverus_elt.formats.geoparquet import RESERVED
from enverus_elt.formats.reference_systems import read_crs
from enverus_elt.formats.tabular import Table, open_table
from enverus_elt.formats.vector_layer import VectorColumn, VectorLayer

FIRST_ROW = 2  # the header is row 1, as a spreadsheet shows it
EWKT = re.compile(r"^\s*SRID\s*=\s*(\d+)\s*;", re.IGNORECASE)
BLANK = " \t"

Shapes = Callable[[pa.RecordBatch, int], pa.Array]


def csv_layer(path: Path, file: DeliveredFile, what: str) -> VectorLayer:
    """The rows of a CSV file, with geometry made of the columns that the manifest names."""
    if file.geometry is None:
        raise AssertionError("a manifest's CSV of type vector names its geometry columns")
    table = open_table(path, file)
    sources = [column.source for column in table.columns]
    if file.geometry.wkt is not None:
        return _wkt_layer(table, _place(file.geometry.wkt, sources, what), what)
    x, y = (_place(name, sources, what) for name in _pair(file.geometry))
    degrees = file.crs is None or _is_geographic(file.crs, what)
    shapes = partial(_points, x=x, y=y, names=(sources[x], sources[y]), degrees=degrees, what=what)
    facts = {"geometry_from": [sources[x], sources[y]]}
    return _layer(table, list(range(len(sources))), shapes, crs=None, kind="Point", what=what, facts=facts)


def _wkt_layer(table: Table, place: int, what: str) -> VectorLayer:
    source = table.columns[place].source
    srid = _first_srid(table, place)
    crs = read_crs(f"EPSG:{srid}", f"{what}: column {source!r}") if srid else None
    kept = [number for number in range(len(table.columns)) if number != place]
    shapes = partial(_from_wkt, place=place, srid=srid, name=source, what=what)
    return _layer(table, kept, shapes, crs=crs, kind="Unknown", what=what, facts={"geometry_from": [source]})


def _layer(
    table: Table, kept: list[int], shapes: Shapes, *, crs: CRS | None, kind: str, what: str, facts: dict[str, Any]
) -> VectorLayer:
    names = column_names([table.columns[number].source for number in kept], taken=RESERVED)
    columns = tuple(
        VectorColumn(name, table.columns[number].source, table.columns[number].type)
        for name, number in zip(names, kept, strict=True)
    )

    def read() -> Iterator[pa.RecordBatch]:
        row = FIRST_ROW
        for batch in table.batches():
            arrays = [*(batch.column(number) for number in kept), shapes(batch, row)]
            row += batch.num_rows
            yield pa.RecordBatch.from_arrays(arrays, names=[*names, "geometry"])

    found = {"driver": "CSV", "layer": "", **table.facts, **facts}
    return VectorLayer("", columns, crs, None, kind, what, read, found, FIRST_ROW)


def _points(
    batch: pa.RecordBatch, first_row: int, *, x: int, y: int, names: tuple[str, str], degrees: bool, what: str
) -> pa.Array:
    """Points; a row that has neither is one without geometry, one that has one of both is an error."""
    pair = [_numbers(batch.column(place), first_row, name, what) for place, name in zip((x, y), names, strict=True)]
    there = [~np.isnan(numbers) for numbers in pair]
    if (half := there[0] != there[1]).any():
        missing = names[0] if there[1][half.argmax()] else names[1]
        raise DeliveryError(f"{what}: row {first_row + half.argmax():,}: {missing!r} is empty, the other one is not")
    if degrees:
        for numbers, name, most in zip(pair, names, (180, 90), strict=True):
            if (bad := np.abs(np.nan_to_num(numbers)) > most).any():
                value = numbers[bad.argmax()]
                raise DeliveryError(
                    f"{what}: row {first_row + bad.argmax():,}: {name!r} is {value:g}, which is not within -{most} to "
                    f"{most} degrees: are the two columns swapped, or is the manifest's crs not the right one?"
                )
    shapes = np.full(batch.num_rows, None, dtype=object)
    shapes[there[0]] = shapely.to_wkb(shapely.points(pair[0][there[0]], pair[1][there[0]]))
    return pa.array(shapes, pa.binary())


def _numbers(array: pa.Array, first_row: int, name: str, what: str) -> NDArray[np.float64]:
    """As floats; what is empty as NaN."""
    if pa.types.is_string(array.type):
        trimmed = pc.utf8_trim(array, BLANK)
        array = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)
    elif not (pa.types.is_integer(array.type) or pa.types.is_floating(array.type) or pa.types.is_null(array.type)):
        raise DeliveryError(f"{what}: column {name!r} holds {array.type} values, no coordinates")
    try:
        numbers: NDArray[np.float64] = array.cast(pa.float64()).to_numpy(zero_copy_only=False).astype(float)
    except pa.ArrowInvalid as error:
        row, value = next((n, v) for n, v in enumerate(array.to_pylist()) if v is not None and not _is_number(v))
        raise DeliveryError(f"{what}: row {first_row + row:,}: {name!r} is {value[:40]!r}, no number") from error
    missing = array.is_null().to_numpy(zero_copy_only=False)
    if (bad := ~missing & ~np.isfinite(numbers)).any():
        raise DeliveryError(f"{what}: row {first_row + bad.argmax():,}: {name!r} is {numbers[bad.argmax()]}")
    return numbers


def _from_wkt(batch: pa.RecordBatch, first_row: int, *, place: int, srid: int | None, name: str, what: str) -> pa.Array:
    texts = batch.column(place).cast(pa.string()).to_pylist()
    plain = np.full(len(texts), None, dtype=object)
    for number, text in enumerate(texts):
        if text is None or not text.strip():
            continue
        match = EWKT.match(text)
        own = int(match[1]) if match else None
        if own != srid:
            raise DeliveryError(
                f"{what}: row {first_row + number:,}: {name!r} is in SRID {own or 'none'}, the first one in "
                f"{srid or 'none'}: a file has one reference system"
            )
        plain[number] = text[match.end() :] if match else text
    shapes = shapely.from_wkt(plain, on_invalid="ignore")
    bad = shapely.is_missing(shapes) & (plain != None)  # noqa: E711 - elementwise
    if bad.any():
        number = int(bad.argmax())
        raise DeliveryError(
            f"{what}: row {first_row + number:,}: {name!r} is no WKT of points, lines or polygons: "
            f"{plain[number][:40]!r}: {_why(plain[number])}"
        )
    return pa.array(shapely.to_wkb(shapes, output_dimension=4, flavor="iso"), pa.binary())


def _why(text: str) -> str:
    try:
        shapely.from_wkt(text)
    except shapely.errors.GEOSException as error:
        return " ".join(str(error).split())
    return "not readable"


def _first_srid(table: Table, place: int) -> int | None:
    """What the first geometry of the file says; None where it says nothing."""
    for batch in table.batches():
        for text in batch.column(place).cast(pa.string()).to_pylist():
            if text is not None and text.strip():
                match = EWKT.match(text)
                return int(match[1]) if match else None
    return None


def _place(name: str, sources: list[str], what: str) -> int:
    if name not in sources:
        raise DeliveryError(f"{what}: there is no column {name!r}; there are {', '.join(map(repr, sources))}")
    return sources.index(name)


def _pair(geometry: GeometryColumns) -> tuple[str, str]:
    return geometry.longitude or "", geometry.latitude or ""


def _is_geographic(code: str, what: str) -> bool:
    crs = read_crs(code, f"{what}: the manifest's crs")
    return crs is None or bool(crs.is_geographic)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
