"""Runs the vector builder on a file, as a delivery does."""

import shutil
from pathlib import Path
from typing import Any

from enverus_elt.deliveries.manifest import DeliveredFile, Manifest, Metadata
from enverus_elt.deliveries.recipes import Recipe
from enverus_elt.lake.built import BuiltAsset
from enverus_elt.lake.vector import build_vector
from enverus_elt.lake.workshop import Workshop

METADATA = Metadata(title="Leases", description="Leases of the Gulf", source="BOEM", license="public domain")


def recipe(*steps: dict[str, Any]) -> Recipe:
    """A recipe of vector files with these steps."""
    return Recipe.model_validate({"name": "test", "title": "Test", "type": "vector", "steps": list(steps)})


def build(shop: Workshop, path: Path, file: DeliveredFile, *steps: dict[str, Any]) -> list[BuiltAsset]:
    """What becomes of one file; of a copy, for archives are unpacked beside themselves."""
    fetched = shop.folder / "fetched"
    fetched.mkdir(exist_ok=True)
    local = Path(shutil.copy(path, fetched / path.name))
    manifest = Manifest(batch_id="b1", uploader="anna", intent="ingest_vector", files=(file,), metadata=METADATA)
    return build_vector(shop, manifest, recipe(*steps), {file.path: local}, {})
