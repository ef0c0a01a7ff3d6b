"""`enverus manifest check` and `schema`: nothing but the files is needed."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from enverus_elt import cli
from enverus_elt.paths import ROOT
from tests.services.manifests import a_file, a_manifest


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.app, ["manifest", *map(str, words)])


@pytest.fixture
def delivery(folder: Path) -> Path:
    (folder / "files").mkdir()
    (folder / "files" / "wells.csv").write_text("id\n1\n")
    write(folder, a_file("b1/wells.csv", size=5))
    return folder


def write(folder: Path, *files: dict[str, object], **changes: object) -> None:
    (folder / "manifest.json").write_text(json.dumps(a_manifest("b1", *files, **changes)))


def test_check_says_what_a_delivery_will_make(delivery: Path) -> None:
    result = run("check", delivery / "manifest.json", "--files", delivery / "files")
    assert (result.exit_code, result.stdout) == (0, "b1: 1 files for sites, recipe ingest_tabular\n")


def test_check_tells_of_what_is_not_meant_perhaps(delivery: Path) -> None:
    (delivery / "files" / "more.csv").write_text("id\n")
    write(delivery, a_file("b1/wells.csv"), intent="ingest_by_magic")
    result = run("check", delivery / "manifest.json", "--files", delivery / "files")
    assert result.exit_code == 0
    assert f"note: {delivery / 'files' / 'more.csv'} is not in the manifest" in result.stdout
    assert "note: there is no recipe 'ingest_by_magic': ingest_tabular was used instead" in result.stdout


def test_check_has_a_line_for_each_mistake_and_exits_3(delivery: Path) -> None:
    write(delivery, a_file("b1/wells.csv", size="5"), uploader=7)
    result = run("check", delivery / "manifest.json")
    assert result.exit_code == 3
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["uploader", "files.0.size"]


def test_check_holds_the_files_against_the_manifest(delivery: Path) -> None:
    (delivery / "files" / "wells.csv").write_text("id\n")
    result = run("check", delivery / "manifest.json", "--files", delivery / "files")
    assert (result.exit_code, result.stderr.startswith("files.0.size: ")) == (3, True)


def test_schema_prints_what_is_published() -> None:
    result = run("schema")
    assert result.stdout == (ROOT / "docs" / "manifest.schema.json").read_text(encoding="utf-8")
