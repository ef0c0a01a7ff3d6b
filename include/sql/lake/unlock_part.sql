SELECT
    pg_advisory_unlock(hashtext('enverus_lake'), hashtext(%(part)s)),
    set_config('idle_session_timeout', %(idle)s, FALSE)
