"""The manifest's published JSON Schema is the model's, and judges as it does."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from enverus_elt.deliveries.manifest import manifest_schema, parse_manifest
from enverus_elt.errors import DeliveryError
from enverus_elt.paths import ROOT
from tests.services.manifests import a_file, a_manifest

PUBLISHED = json.loads((ROOT / "docs" / "manifest.schema.json").read_text(encoding="utf-8"))
JUDGE = Draft202012Validator(PUBLISHED)
GOOD = a_manifest("b1", a_file("b1/sites.geojson", size=10))


def test_it_is_current() -> None:
    assert manifest_schema() == PUBLISHED, "run: enverus manifest schema > docs/manifest.schema.json"


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(PUBLISHED)


def test_what_it_accepts_is_a_manifest() -> None:
    assert list(JUDGE.iter_errors(GOOD)) == []
    assert parse_manifest(json.dumps(GOOD).encode(), "b1").dataset == "sites"


@pytest.mark.parametrize(
    "change",
    [
        {"uploader": 5},
        {"more": "than there is"},
        {"batch_id": "../b1"},
        {"intent": "Ingest It"},
        {"files": [{"path": "b1/a.geojson", "type": "sound", "format": "geojson"}]},
        {"files": [a_file("b1/a.geojson", size="10")]},
        {"files": [a_file("b1/a.geojson", sha256="abc")]},
    ],
)
def test_what_it_refuses_the_model_refuses_too(change: dict[str, Any]) -> None:
    wrong = GOOD | change
    assert list(JUDGE.iter_errors(wrong))
    with pytest.raises(DeliveryError):
        parse_manifest(json.dumps(wrong).encode())


@pytest.mark.parametrize("batch_id", ["manifests", "archive", "failed"])
def test_no_batch_is_called_like_a_folder_of_the_landing_zone(batch_id: str) -> None:
    body = json.dumps(a_manifest(batch_id, a_file(f"{batch_id}/sites.geojson"))).encode()
    with pytest.raises(DeliveryError, match="a folder of the landing zone's own"):
        parse_manifest(body)


def test_a_name_that_no_disk_takes_is_refused() -> None:
    body = json.dumps(a_manifest("b1", a_file(f"b1/{'ü' * 130}.geojson"))).encode()
    with pytest.raises(DeliveryError, match="at most 255 bytes"):
        parse_manifest(body)


def test_the_example_of_the_guide_is_a_manifest() -> None:
    guide = (ROOT / "docs" / "handing-in-files.md").read_text(encoding="utf-8")
    body = guide.partition("```json\n")[2].partition("```")[0]
    assert list(JUDGE.iter_errors(json.loads(body))) == []
    assert f"`{parse_manifest(body.encode(), 'eia-2026-05').dataset}`" in guide
