"""The evidence on which a batch is judged: files beside each other in the bucket, under one digest.

``evidence.json`` holds the digest of every other file, so that its own digest stands for all of them; that is what
a reviewer signs. Each time a batch is judged the files get a prefix of their own: what was signed stays as it was.
"""

import hashlib
import mimetypes
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from enverus_elt.errors import EvidenceError
from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.paths import EVIDENCE_INDEX


class Evidence(NamedTuple):
    """Where the files are, and the digest that stands for them."""

    prefix: str
    sha256: str


def suite_digest(suite: Mapping[str, Any]) -> str:
    """Digest of a suite that does not depend on how its file is laid out."""
    return _digest(orjson.dumps(suite, option=orjson.OPT_SORT_KEYS))


def publish(store: ObjectStore, prefix: str, files: Mapping[str, bytes], **facts: Any) -> Evidence:
    """Store the files and, last, their index; ``facts`` are kept in it."""
    for name, body in files.items():
        store.put(f"{prefix}/{name}", body, mimetypes.guess_type(name)[0] or "application/octet-stream")
    digests = {name: _digest(body) for name, body in sorted(files.items())}
    index = orjson.dumps({**facts, "files": digests}, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    store.put(f"{prefix}/{EVIDENCE_INDEX}", index, "application/json")
    return Evidence(prefix, _digest(index))


def verify(store: ObjectStore, evidence: Evidence) -> None:
    """Read all of it again; raises EvidenceError that names the file which is not what was published."""
    for name, expected in _files(store, evidence).items():
        if _digest(_body(store, f"{evidence.prefix}/{name}")) != expected:
            raise EvidenceError(f"{evidence.prefix}/{name} is not what the validation published")


def _files(store: ObjectStore, evidence: Evidence) -> dict[str, str]:
    body = _body(store, f"{evidence.prefix}/{EVIDENCE_INDEX}")
    if _digest(body) != evidence.sha256:
        raise EvidenceError(f"{evidence.prefix}/{EVIDENCE_INDEX} is not what the validation published")
    files: dict[str, str] = orjson.loads(body)["files"]
    return files


def _body(store: ObjectStore, key: str) -> bytes:
    if store.size(key) is None:
        raise EvidenceError(f"{key} is gone from bucket {store.bucket}")
    return store.get(key)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
