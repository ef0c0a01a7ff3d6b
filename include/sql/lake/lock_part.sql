SELECT
    set_config('idle_session_timeout', '1h', FALSE),
    pg_advisory_lock(hashtext('enverus_lake'), hashtext(%(part)s))
