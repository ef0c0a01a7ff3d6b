"""Several files at once: each is complete before the first one takes its place, and a failure puts all back."""

import os
import uuid
from collections.abc import Mapping
from pathlib import Path

from enverus_elt.errors import CatalogError


def write_together(texts: Mapping[Path, str]) -> None:
    """Write all of the files or none; raises CatalogError that names the one that could not be written."""
    waiting: dict[Path, Path] = {}
    try:
        for path, text in texts.items():
            waiting[path] = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
            _write_durably(waiting[path], text.encode())
        _replace(waiting)
    except OSError as error:
        raise CatalogError(f"{error.filename}: {error.strerror}: nothing was written") from error
    finally:
        for temporary in waiting.values():
            temporary.unlink(missing_ok=True)


def _replace(waiting: Mapping[Path, Path]) -> None:
    before = {path: path.read_bytes() if path.exists() else None for path in waiting}
    done: list[Path] = []
    try:
        for path, temporary in waiting.items():
            temporary.replace(path)
            done.append(path)
    except OSError:
        for path in done:
            _put_back(path, before[path])
        raise


def _put_back(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
