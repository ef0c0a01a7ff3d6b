"""The sandbox API looks for its files before it serves anything."""

from pathlib import Path

import pytest

from sandbox.enverus_api.loaders import check_data
from sandbox.enverus_api.mapping import source
from sandbox.errors import SandboxError


def test_a_missing_file_is_said_before_anything_is_served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    check_data()
    monkeypatch.setattr(source, "DATA_DIR", tmp_path)
    with pytest.raises(SandboxError, match=r"bsee_boreholes_20250504\.csv\.gz is missing"):
        check_data()
