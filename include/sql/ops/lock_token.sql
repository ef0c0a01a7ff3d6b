SELECT pg_advisory_xact_lock(hashtext('enverus_elt token'), hashtext(%(account)s))
