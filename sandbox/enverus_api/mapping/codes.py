"""BSEE's codes spelled out (Data Center field definitions) and API state codes (API Bulletin D12A).

Only codes that the files hold are listed: an unknown code stops the load instead of passing as something
else.
"""

from __future__ import annotations

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
