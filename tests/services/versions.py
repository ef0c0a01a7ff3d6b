"""Versions of the lake as builders read them, made of delivered files by the builders themselves."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from enverus_elt.deliveries.manifest import LakeVersion, Manifest
from enverus_elt.lake.built import BuiltAsset
from enverus_elt.lake.reading import LakeInput

SPATIAL = LakeVersion(dataset="places")
TABULAR = LakeVersion(dataset="table")


def as_input(dataset: str, *assets: BuiltAsset, version: int = 1) -> LakeInput:
    """A version with these files as its data."""
    data = [asset for asset in assets if asset.role == "data"]
    columns = {asset.name: asset.columns for asset in data}
    return LakeInput(dataset, version, tuple(asset.path for asset in data), columns)


def kept(assets: list[BuiltAsset], folder: Path) -> list[Path]:
    """The files where the next builder does not write over them."""
    folder.mkdir()
    return [asset.path.rename(folder / asset.name) for asset in assets]


def join_manifest(spatial_keys: list[str], tabular_keys: list[str], **config: Any) -> Manifest:
    """A delivery that joins version 1 of ``places`` and ``table``."""
    body: Mapping[str, Any] = {
        "batch_id": "j1",
        "uploader": "anna",
        "intent": "join_datasets",
        "files": [],
        "metadata": {
            "title": "Places with table",
            "description": "A test's",
            "source": "A test",
            "license": "none",
            "join_config": {
                "spatial": {"dataset": "places"},
                "tabular": {"dataset": "table"},
                "spatial_keys": spatial_keys,
                "tabular_keys": tabular_keys,
                **config,
            },
        },
    }
    return Manifest.model_validate(body)
