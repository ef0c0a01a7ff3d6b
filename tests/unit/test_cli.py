"""`enverus …`: exit codes, output for people and for programs, and one line where somebody made a mistake."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from enverus_elt import checks, cli, suites
from enverus_elt.catalog import dataset_ids, load_dataset
from enverus_elt.errors import CatalogError

APP = sys.modules["enverus_elt.cli.app"]  # the package has the command line itself under that name


@pytest.fixture(autouse=True)
def _environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No connections, no sandbox; what a command sets is forgotten."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith(("AIRFLOW_CONN", "ENVERUS"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(APP, "SANDBOX_ENVIRONMENT", folder / "no-sandbox.env")
    monkeypatch.setenv("COLUMNS", "400")  # or a message is wrapped wherever a path happens to end
    yield
    for name in os.environ.keys() - before.keys():
        del os.environ[name]


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.app, [str(word) for word in words])


def is_one_line(text: str) -> bool:
    return text.endswith("\n") and text.count("\n") == 1 and "Traceback" not in text


# check


def test_check_finds_nothing_wrong_with_the_repository() -> None:
    result = run("check")
    assert (result.exit_code, result.stdout) == (0, f"{len(dataset_ids())} datasets, no mistakes\n")


def test_check_prints_every_mistake_and_exits_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "find_mistakes", lambda: ["a.yaml:1: b", "c.yaml:2: d"])
    result = run("check")
    assert (result.exit_code, result.stderr, result.stdout) == (1, "a.yaml:1: b\nc.yaml:2: d\n", "")


# list


def test_list_has_a_line_for_each_dataset() -> None:
    result = run("list")
    assert result.exit_code == 0
    head, *lines = result.stdout.splitlines()
    assert head.split() == ["dataset", "dag", "columns", "load", "history", "schedule", "owner"]
    assert [line.split()[0] for line in lines] == dataset_ids()


def test_the_columns_of_a_list_are_aligned_and_end_without_blanks() -> None:
    lines = run("list").stdout.splitlines()
    assert len({line.index("enverus_") for line in lines[1:]}) == 1
    assert lines == [line.rstrip() for line in lines]


def test_list_as_json_is_for_programs() -> None:
    result = run("list", "--json")
    (wells,) = [line for line in json.loads(result.stdout) if line["dataset"] == "wells"]
    assert wells == {
        "dataset": "wells",
        "dag": "enverus_wells",
        "columns": 293,
        "load": "incremental",
        "history": "current",
        "schedule": "15 6 * * * America/Chicago",
        "owner": "gis-data",
    }


def test_a_broken_catalog_is_one_line_and_exit_3(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise CatalogError("wells.yaml:3: owner: Field required")

    monkeypatch.setattr(cli.catalog, "load_catalog", broken)
    result = run("list")
    assert (result.exit_code, result.stderr, result.stdout) == (3, "wells.yaml:3: owner: Field required\n", "")


# Commands over one dataset


@pytest.mark.parametrize("command", [("table", "plan"), ("suite", "write")])
def test_an_unknown_dataset_is_one_line_that_lists_the_known_ones(command: tuple[str, str]) -> None:
    result = run(*command, "gas-plants")
    assert result.exit_code == 3
    assert is_one_line(result.stderr)
    assert "unknown dataset 'gas-plants'" in result.stderr
    assert f"(known: {', '.join(dataset_ids())})" in result.stderr


def test_planning_a_dataset_that_has_its_tables_writes_nothing() -> None:
    result = run("table", "plan", "wells")
    assert (result.exit_code, result.stdout) == (0, "wells: its tables are in the migrations\n")


def test_writing_a_suite_says_where(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.catalog, "ROOT", folder)
    monkeypatch.setattr(suites.write, "__defaults__", (folder,))  # not the repository's own
    result = run("suite", "write", "wells")
    assert (result.exit_code, result.stdout) == (0, "wrote wells.json\n")
    assert suites.stale_reason(load_dataset("wells"), folder) is None


# Connections


@pytest.mark.parametrize(("command", "conn_id"), [("status", "warehouse"), ("migrate", "warehouse_owner")])
def test_a_missing_connection_is_one_line_that_says_what_to_set(command: str, conn_id: str) -> None:
    result = run(command)
    assert result.exit_code == 3
    assert is_one_line(result.stderr)
    assert f"AIRFLOW_CONN_{conn_id.upper()}" in result.stderr


def env_file(folder: Path, text: str) -> Path:
    path = folder / "stack.env"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_env_file_sets_airflows_variables_and_no_others(folder: Path) -> None:
    path = env_file(folder, "# a comment\n\nAIRFLOW_CONN_TEST_A=postgres://h/d?a=b\nTEST_OTHER=1\nAIRFLOW_TEST_NONE\n")
    assert run("--env-file", path, "list").exit_code == 0
    assert os.environ["AIRFLOW_CONN_TEST_A"] == "postgres://h/d?a=b"
    assert "TEST_OTHER" not in os.environ
    assert "AIRFLOW_TEST_NONE" not in os.environ


def test_what_the_environment_says_already_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_TEST_B", "mine")
    run("--env-file", env_file(folder, "AIRFLOW_CONN_TEST_B=theirs\n"), "list")
    assert os.environ["AIRFLOW_CONN_TEST_B"] == "mine"


def test_the_env_file_may_be_named_by_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVERUS_ENV_FILE", str(env_file(folder, "AIRFLOW_CONN_TEST_C=c\n")))
    run("list")
    assert os.environ["AIRFLOW_CONN_TEST_C"] == "c"


def test_without_an_env_file_the_running_sandbox_is_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(APP, "SANDBOX_ENVIRONMENT", env_file(folder, "AIRFLOW_CONN_TEST_D=d\n"))
    run("list")
    assert os.environ["AIRFLOW_CONN_TEST_D"] == "d"


@pytest.mark.parametrize("name", ["missing.env", "."])
def test_an_env_file_that_is_none_is_a_wrong_word(folder: Path, name: str) -> None:
    result = run("--env-file", folder / name, "list")
    assert result.exit_code == 2
    assert "is not a file" in result.stderr
    assert "Traceback" not in result.stderr


# Words


@pytest.mark.parametrize("words", [("lists",), ("list", "--yaml"), ("table",), ("table", "plan"), ()])
def test_wrong_words_exit_2_with_the_usage(words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert "Usage" in result.output


def test_every_command_and_every_option_has_help() -> None:
    app = typer.main.get_command(cli.app)
    assert list(without_help(app, "enverus")) == []


def without_help(command: Any, name: str) -> Iterator[str]:
    if not command.help:
        yield name
    options = [parameter for parameter in command.params if parameter.param_type_name == "option"]
    yield from (f"{name} --{option.name}" for option in options if not option.help)
    for child, inner in getattr(command, "commands", {}).items():
        yield from without_help(inner, f"{name} {child}")
