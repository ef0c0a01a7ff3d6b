"""The sandbox API's well headers against the agency's boreholes."""

from __future__ import annotations

from tests.unit.enverus_api_mapping.vintages import Raw, Tables, deleted, keys, row, us_date


def test_headers_are_the_wells_of_the_boreholes(
    headers: Tables, boreholes: dict[str, Raw], listing: dict[str, Raw]
) -> None:
    assert keys(headers["2024"]) == {(int(api[:10]),) for api in listing}
    assert keys(headers["2025"]) == {(int(api[:10]),) for api in boreholes}
    assert (len(headers["2024"]), len(headers["2025"])) == (38_189, 39_487)
    assert deleted(headers["2025"]) == set()


def test_headers_start_with_the_original_hole_and_end_with_the_latest_status(headers: Tables) -> None:
    """Borehole 70 of this well is the original hole, sidetracked three weeks after its spud; 00 is its bypass."""
    served = row(headers["2025"], (1771041446,))
    assert served["API_UWI"] == "17-710-41446"
    assert (served["ENVWellStatus"], served["SpudDate"]) == ("Borehole Completed", "1997-01-07T00:00:00")


def test_headers_say_what_their_boreholes_say(headers: Tables, boreholes: dict[str, Raw]) -> None:
    holes: dict[str, list[Raw]] = {}
    for api, raw in boreholes.items():
        holes.setdefault(api[:10], []).append(raw)
    for api, members in list(holes.items())[::53]:
        served = row(headers["2025"], (int(api),))
        stated = [us_date(raw["BOREHOLE_STAT_DT"]).replace("NULL", "") for raw in members]
        latest = [raw for raw, when in zip(members, stated, strict=True) if when == max(stated)]
        assert served["ENVOperator"] in {raw["COMPANY_NAME"].strip() for raw in latest}
        assert served["Lease"] in {raw["SURF_LEASE_NUMBER"].strip() for raw in members}
        assert served["SpudDate"] in {us_date(raw["WELL_SPUD_DATE"]) for raw in members}
