"""A local server of the Enverus DirectAccess v3 wire over real public BSEE and BOEM data.

    ENVERUS_SANDBOX_SECRET_KEY=… python -m sandbox.enverus_api --host 127.0.0.1 --port 8085 --state-dir DIR

It serves `wells`, `well-headers`, `production` and `landtrac-leases` in two vintages, so that an
incremental load meets real inserts, restatements and deletions. `../data/PROVENANCE.md` says what is source
and what is derived.
"""
