"""`enverus schema …`, `new` and `check --json`: what they print, what they write, and how they end."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from enverus_elt import checks, cli
from enverus_elt.catalog import ApiSource, dataset_ids, load_catalog
from enverus_elt.onboarding import datasets
from enverus_elt.paths import ROOT
from tests.unit.workbooks import fields, folders, workbook


@pytest.fixture(autouse=True)
def _own_catalog(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = folders(folder)
    monkeypatch.setattr(datasets.Folders.__init__, "__defaults__", (made.catalog, made.expectations))
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setattr(sys.modules["enverus_elt.cli.app"], "SANDBOX_ENVIRONMENT", folder / "no-sandbox.env")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.app, [str(word) for word in words])


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


GOOD = ["catalog/wells.yaml", "expectations/wells.json"]


def test_import_writes_the_catalog_file_and_the_suite_and_nothing_else(folder: Path) -> None:
    path = workbook(folder, wells=fields())
    result = run("schema", "import", path, "--owner", "land-team")
    assert result.exit_code == 0
    standing = (
        "mode incremental; history current; cron 0 6 * * *; timezone America/Chicago; sla_hours 26; page_size 10000"
    )
    assert result.stdout.splitlines() == [
        "wells: new: 2 columns; key well_id",
        f"  to be decided: title Wells; description The vendor's dataset wells.; {standing}",
        f"wrote {folder / 'catalog' / 'wells.yaml'}",
        f"wrote {folder / 'expectations' / 'wells.json'}",
    ]
    assert files(folder) == [*GOOD, "schemas.xlsx"]
    again = run("schema", "import", path)
    assert (again.exit_code, again.stdout) == (0, "wells: no changes\nnothing to write\n")


def test_a_dry_run_says_all_and_writes_nothing(folder: Path) -> None:
    path = workbook(folder, wells=fields())
    result = run("schema", "import", path, "--dry-run")
    assert (result.exit_code, files(folder)) == (0, ["schemas.xlsx"])
    assert f"would write {folder / 'catalog' / 'wells.yaml'}" in result.stdout
    facts = json.loads(run("schema", "import", path, "--dry-run", "--json").stdout)
    assert [Path(name).name for name in facts["would_write"]] == ["wells.yaml", "wells.json"]


def test_import_as_json_is_for_programs(folder: Path) -> None:
    path = workbook(folder, wells=fields(), notes=[("nothing",)])
    facts = json.loads(run("schema", "import", path, "--json").stdout)
    (dataset,) = facts["datasets"]
    assert (dataset["dataset"], dataset["new"], dataset["to_be_decided"]["owner"]) == ("wells", True, "gis-data")
    assert dataset["changes"][0] == {"column": "well_id", "what": "new", "before": None, "after": "bigint"}
    assert len(facts["skipped"]) == 1
    assert len(facts["written"]) == 2


def test_what_is_unclear_is_on_stderr_line_by_line_and_exits_with_3(folder: Path) -> None:
    path = workbook(folder, wells=fields(("A b", "REAL", None, "Y"), ("C", "string", None, "Y")))
    result = run("schema", "import", path)
    assert (result.exit_code, result.stdout, files(folder)) == (3, "", ["schemas.xlsx"])
    assert [line.split(": ")[:2] for line in result.stderr.splitlines()] == [
        ["schemas.xlsx", "wells!A4"],
        ["schemas.xlsx", "wells!B5"],
    ]
    as_json = run("schema", "import", path, "--json")
    assert (as_json.exit_code, json.loads(as_json.stdout)["problems"]) == (3, result.stderr.splitlines())


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("schema", "import"), 2, "Missing argument"),
        (("schema", "import", "none.xlsx"), 3, "none.xlsx: there is no such file"),
        (("schema", "import", "{path}", "--mode", "sometimes"), 2, "'sometimes' is not one of"),
        (("schema", "import", "{path}", "--sla-hours", "0"), 2, "'--sla-hours'"),
        (("schema", "import", "{path}", "--cron", "at six"), 3, "wells.yaml:19: schedule.cron: not a cron expression"),
        (("schema", "import", "{path}", "--owner", "GIS; DROP"), 3, "wells.yaml:3: owner: String should match"),
        (("schema", "import", "{path}", "--dataset", "../wells"), 3, "'../wells' is no dataset's id"),
        (("schema", "import", "{path}", "--path", "../tokens"), 3, "wells.yaml:8: source.path: String should match"),
        (("schema", "export", "--output", "out.xls"), 2, "does not end in .xlsx"),
        (("schema", "export", "nope", "--output", "{folder}/out.xlsx"), 3, "unknown dataset 'nope'"),
        (("schema", "qa", "nope", "--offline"), 3, "unknown dataset 'nope'"),
        (("schema", "qa", "wells", "--pages", "0"), 2, "'--pages'"),
        (("schema", "qa", "wells", "--offline", "--xlsx", "out.csv"), 2, "does not end in .xlsx"),
        (("new", "Wells"), 3, "'Wells' is no dataset's id"),
        (("new", "rigs"), 3, "AIRFLOW_CONN_ENVERUS"),
    ],
)
def test_a_mistake_ends_with_its_code_and_says_what_it_is(
    folder: Path, words: tuple[str, ...], code: int, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_ENVERUS", raising=False)
    path = workbook(folder, wells=fields())
    result = run(*(word.format(path=path, folder=folder) for word in words))
    assert result.exit_code == code
    assert says in result.stderr
    assert "Traceback" not in result.output
    assert files(folder) == ["schemas.xlsx"]


def test_new_overwrites_nothing(folder: Path) -> None:
    run("schema", "import", workbook(folder, wells=fields()))
    assert run("new", "wells").stderr == (
        "wells.yaml is there already: nothing was written; 'enverus drift patch' adds fields\n"
    )
    (folder / "catalog" / "wells.yaml").unlink()
    assert run("new", "wells").stderr.startswith("wells.json is there already: nothing was written")


def test_export_writes_the_datasets_that_were_named_or_all_of_the_api(folder: Path) -> None:
    path = folder / "out.xlsx"
    result = run("schema", "export", "wells", "production", "--output", path)
    assert (result.exit_code, result.stdout) == (0, f"wrote {path}: wells, production\n")
    assert openpyxl.load_workbook(path).sheetnames == ["wells", "production"]
    served = [dataset.id for dataset in load_catalog() if isinstance(dataset.source, ApiSource)]
    facts = json.loads(run("schema", "export", "--output", path, "--json").stdout)
    assert facts == {"written": str(path), "datasets": served}
    assert openpyxl.load_workbook(path).sheetnames == served
    result = run("schema", "export", "pipelines", "--output", path)
    assert (result.exit_code, result.stderr) == (
        3,
        "pipelines: files feed it, not the API: it comes from the data lake's midstream-crude-oil-pipelines\n",
    )


def test_qa_offline_reviews_the_catalog_alone(folder: Path) -> None:
    result = run("schema", "qa", "wells", "--offline", "--xlsx", folder / "qa.xlsx")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].startswith("wells: 0 errors, ")
    assert result.stdout.splitlines()[0].endswith("the source was left out")
    assert openpyxl.load_workbook(folder / "qa.xlsx").sheetnames == ["findings", "schema"]
    facts = json.loads(run("schema", "qa", "wells", "--offline", "--json").stdout)
    assert (facts["dataset"], facts["failed"], facts["sample"]) == ("wells", False, None)
    assert {tuple(finding) for finding in facts["findings"]} == {("severity", "where", "what", "todo")}


def test_check_as_json_lists_mistakes_and_exits_with_1_where_there_are_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "find_mistakes", list)
    result = run("check", "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, {"datasets": len(dataset_ids()), "mistakes": []})
    monkeypatch.setattr(checks, "find_mistakes", lambda: ["a.yaml:1: b"])
    result = run("check", "--json")
    assert (result.exit_code, json.loads(result.stdout)["mistakes"], result.stderr) == (1, ["a.yaml:1: b"], "")


# Completion in the shell


def commands_with_a_dataset(command: Any, words: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [
        words for parameter in command.params if parameter.name in ("dataset_id", "datasets") and words != ("new",)
    ]
    for name, inner in getattr(command, "commands", {}).items():
        found += commands_with_a_dataset(inner, (*words, name))
    return found


def test_every_command_that_takes_a_dataset_completes_its_id() -> None:
    import typer  # noqa: PLC0415 - the one test that looks at the commands themselves

    app: Any = typer.main.get_command(cli.app)
    found = commands_with_a_dataset(app)
    assert ("schema", "qa") in found
    assert len(found) > 12
    for words in found:
        command = app
        for word in words:
            command = command.commands[word]
        (parameter,) = [p for p in command.params if p.name in ("dataset_id", "datasets")]
        context: Any = typer.Context(command)
        assert [item.value for item in parameter.shell_complete(context, "prod")] == ["production"], words


def test_a_shell_is_told_the_ids() -> None:
    script = Path(sys.executable).with_name("enverus")
    env = {**os.environ, "_ENVERUS_COMPLETE": "complete_bash", "COMP_WORDS": "enverus schema qa pro", "COMP_CWORD": "3"}
    done = subprocess.run([script], env=env, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["production"]
