"""A partner of the demo: hands real files in, each delivery as its manifest in `sandbox/deliveries` says."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from sandbox.enverus import enverus
from sandbox.paths import REPOSITORY

MANIFESTS = REPOSITORY / "sandbox" / "deliveries"
DATA = REPOSITORY / "sandbox" / "data"


def batches() -> tuple[list[str], list[str]]:
    """Ids of the deliveries that bring files, and of those that join what others brought."""
    with_files, joins = list[str](), list[str]()
    for path in sorted(MANIFESTS.glob("*.json")):
        (with_files if json.loads(path.read_text())["files"] else joins).append(path.stem)
    return with_files, joins


def hand_in(env: Mapping[str, str], batch_id: str) -> str:
    """Submit a delivery with the project's own command; returns its last line."""
    manifest = MANIFESTS / f"{batch_id}.json"
    with TemporaryDirectory(prefix=f"{batch_id}-") as name:
        folder = Path(name)
        for file in json.loads(manifest.read_text())["files"]:
            _lay_out(PurePosixPath(file["path"]).name, folder)
        said = enverus(env, "manifest", "submit", str(manifest), "--files", str(folder))
    return said.strip().splitlines()[-1]


def _lay_out(name: str, folder: Path) -> None:
    """As the agency published it: what is packed in the repository is unpacked."""
    packed = DATA / f"{name}.gz"
    if not packed.is_file():
        shutil.copy(DATA / name, folder / name)
        return
    with gzip.open(packed) as source, (folder / name).open("wb") as target:
        shutil.copyfileobj(source, target)
