"""Coordinate reference systems: which one a file's coordinates are in, and what it is called."""

from collections.abc import Sequence
from functools import lru_cache

from pyproj import CRS
from pyproj.exceptions import CRSError

from enverus_elt.errors import DeliveryError

WGS84 = CRS.from_epsg(4326)
# What GeoPackage's srs_id 0 and -1 become in GDAL: the file says that it does not say.
UNDEFINED = "undefined"
# OGC's names of EPSG's systems with the axes the other way around, which coordinates here are always in.
LONGITUDE_FIRST = {"OGC:CRS84": "EPSG:4326", "OGC:CRS83": "EPSG:4269", "OGC:CRS27": "EPSG:4267"}


def read_crs(text: str, what: str) -> CRS | None:
    """A horizontal reference system from an authority's code, WKT or PROJJSON; None where the text says there is none.

    Heights are left out of it, for they stay what they are. Raises DeliveryError for one without a place on Earth,
    such as a plant grid, and for what is none at all.
    """
    try:
        found = CRS.from_user_input(text)
    except CRSError as error:
        raise DeliveryError(f"{what}: {_short(text)} is no reference system that PROJ knows") from error
    if found.name.casefold().startswith(UNDEFINED):
        return None
    if found.is_compound:
        found = found.sub_crs_list[0]
    elif len(found.axis_info) > 2:
        found = found.to_2d()
    if not (found.is_geographic or found.is_projected):
        raise DeliveryError(
            f"{what}: the reference system {found.name!r} is {found.type_name}, which has no place on Earth: deliver "
            "the data in a geographic or projected one"
        )
    code = code_of(found)
    # The registry's own definition, where it is the same one: names of datums and of axes differ between programs.
    return CRS.from_user_input(code) if code else found


def choose_crs(in_file: CRS | None, in_manifest: str | None, what: str) -> tuple[CRS, str]:
    """The file's own reference system, else the manifest's, and which of both it is; neither is an error."""
    if in_file is not None:
        return in_file, "file"
    if in_manifest is None:
        raise DeliveryError(
            f"{what}: the file does not say what reference system its coordinates are in: give it one (a Shapefile's "
            ".prj), or say it in the manifest as the file's 'crs', for example \"EPSG:4267\" for NAD27"
        )
    found = read_crs(in_manifest, f"{what}: the manifest's crs")
    if found is None:
        raise DeliveryError(f"{what}: the manifest's crs {in_manifest} is no reference system on Earth")
    return found, "manifest"


def code_of(crs: CRS) -> str | None:
    """``EPSG:4267``, or another authority's code; None for a system of somebody's own.

    OGC:CRS84 is EPSG:4326 here, for coordinates are x, y everywhere.
    """
    return _code_of(crs.to_wkt())


def identity(crs: CRS) -> str:
    """What tells two reference systems apart: the code, or all of the definition."""
    return code_of(crs) or crs.to_wkt()


def srid_of(crs: CRS) -> int:
    """Its number in PostGIS' spatial_ref_sys, where EPSG and ESRI have theirs; 0 for any other."""
    authority, _, code = (code_of(crs) or ":").partition(":")
    return int(code) if authority in ("EPSG", "ESRI") and code.isdigit() else 0


@lru_cache(maxsize=64)
def _code_of(wkt: str) -> str | None:
    crs = CRS.from_wkt(wkt)
    if crs.is_bound:
        return None  # a datum shift of its own is part of it
    found: Sequence[str] | None = crs.to_authority(min_confidence=70)
    if found is None:
        return None
    code = ":".join(found)
    if code in LONGITUDE_FIRST:
        return LONGITUDE_FIRST[code]
    # A likeness is not enough: a false easting in other units is a few hundred kilometres.
    return code if CRS.from_user_input(code).equals(crs, ignore_axis_order=True) else None


def _short(text: str) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= 80 else line[:77] + "…")
