"""Where one delivery is worked on: a schema of its own in PostGIS, and a folder."""

from dataclasses import dataclass, field
from pathlib import Path

from enverus_elt.hooks.warehouse import Warehouse


@dataclass(frozen=True)
class Workshop:
    """Both are empty at the start, and gone when the delivery has ended, whatever its end.

    ``uri`` is libpq's for the same warehouse and role as ``conn``; it holds the password, so it is never shown.
    """

    conn: Warehouse
    uri: str = field(repr=False)
    schema: str
    folder: Path


def assets_folder(shop: Workshop) -> Path:
    """Where finished files lie, apart from those that they are made of, which may be called the same."""
    folder = shop.folder / "assets"
    folder.mkdir(exist_ok=True)
    return folder
