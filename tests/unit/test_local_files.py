"""A delivery's files before they are uploaded: each mistake is named, with the field that it is one of."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from enverus_elt.deliveries.local_files import check_local_files, unnamed
from enverus_elt.deliveries.manifest import Manifest
from enverus_elt.errors import DeliveryError

BODY = b"id,depth\n1,2\n"


def manifest(**facts: Any) -> Manifest:
    file = {"path": "b1/in/wells.csv", "type": "tabular", "format": "csv", **facts}
    about = {"title": "Wells", "description": "d", "source": "s", "license": "CC0"}
    return Manifest.model_validate(
        {"batch_id": "b1", "uploader": "u", "intent": "ingest_tabular", "files": [file], "metadata": about}
    )


@pytest.fixture
def delivery(folder: Path) -> Path:
    (folder / "in").mkdir()
    (folder / "in" / "wells.csv").write_bytes(BODY)
    return folder


def test_files_that_are_as_the_manifest_says_are_found_by_their_keys(delivery: Path) -> None:
    md5, sha256 = hashlib.md5(BODY).hexdigest(), hashlib.sha256(BODY).hexdigest()
    found = check_local_files(manifest(size=len(BODY), sha256=sha256, etag=f'"{md5.upper()}"'), delivery)
    assert found == {"b1/in/wells.csv": delivery / "in" / "wells.csv"}


def test_a_tag_of_an_upload_in_parts_says_nothing_of_a_local_file(delivery: Path) -> None:
    check_local_files(manifest(etag="d41d8cd98f00b204e9800998ecf8427e-3"), delivery)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"path": "b1/wells.csv"}, "files.0.path: there is no file"),
        ({"path": "b1/in"}, "files.0.path: there is no file"),
        ({"size": 5}, "files.0.size: "),
        ({"sha256": "0" * 64}, "files.0.sha256: "),
        ({"etag": "0" * 32}, "files.0.etag: "),
    ],
)
def test_a_file_that_is_not_as_the_manifest_says_is_named(delivery: Path, facts: dict[str, Any], words: str) -> None:
    with pytest.raises(DeliveryError) as caught:
        check_local_files(manifest(**facts), delivery)
    assert str(caught.value).startswith(words)


def test_an_empty_file_is_named(delivery: Path) -> None:
    (delivery / "in" / "wells.csv").write_bytes(b"")
    with pytest.raises(DeliveryError, match="is empty"):
        check_local_files(manifest(), delivery)


def test_files_that_nobody_named_are_told(delivery: Path) -> None:
    (delivery / "in" / "wells.csvt").write_text('"Integer"')
    assert unnamed(manifest(), delivery) == [delivery / "in" / "wells.csvt"]
