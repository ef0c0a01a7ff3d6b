INSERT INTO ops.api_tokens (account, token) VALUES (%(account)s, %(token)s)
ON CONFLICT (account) DO UPDATE
    SET token = excluded.token, issued_at = now()
