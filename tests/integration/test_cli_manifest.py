"""`enverus manifest submit`, `status` and `retry` on a real landing zone and ledger."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from enverus_elt import cli
from tests.services.delivering import TABLE, delivered, registered
from tests.services.manifests import a_file, a_manifest
from tests.services.site import Site


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.app, ["manifest", *map(str, words)])


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    (tmp_path / "files" / "in").mkdir(parents=True)
    (tmp_path / "files" / "in" / "wells.csv").write_bytes(TABLE)
    body = a_manifest("b1", a_file("b1/in/wells.csv", size=len(TABLE)))
    (tmp_path / "manifest.json").write_text(json.dumps(body))
    return tmp_path


def submit(delivery: Path) -> Result:
    return run("submit", delivery / "manifest.json", "--files", delivery / "files")


def test_a_delivery_is_handed_in_with_its_manifest_last(site: Site, delivery: Path) -> None:
    result = submit(delivery)
    assert result.exit_code == 0, result.stderr
    files, manifest = site.landing.find("b1/in/wells.csv"), site.landing.find("manifests/b1.json")
    assert files is not None
    assert manifest is not None
    assert files.modified_at <= manifest.modified_at
    assert site.landing.get("manifests/b1.json") == (delivery / "manifest.json").read_bytes()
    (found,) = registered()
    assert delivered(found.delivery_id).state == "published"


def test_nothing_is_uploaded_of_what_is_wrong(site: Site, delivery: Path) -> None:
    (delivery / "files" / "in" / "wells.csv").write_bytes(TABLE[:3])
    result = submit(delivery)
    assert (result.exit_code, result.stderr.startswith("files.0.size: ")) == (3, True)
    assert list(site.landing.keys("")) == []


def test_files_of_a_manifest_that_waits_are_not_overwritten(site: Site, delivery: Path) -> None:
    submit(delivery)
    before = site.landing.find("b1/in/wells.csv")
    result = submit(delivery)
    assert result.exit_code == 3
    assert "is in the landing zone already" in result.stderr
    assert site.landing.find("b1/in/wells.csv") == before


def test_a_manifest_with_files_needs_to_be_told_where_they_are(site: Site, delivery: Path) -> None:
    result = run("submit", delivery / "manifest.json")
    assert (result.exit_code, "--files" in result.stderr) == (3, True)


def test_status_tells_where_deliveries_stand(site: Site, delivery: Path) -> None:
    submit(delivery)
    (found,) = registered()
    site.landing.put("manifests/b2.json", b"no JSON")
    assert delivered(found.delivery_id).version == 1
    assert delivered(registered()[-1].delivery_id, "second").state == "failed"
    rows = json.loads(run("status", "--json").stdout)
    assert [(row["batch_id"], row["state"], row["version"]) for row in rows] == [
        ("b2", "failed", None),
        ("b1", "published", 1),
    ]
    assert [row["batch_id"] for row in json.loads(run("status", "b1", "--json").stdout)] == ["b1"]
    assert "the manifest is not JSON" in run("status", "b2").stdout


def test_a_failed_delivery_is_handed_in_again(site: Site, delivery: Path) -> None:
    submit(delivery)
    (found,) = registered()
    site.landing.put("b1/in/wells.csv", b"")
    assert delivered(found.delivery_id).state == "failed"
    site.landing.put("b1/in/wells.csv", TABLE)
    result = run("retry", "b1")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines()[-1] == "manifests/b1.json is in the landing zone again"
    assert delivered(registered()[-1].delivery_id, "second").state == "published"
    result = run("retry", "b1")
    assert (result.exit_code, "is published: only one that failed" in result.stderr) == (3, True)
    assert "was ever found" in run("retry", "b9").stderr
