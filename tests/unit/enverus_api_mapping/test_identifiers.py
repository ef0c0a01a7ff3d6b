"""How the sandbox API writes the agency's numbers."""

from sandbox.enverus_api.mapping.identity import dashed
from sandbox.enverus_api.mapping.leases import lease_id


def test_identifiers() -> None:
    assert dashed("17710414450200") == "17-710-41445-02-00"
    assert dashed("1771041445") == "17-710-41445"
    assert (lease_id("00016"), lease_id("G26074")) == (16, 726_074)
