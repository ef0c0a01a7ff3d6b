"""Files as partners hand them in, for tests of what the lake makes of them."""

from pathlib import Path
from typing import Any, cast

from enverus_elt.deliveries.manifest import DeliveredFile, Manifest
from enverus_elt.deliveries.recipes import Recipe
from enverus_elt.lake.workshop import Workshop
from sandbox.paths import REPOSITORY

DATA = REPOSITORY / "sandbox" / "data"
BOREHOLES = DATA / "bsee_boreholes_20250504.csv.gz"
ELEVATION = DATA / "srtm30m_bigtujunga_utm11.tif"


def delivered(name: str, kind: str, form: str, **more: Any) -> DeliveredFile:
    """What a manifest says of one file."""
    return DeliveredFile.model_validate({"path": f"batch/{name}", "type": kind, "format": form, **more})


def manifest_of(*files: DeliveredFile) -> Manifest:
    """The manifest of a delivery of these files."""
    metadata = {"title": "A test", "description": "Made by a test.", "source": "A test", "license": "none"}
    intent = f"ingest_{files[0].type.value}"
    return Manifest.model_validate(
        {"batch_id": "batch", "uploader": "tester", "intent": intent, "files": files, "metadata": metadata}
    )


def recipe_of(kind: str, *steps: dict[str, Any]) -> Recipe:
    """A recipe with these steps."""
    return Recipe.model_validate({"name": "test_recipe", "title": "A test's", "type": kind, "steps": steps})


def workshop(folder: Path) -> Workshop:
    """For builders that compute without PostGIS."""
    return Workshop(conn=cast(Any, None), uri="", schema="none", folder=folder)
