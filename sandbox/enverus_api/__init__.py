"""A local server of the Enverus DirectAccess v3 wire over real public BSEE and BOEM data, and some made up from it.

    ENVERUS_SANDBOX_SECRET_KEY=… python -m sandbox.enverus_api --host 127.0.0.1 --port 8085 --state-dir DIR

It serves eleven datasets in two vintages, so that an incremental load meets inserts, restatements and deletions. What
`wells`, `well-headers`, `production`, `landtrac-leases` and `wellbore-headers` say is the agencies'; rigs, permits,
surveys, tests and units are made up about real wells. `../data/PROVENANCE.md` says what is source, what is derived and
what is synthetic, and so does `?docs=True`.
"""
