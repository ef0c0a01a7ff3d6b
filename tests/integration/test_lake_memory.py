"""Tables and rasters much larger than the memory that they take."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from enverus_elt.formats.raster import CACHE_MB
from sandbox.paths import REPOSITORY


def measured(function: str, **arguments: Any) -> tuple[Any, float]:
    """What a function of ``large_files`` returns in a process of its own, and by how many MB its memory peaked."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.child",
        f"tests.services.large_files:{function}",
        json.dumps(arguments),
    ]
    done = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    return found["value"], found["peak_mb"] - found["imported_mb"]


@pytest.mark.timeout(600)
def test_five_times_the_rows_take_no_more_memory(tmp_path: Path) -> None:
    peaks = []
    for rows in (400_000, 2_000_000):
        path, folder = tmp_path / f"{rows}.csv", tmp_path / str(rows)
        folder.mkdir()
        measured("make_csv", path=str(path), rows=rows)
        found, peak = measured("build_csv", path=str(path), folder=str(folder))
        assert found == rows
        peaks.append(peak)
        print(f"{rows:,} rows, {path.stat().st_size / 2**20:.0f} MB: peak {peak:.0f} MB")
    assert peaks[1] - peaks[0] < 60


@pytest.mark.timeout(600)
def test_a_raster_takes_gdals_cache_and_little_more(tmp_path: Path) -> None:
    """12,000 by 20,000 cells of two bytes are 458 MB."""
    path, folder = tmp_path / "slope.tif", tmp_path / "built"
    folder.mkdir()
    measured("make_raster", path=str(path), width=12_000, height=20_000)
    facts, peak = measured("build_geotiff", path=str(path), folder=str(folder))
    print(f"peak {peak:.0f} MB")
    assert facts["overviews"][-1] >= 16
    assert facts["bands"][0]["statistics"]["maximum"] == (11_999 + 19_999) // 16 + 6
    assert peak < CACHE_MB + 130
