SELECT pg_advisory_lock(hashtext('enverus_elt'), hashtext('schema'))
