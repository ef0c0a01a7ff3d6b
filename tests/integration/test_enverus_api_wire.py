"""The sandbox API as a process, asked by Enverus' own client, against the source files read here independently."""

from __future__ import annotations

import csv
import gzip
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import geopandas
import httpx
import pytest
import requests
from enverus_developer_api import DADatasetException, DAQueryException, DeveloperAPIv3

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "sandbox" / "data"
SECRET = "integration-key"
TOKEN_TTL = "600"

Raw = dict[str, str]


class SandboxClient(DeveloperAPIv3):
    """The official client has no parameter for its base URL: it is a class attribute."""


def command(state_dir: Path, port: int = 0) -> list[str]:
    options = ["--port", str(port), "--state-dir", str(state_dir), "--token-ttl", TOKEN_TTL]
    return [sys.executable, "-m", "sandbox.enverus_api", *options]


@contextmanager
def running(state_dir: Path) -> Iterator[str]:
    """Yield the origin of a server on a free port; it must end by SIGTERM with exit status 0 and no complaint."""
    environment = {**os.environ, "ENVERUS_SANDBOX_SECRET_KEY": SECRET}
    complaints = (state_dir / "stderr").open("w+")
    process = subprocess.Popen(
        command(state_dir), cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=complaints, text=True
    )
    try:
        assert process.stdout is not None
        words = process.stdout.readline().split()
        assert words[1:3] == ["listening", "on"]
        yield words[3].removesuffix("/v3/direct-access/")
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
        complaints.seek(0)
        assert complaints.read() == ""
        complaints.close()


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("enverus_api")) as address:
        yield address


@pytest.fixture
def client(origin: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeveloperAPIv3]:
    requests.put(f"{origin}/sandbox/vintage", json={"vintage": "2024"}, timeout=30).raise_for_status()
    monkeypatch.setattr(SandboxClient, "url", f"{origin}/v3/direct-access/")
    with SandboxClient(SECRET) as developer_api:
        yield developer_api
    requests.delete(f"{origin}/sandbox/faults", timeout=30)


def read(name: str, header: list[str] | None = None) -> list[Raw]:
    with gzip.open(DATA / name, "rt", newline="") as lines:
        return list(csv.DictReader(lines, header))


def api12(raw: Raw) -> str:
    return raw["API_WELL_NUMBER"]


def listed_wells() -> list[tuple[Any, ...]]:
    return [
        (api12(raw), raw["COMPANY_NAME"].strip(), raw["WELL_NAME"].strip(), feet(raw["BH_TOTAL_MD"]))
        for raw in read("bsee_api_list_20241008.csv.gz")
    ]


def feet(value: str) -> float | None:
    return None if value in {"", "*****"} else float(value)


def listed_headers() -> list[tuple[Any, ...]]:
    return [(api,) for api in {api12(raw)[:10] for raw in read("bsee_api_list_20241008.csv.gz")}]


def reported_production() -> list[tuple[Any, ...]]:
    header = (DATA / "bsee_ogora_header.csv").read_text().strip().split(",")
    return [
        (
            api12(raw) + "00",
            raw["PROD_INTERVAL_CD"],
            f"{raw['PRODUCTION_DATE'][:4]}-{raw['PRODUCTION_DATE'][4:]}-01T00:00:00",
            float(raw["MON_O_PROD_VOL"]),
            float(raw["MON_G_PROD_VOL"]),
        )
        for raw in read("bsee_ogora_2024_asof20250203.noheader.csv.gz", header)
    ]


def mapped_leases() -> list[tuple[Any, ...]]:
    leases = geopandas.read_file(DATA / "boem_active_leases_gom_20180501.shp.zip")
    return list(zip(leases.LEASE_NUMB, leases.CURRENT_AR, leases.ROYALTY_RA, strict=True))


WIRE: dict[str, tuple[tuple[str, ...], Callable[[], list[tuple[Any, ...]]]]] = {
    "wells": (("API_UWI_12_Unformatted", "RawOperator", "WellName", "MD_FT"), listed_wells),
    "well-headers": (("API_UWI_Unformatted",), listed_headers),
    "production": (
        ("API_UWI_14_Unformatted", "ENVInterval", "ProducingMonth", "LiquidsProd_BBL", "GasProd_MCF"),
        reported_production,
    ),
    "landtrac-leases": (("RecordNumber", "Acres", "Royalty"), mapped_leases),
}
ABOUT_WELLS = {
    "active-rigs": ("ENVRigID",),
    "drill-stem-tests": ("WellID", "DSTID", "FlowID", "RecoveryID"),
    "full-directional-surveys": ("API_UWI_12_Unformatted", "StationNumber"),
    "landtrac-units": ("API_UWI_Unformatted",),
    "permits": ("PermitID",),
    "rigs": ("WellID", "CompletionID"),
    "wellbore-headers": ("WellboreID",),
}


@pytest.mark.parametrize("dataset", WIRE)
def test_the_official_client_reads_every_row_of_the_source(client: DeveloperAPIv3, dataset: str) -> None:
    fields, source = WIRE[dataset]
    expected = Counter(source())
    arrived = Counter(
        tuple(row[name] for name in fields) for row in client.query(dataset, pagesize=10_000, fields=",".join(fields))
    )
    assert arrived == expected
    assert client.count(dataset) == expected.total()


def test_whole_rows_arrive_with_every_field(client: DeveloperAPIv3) -> None:
    rows = list(client.query("wells", pagesize=1_000, wellname="A001"))
    assert len(rows) == client.count("wells", wellname="A001") > 2_000
    assert {len(row) for row in rows} == {293}
    assert {row["WellName"] for row in rows} == {"A001"}


def test_links_in_the_body_page_as_well(client: DeveloperAPIv3) -> None:
    headers = {"X-Omit-Header-Next-Links": "true"}
    rows = list(client.query("landtrac-leases", pagesize=500, fields="LeaseID", _headers=headers))
    assert len({row["LeaseID"] for row in rows}) == len(rows) == 2_591


def test_datasets_about_wells_are_served_like_the_others(client: DeveloperAPIv3) -> None:
    for dataset, key in ABOUT_WELLS.items():
        rows = list(client.query(dataset, pagesize=211, fields=",".join((*key, "UpdatedDate", "DeletedDate"))))
        assert len({tuple(row[name] for name in key) for row in rows}) == len(rows) == client.count(dataset) > 0
        since = [row for row in rows if row["UpdatedDate"] > "2023"]
        assert client.count(dataset, updateddate="ge(2023-01-01)") == len(since)
        assert f"PRIMARY KEY ({','.join(key).lower()})" in client.ddl(dataset, "pg")
        assert [entry["name"] for entry in client.docs(dataset) if entry["key"]] != []
    frame = client.to_dataframe("active-rigs", log_progress=False)
    assert set(frame["H2SArea"].astype(str)) == {"False"}


def test_filters_and_counts_agree(client: DeveloperAPIv3) -> None:
    wells = [raw for raw in read("bsee_api_list_20241008.csv.gz") if raw["COMPANY_NAME"] == "Cox Operating, L.L.C."]
    assert client.count("wells", envoperator=r"Cox Operating\, L.L.C.") == len(wells)
    deep = [raw for raw in wells if (feet(raw["BH_TOTAL_MD"]) or 0) > 15_000]
    rows = client.query("wells", envoperator=r"Cox Operating\, L.L.C.", md_ft="gt(15000)", fields="WellboreID")
    assert {row["WellboreID"] for row in rows} == {int(api12(raw)) for raw in deep}
    assert client.count("wells", geomshl_point="not(null)") == 0


def test_the_later_vintage_arrives_as_an_increment(client: DeveloperAPIv3, origin: str) -> None:
    """Asking for updates and deletions separately finds all: neither stamp moves the other."""
    newest = max(row["UpdatedDate"] for row in client.query("wells", fields="UpdatedDate", pagesize=100_000))
    requests.put(f"{origin}/sandbox/vintage", json={"vintage": "2025"}, timeout=30).raise_for_status()
    since = f"gt({newest[:10]})"
    assert client.count("wells", updateddate=since) == 1_987 + 2_136
    assert client.count("wells", deleteddate=since) == client.count("wells", deleteddate="not(null)") == 29
    assert client.count("production", updateddate="gt(2025-02-03)") == 5_580 + 335
    assert client.count("production", deleteddate="not(null)") == 21
    assert client.count("wells") == 57_219


def test_the_client_survives_expired_tokens(client: DeveloperAPIv3, origin: str) -> None:
    rule = {"fault": "expire_tokens", "match": {"path": "landtrac-leases", "after": 2}}
    requests.post(f"{origin}/sandbox/faults", json=[rule], timeout=30).raise_for_status()
    rows = list(client.query("landtrac-leases", pagesize=500, fields="LeaseID"))
    assert len({row["LeaseID"] for row in rows}) == len(rows) == 2_591


def test_the_client_reads_ddl_docs_and_errors(client: DeveloperAPIv3) -> None:
    assert client.ddl("wells", "pg").startswith("CREATE TABLE wells (\n")
    assert len(client.docs("wells")) == 293
    assert client.docs("landtrac-leases") is None
    with pytest.raises(DADatasetException):
        next(client.query("no-such-dataset"))
    with pytest.raises(DAQueryException):
        next(client.query("wells", md_ft="gt(deep)"))


def test_the_client_makes_a_data_frame_of_the_ddl(client: DeveloperAPIv3) -> None:
    frame = client.to_dataframe("wells", pagesize=500, wellname="B012", md_ft="gt(0)", log_progress=False)
    assert frame.index.names == ["CompletionID", "WellID"]
    assert (frame["MD_FT"] > 0).all()


@pytest.fixture
def http(origin: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{origin}/v3/direct-access/", timeout=30) as session:
        token = session.post("tokens", json={"secretKey": SECRET}).json()["token"]
        session.headers["Authorization"] = f"bearer {token}"
        yield session
    requests.delete(f"{origin}/sandbox/faults", timeout=30)


def test_the_date_header_is_the_clock(http: httpx.Client) -> None:
    answered = parsedate_to_datetime(http.get("landtrac-leases?pagesize=1").headers["Date"])
    assert abs(answered.timestamp() - time.time()) < 5


@pytest.mark.parametrize(
    ("fault", "error"),
    [("reset", httpx.ReadError), ("truncate", httpx.RemoteProtocolError)],
)
@pytest.mark.parametrize("pagesize", [10, 2_000])
def test_connections_break(http: httpx.Client, origin: str, fault: str, error: type[Exception], pagesize: int) -> None:
    requests.post(f"{origin}/sandbox/faults", json=[{"fault": fault}], timeout=30).raise_for_status()
    with pytest.raises(error):
        http.get(f"landtrac-leases?pagesize={pagesize}")
    assert http.get(f"landtrac-leases?pagesize={pagesize}").status_code == 200


def test_slow_answers_arrive_late(http: httpx.Client, origin: str) -> None:
    rule = {"fault": "slow", "seconds": 0.5}
    requests.post(f"{origin}/sandbox/faults", json=[rule], timeout=30).raise_for_status()
    with pytest.raises(httpx.ReadTimeout):
        http.get("landtrac-leases?pagesize=1", timeout=0.2)


def run(state_dir: Path, port: int, secret: str = SECRET) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ENVERUS_SANDBOX_SECRET_KEY": secret}
    return subprocess.run(
        command(state_dir, port), cwd=ROOT, env=environment, capture_output=True, text=True, timeout=20, check=False
    )


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run(tmp_path, port)
    assert ended.returncode == 1
    assert ended.stderr == f"enverus_api: cannot listen on 127.0.0.1:{port}: the port is taken\n"


def test_a_missing_key_is_one_clear_line(tmp_path: Path) -> None:
    ended = run(tmp_path, 0, secret="")
    assert ended.returncode == 1
    assert ended.stderr == "enverus_api: ENVERUS_SANDBOX_SECRET_KEY is not set\n"
