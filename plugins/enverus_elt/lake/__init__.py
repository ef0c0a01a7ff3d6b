"""The data lake: deliveries become versions of open formats, and a ledger knows every object and where it came from."""
