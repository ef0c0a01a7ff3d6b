"""The lake as a STAC catalog: a root, a collection a dataset, an item a version; documents from the ledger's rows.

Links are relative and none is missing, so the catalog can be copied anywhere with the files that it tells of.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import pystac
from pystac.extensions.file import SCHEMA_URI as FILE
from pystac.extensions.projection import SCHEMA_URI as PROJECTION
from pystac.extensions.table import SCHEMA_URI as TABLE
from pystac.extensions.version import SCHEMA_URI as VERSION
from pystac.extensions.version import VersionRelType
from pystac.utils import datetime_to_str

CATALOG = "catalog.json"
COLLECTION = "collection.json"
ITEM = "item.json"

SPDX_OR_WORD = re.compile(r"[\w.+-]+")  # what the standard takes for a license
SHA256_MULTIHASH = "1220"  # the algorithm's code and the digest's length
EVERYWHERE = [-180.0, -90.0, 180.0, 90.0]
GEOMETRIES = ("geometry", "geom")
DATA_TYPES = {*(f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)), "float32", "float64"}

Row = dict[str, Any]
Document = dict[str, Any]


def root(datasets: Iterable[Row]) -> Document:
    """The catalog's entry: a link to the collection of each dataset."""
    children = [_link(pystac.RelType.CHILD, f"./{row['dataset']}/{COLLECTION}", title=row["title"]) for row in datasets]
    return {
        "type": "Catalog",
        "id": "data-lake",
        "stac_version": pystac.get_stac_version(),
        "title": "Data lake",
        "description": "Versions of the datasets that were made of delivered files.",
        "links": [_link(pystac.RelType.ROOT, f"./{CATALOG}"), *children],
    }


def collection(versions: Sequence[Row]) -> Document:
    """A dataset, by its published versions in their order; what is said of it is what the newest says."""
    newest = versions[-1]
    meta = newest["metadata"]
    times = [_time(versions[0]["created_at"]), _time(newest["created_at"])]
    boxes = [box for row in versions if (box := _bbox(row)) is not None]
    items = [
        _link(pystac.RelType.ITEM, f"./v{row['version']}/{ITEM}", "application/geo+json", f"Version {row['version']}")
        for row in versions
    ]
    latest = _link(VersionRelType.LATEST, f"./v{newest['version']}/{ITEM}", "application/geo+json")
    return {
        "type": "Collection",
        "id": newest["dataset"],
        "stac_version": pystac.get_stac_version(),
        "stac_extensions": [VERSION],
        "title": meta["title"],
        "description": _description(meta),
        **({"keywords": meta["keywords"]} if meta.get("keywords") else {}),
        "version": str(newest["version"]),
        "license": _license(meta),
        "providers": [_provider(meta)],
        "extent": {"spatial": {"bbox": [_around(boxes) or EVERYWHERE]}, "temporal": {"interval": [times]}},
        "links": [
            _link(pystac.RelType.ROOT, f"../{CATALOG}"),
            _link(pystac.RelType.PARENT, f"../{CATALOG}"),
            latest,
            *items,
        ],
    }


def item(row: Row, newest: int) -> Document:
    """A version. Files tell of no one moment, so its time is that of the version itself."""
    meta, number, assets = row["metadata"], row["version"], row["assets"]
    bbox, columns = _bbox(row), _columns(assets)
    placed = any(asset["crs"] for asset in assets)
    extensions = [VERSION, FILE, *([PROJECTION] if placed else []), *([TABLE] if columns else [])]
    properties = {
        "title": f"{meta['title']}, version {number}",
        "description": _description(meta),
        "datetime": _time(row["created_at"]),
        "created": _time(row["created_at"]),
        "license": _license(meta),
        "version": str(number),
        **({"table:columns": columns} if columns else {}),
    }
    return {
        "type": "Feature",
        "stac_version": pystac.get_stac_version(),
        "stac_extensions": extensions,
        "id": f"{row['dataset']}-v{number}",
        "collection": row["dataset"],
        "geometry": None if bbox is None else row["geometry"] or _rectangle(bbox),
        **({} if bbox is None else {"bbox": bbox}),
        "properties": properties,
        "links": _item_links(row, newest),
        "assets": {asset["name"]: _asset(asset) for asset in assets},
    }


def _item_links(row: Row, newest: int) -> list[Document]:
    number = row["version"]

    def version(rel: str, other: int) -> Document:
        return _link(rel, f"../v{other}/{ITEM}", "application/geo+json")

    links = [
        _link(pystac.RelType.ROOT, f"../../{CATALOG}"),
        _link(pystac.RelType.PARENT, f"../{COLLECTION}"),
        _link(pystac.RelType.COLLECTION, f"../{COLLECTION}"),
        version(VersionRelType.LATEST, newest),
    ]
    if number > 1:
        links.append(version(VersionRelType.PREDECESSOR, number - 1))
    if number < newest:
        links.append(version(VersionRelType.SUCCESSOR, number + 1))
    for parent in row["parents"]:
        href = f"../../{parent['dataset']}/v{parent['version']}/{ITEM}"
        links.append(_link(pystac.RelType.DERIVED_FROM, href, "application/geo+json"))
    return links


def _asset(asset: Row) -> Document:
    told: Document = {
        "href": f"./{asset['name']}",
        "type": asset["media_type"],
        "roles": [asset["role"]],
        "file:size": asset["bytes"],
        "file:checksum": SHA256_MULTIHASH + asset["sha256"],
    }
    if asset["crs"]:
        told["proj:code"] = asset["crs"]
    if asset["media_type"].startswith("image/"):
        return told | _grid(asset["facts"])
    if asset["columns"]:
        told["table:columns"] = [_column(column) for column in asset["columns"]]
        names = [column["name"] for column in asset["columns"]]
        if asset["crs"] and (shapes := [name for name in GEOMETRIES if name in names]):
            told["table:primary_geometry"] = shapes[0]
    if asset["feature_count"] is not None:
        told["table:row_count"] = asset["feature_count"]
    return told


def _grid(facts: Row) -> Document:
    """What a raster's builder measured, by the standard's own names: shape, transform, bands with statistics."""
    told = {f"proj:{name}": facts[name] for name in ("shape", "transform") if facts.get(name)}
    bands = [{name: value for name, value in band.items() if value is not None} for band in facts.get("bands", ())]
    for band in bands:
        if band.get("data_type") not in DATA_TYPES:
            band["data_type"] = "other"
    return told | ({"bands": bands} if bands else {})


def _columns(assets: Sequence[Row]) -> list[Document]:
    """The columns of all data, each name once."""
    found: dict[str, Document] = {}
    for asset in assets:
        if asset["role"] == "data" and not asset["media_type"].startswith("image/"):
            for column in asset["columns"]:
                found.setdefault(column["name"], _column(column))
    return list(found.values())


def _column(column: Row) -> Document:
    source = column.get("source")
    told = {"name": column["name"], "type": column["type"]}
    return told if source in (None, column["name"]) else {**told, "description": f"{source} in the delivered file"}


def _bbox(row: Row) -> list[float] | None:
    return _around([asset["bbox"] for asset in row["assets"] if asset["bbox"] is not None])


def _around(boxes: Sequence[Sequence[float]]) -> list[float] | None:
    """The box around all; one across the antimeridian has its west in the east, and with others goes all around."""
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    if all(box == boxes[0] for box in boxes):
        return list(boxes[0])
    across = any(box[0] > box[2] for box in boxes)
    edges = (-180.0, 180.0) if across else (min(west), max(east))
    return [edges[0], min(south), edges[1], max(north)]


def _rectangle(box: Sequence[float]) -> Document:
    """The box as an area, in two parts where it crosses the antimeridian."""
    west, south, east, north = box
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    parts = [[[[w, south], [e, south], [e, north], [w, north], [w, south]]] for w, e in spans]
    return {"type": "MultiPolygon", "coordinates": parts}


def _description(meta: Row) -> str:
    """What the manifest says, and of the license what its own field cannot hold."""
    said: str = meta["description"]
    return said if _license(meta) == meta["license"] else f"{said}\n\nLicense: {meta['license']}"


def _license(meta: Row) -> str:
    return meta["license"] if SPDX_OR_WORD.fullmatch(meta["license"]) else "other"


def _provider(meta: Row) -> Document:
    told: Document = {"name": meta["source"], "roles": ["producer", "licensor"]}
    return {**told, "description": meta["attribution"]} if meta.get("attribution") else told


def _link(rel: str, href: str, media_type: str = "application/json", title: str | None = None) -> Document:
    link = {"rel": str(rel), "href": href, "type": media_type}
    return link if title is None else {**link, "title": title}


def _time(moment: datetime) -> str:
    return datetime_to_str(moment)
