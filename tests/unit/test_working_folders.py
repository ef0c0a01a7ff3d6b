"""Folders to work in: gone at the end, whatever the end; those of killed processes go with the next tidying up."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from enverus_elt.lake import folders
from enverus_elt.lake.folders import drop_left_folders, working_folder

HOLD = """
import sys
from enverus_elt.lake.folders import working_folder
with working_folder(7) as folder:
    (folder / "file").write_text("x")
    print(folder.parent.name, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_is_gone_at_the_end_and_after_an_error(temporary: Path) -> None:
    with working_folder(7) as folder:
        assert list(folder.iterdir()) == []
        assert drop_left_folders() == []

    def broken() -> None:
        with working_folder(7) as folder:
            (folder / "file").write_text("x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert list(temporary.iterdir()) == []


def test_the_folder_of_a_process_that_lives_stays_and_that_of_a_killed_one_goes(temporary: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        env={"TMPDIR": str(temporary), "PYTHONPATH": "plugins"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    name = program.stdout.readline().strip()
    assert (temporary / name).is_dir()
    assert drop_left_folders() == []
    program.kill()
    program.communicate()
    assert drop_left_folders() == [name]
    assert list(temporary.iterdir()) == []


def test_a_folder_in_the_making_is_left_until_it_is_old(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (temporary / f"{folders.PREFIX}7-x").mkdir()
    assert drop_left_folders() == []
    monkeypatch.setattr(folders, "YOUNG", -1.0)
    assert drop_left_folders() == [f"{folders.PREFIX}7-x"]
