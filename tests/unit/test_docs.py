"""The docs' examples are the repository's: what they show is read, checked and compared here."""

import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from enverus_elt.catalog import load_dataset
from enverus_elt.checks import find_mistakes
from enverus_elt.cli import app
from enverus_elt.errors import CatalogError
from enverus_elt.marts import load_marts
from enverus_elt.paths import CATALOG, ROOT
from enverus_elt.schema.audit import questions
from enverus_elt.schema.migration_files import create_ddl
from tests.unit.workbooks import fields, workbook

README = (ROOT / "README.md").read_text(encoding="utf-8")
ADDING = (ROOT / "docs" / "adding-a-dataset.md").read_text(encoding="utf-8")
WAREHOUSE = (ROOT / "docs" / "warehouse.md").read_text(encoding="utf-8")

IN_EXCEL = (ROOT / "docs" / "schemas-in-excel.md").read_text(encoding="utf-8")


def example(language: str) -> str:
    """The first block of that language in the guide."""
    found = re.search(rf"```{language}\n(.*?)```", ADDING, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    """The shipped catalog and the guide's dataset."""
    folder = Path(shutil.copytree(CATALOG, tmp_path / "catalog"))
    (folder / "frac-jobs.yaml").write_text(example("yaml"), encoding="utf-8")
    return folder


def test_the_guides_dataset_is_a_good_one(catalog: Path) -> None:
    dataset = load_dataset("frac-jobs", catalog)
    assert 'CREATE TABLE core."frac_jobs"' in create_ddl(dataset, depends="007_create_landtrac_leases")
    todo = [line for line in find_mistakes(catalog) if "frac-jobs" in line]
    assert [re.search(r"run '(.*)'", line)[1] for line in todo] == [  # type: ignore[index]
        "enverus table plan frac-jobs",
        "enverus suite write frac-jobs",
    ]


def test_the_guides_mistake_is_told_as_the_guide_says(catalog: Path) -> None:
    broken = example("yaml").replace("overlap_days", "overlap_day")
    (catalog / "frac-jobs.yaml").write_text(broken, encoding="utf-8")
    with pytest.raises(CatalogError) as caught:
        load_dataset("frac-jobs", catalog)
    assert str(caught.value) in ADDING


def test_the_guides_mart_is_a_good_one(tmp_path: Path) -> None:
    (tmp_path / "frac_jobs_by_month.sql").write_text(example("sql"), encoding="utf-8")
    (mart,) = load_marts(tmp_path)
    assert (mart.inputs, mart.unique) == (("frac-jobs",), ("month",))


def test_the_readme_shows_what_list_prints() -> None:
    printed = CliRunner().invoke(app, ["list"]).output
    assert printed.strip() in README


def test_the_warehouses_page_shows_a_mart_that_is_one_and_what_the_audit_prints(tmp_path: Path) -> None:
    declaration = re.findall(r"```sql\n(-- .*?)```", WAREHOUSE, re.DOTALL)[0]
    (tmp_path / "leases_with_wells.sql").write_text(f"{declaration}SELECT 1;\n", encoding="utf-8")
    (mart,) = load_marts(tmp_path)
    assert (mart.inputs, mart.materialized) == (("landtrac-leases", "wells_per_lease"), False)
    assert f"\n{len(questions())} questions, nothing missing\n" in WAREHOUSE


def test_the_warehouses_page_names_every_role_and_every_layer() -> None:
    bootstrap = (ROOT / "include" / "sql" / "bootstrap" / "001_roles.sql").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(enverus_\w+)` \|", WAREHOUSE, re.MULTILINE)) == set(
        re.findall(r"^ALTER ROLE (\w+) (?:NO)?LOGIN", bootstrap, re.MULTILINE)
    )
    shown = set(re.findall(r"^\d+: (\w+) \(", WAREHOUSE, re.MULTILINE))
    assert shown == {mart.name for mart in load_marts() if "geom_" in mart.query}


@pytest.mark.parametrize("text", [README, ADDING, IN_EXCEL, WAREHOUSE])
def test_every_path_that_is_named_exists(text: str) -> None:
    linked = re.findall(r"\]\(([^)#]+)\)", text)
    tabled = [path for path in re.findall(r"^\| `([\w./-]+)` \|", text, re.MULTILINE) if "/" in path or "." in path]
    missing = [path for path in (*linked, *tabled) if not ((ROOT / path).exists() or (ROOT / "docs" / path).exists())]
    assert missing == []


def test_every_make_target_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert set(re.findall(r"[`$] ?make ([a-z]+)", README)) <= set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


def shown_after(command: str) -> str:
    """What the guide to workbooks says that a command prints."""
    found = re.search(rf"\$ \.venv/bin/enverus {re.escape(command)}\n(.*?)```", IN_EXCEL, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_guide_to_workbooks_shows_what_an_import_prints() -> None:
    command = re.search(r"\$ \.venv/bin/enverus (schema import sandbox/\S+ .*)", IN_EXCEL)
    assert command is not None
    words = [str(ROOT / word) if word.startswith("sandbox/") else word for word in command[1].split()]
    printed = CliRunner().invoke(app, [*words, "--dry-run"]).output
    assert printed.replace("would write", "wrote") == shown_after(command[1])


def test_the_guide_to_workbooks_shows_how_unclear_cells_are_told(tmp_path: Path) -> None:
    rows = fields(
        ("Rate", "DECIMAL", "", "Y", "bbl/d"), ("Installed On", "DATETIME", "", "Y"), ("Type", "VARCHAR", "", "Y")
    )
    path = workbook(tmp_path, pumps=[("Pumps, draft 3",), *rows, ("Depth", "=B5", "", "Y", "feet")])
    result = CliRunner().invoke(app, ["schema", "import", str(path.rename(tmp_path / "pumps.xlsx"))])
    assert result.stderr == shown_after("schema import pumps.xlsx")
