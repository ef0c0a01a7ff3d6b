"""Pictures of a version: one of each of its files."""

from pathlib import Path
from tempfile import TemporaryDirectory

from enverus_elt.errors import DeliveryError
from enverus_elt.formats.preview import Caption, draw_preview
from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.lake.reading import Lake
from enverus_elt.lake.versions import require_version


def preview(
    conn: Warehouse, store: ObjectStore, dataset: str, version: int | None, folder: Path, *, file: str | None = None
) -> list[Path]:
    """Write ``<dataset>-v<N>-<file>.png`` for each file of a version, or for the one that is named; returns them.

    Without a number it is the newest version. What is drawn is verified first, like anything else that is read.
    """
    found = require_version(conn, dataset, version)
    names = [asset.name for asset in found.data]
    if file is not None and file not in names:
        raise DeliveryError(f"{found} has no file {file!r} (known: {', '.join(names)})")
    folder.mkdir(parents=True, exist_ok=True)
    pictures = []
    with TemporaryDirectory(prefix="preview-") as name:
        for asset in found.data:
            if file in (None, asset.name):
                path = Lake(conn, store).download(asset, Path(name) / asset.name)
                target = folder / f"{dataset}-v{found.version}-{path.stem}.png"
                title = f"{found.metadata['title']}, version {found.version}"
                words = title if len(names) == 1 else f"{title}: {asset.name}"
                pictures.append(draw_preview(path, Caption(words, found.metadata["source"]), target))
                path.unlink()
    return pictures
