SELECT pg_advisory_xact_lock(hashtext('enverus_lake'), hashtext('deliveries'))
