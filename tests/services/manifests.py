"""Manifests as partners write them, for tests that need no service."""

from typing import Any

KINDS = {"geojson": ("vector", "geojson"), "csv": ("tabular", "csv"), "zip": ("vector", "shapefile")}


def a_file(path: str, **facts: Any) -> dict[str, Any]:
    """A file of a manifest; what it is, the ending of its name says."""
    kind, format_ = KINDS[path.rpartition(".")[2]]
    return {"path": path, "type": kind, "format": format_, **facts}


def a_manifest(batch_id: str, *files: dict[str, Any], title: str = "Sites", **changes: Any) -> dict[str, Any]:
    """A manifest that names the files; ``changes`` replace fields of it."""
    kinds = {file["type"] for file in files}
    return {
        "batch_id": batch_id,
        "uploader": "A Partner",
        "intent": f"ingest_{kinds.pop() if len(kinds) == 1 else 'vector'}",
        "files": list(files),
        "metadata": {"title": title, "description": "For a test.", "source": "a test", "license": "CC0"},
        **changes,
    }
