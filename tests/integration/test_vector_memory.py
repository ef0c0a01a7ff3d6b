"""A million features: memory is that of a batch, however many there are."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from enverus_elt.lake.workshop import Workshop
from tests.services.large import in_a_process

FEW, MANY = 100_000, 1_000_000
MOST_GROWTH_MB = 80  # ten times the rows are 250 MB more as WKB and attributes


@pytest.mark.timeout(900)
def test_a_million_features_take_no_more_memory_than_a_tenth_of_them(shop: Workshop, tmp_path: Path) -> None:
    peaks = {}
    for rows in (FEW, MANY):
        source, folder = tmp_path / f"{rows}.fgb", tmp_path / f"{rows}"
        folder.mkdir()
        in_a_process("make", path=str(source), rows=rows)
        run = in_a_process("build_large", path=str(source), uri=shop.uri, schema=shop.schema, folder=str(folder))
        assert run["value"]["rows"] == rows
        peaks[rows] = run["peak_mb"]
        print(
            f"{rows:,} features: {run['seconds']:.1f} s, peak {run['peak_mb']:.0f} MB, {run['imported_mb']:.0f} before"
        )
        numbers = pq.read_table(run["value"]["path"], columns=["number"]).column("number").to_numpy()
        assert len(set(numbers.tolist())) == rows
    assert peaks[MANY] - peaks[FEW] < MOST_GROWTH_MB
