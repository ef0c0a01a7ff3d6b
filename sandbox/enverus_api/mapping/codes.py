"""BSEE's codes spelled out (Data Center field definitions) and API state codes (API Bulletin D12A).

Only codes that the files hold are listed: an unknown code stops the load instead of passing as something
else.
"""

from __future__ import annotations

from sandbox.enverus_api.mapping.values import NULL

BOREHOLE_STATUS = {
    "APD": "Application for Permit to Drill",
    "AST": "Approved Sidetrack",
    "CNL": "Borehole Cancelled",
    "COM": "Borehole Completed",
    "DRL": "Drilling Active",
    "DSI": "Drilling Suspended",
    "PA": "Permanently Abandoned",
    "ST": "Borehole Side Tracked",
    "TA": "Temporarily Abandoned",
}
WELL_TYPE = {
    "C": "Core Test",
    "D": "Development",
    "E": "Exploratory",
    "N": "Non-operation",
    "O": "Other",
    "R": "Relief",
    "S": "Strat Test",
}
REGION = {"A": "Atlantic", "G": "Gulf of Mexico", "P": "Pacific", "Y": "Alaska"}

_DEEP_WATER_FT = 1_000  # BOEM's own line

# Postal codes for states; 55 to 61 are the pseudo-states of wells in federal water.
STATE = {
    "01": "AL",
    "04": "CA",
    "17": "LA",
    "42": "TX",
    "50": "AK",
    "55": "Alaska Offshore",
    "56": "Pacific Coast Offshore",
    "60": "Northern Gulf of Mexico",
    "61": "Atlantic Coast Offshore",
}

# The same where the vendor's column takes eight characters.
SHORT_STATE = {
    **{code: name for code, name in STATE.items() if len(name) == 2},
    "55": "AK OFF",
    "56": "PAC OFF",
    "60": "GULF OFF",
    "61": "ATL OFF",
}


def play(region_code: str, water_depth_ft: str) -> str:
    """Enverus knows plays, the agencies do not: the Gulf in two by BOEM's line for deep water, other regions whole."""
    if region_code != "G":
        return f"{REGION[region_code]} OCS"
    if not water_depth_ft:
        return NULL
    return "Gulf deepwater" if float(water_depth_ft) >= _DEEP_WATER_FT else "Gulf shelf"
