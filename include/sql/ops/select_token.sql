SELECT token FROM ops.api_tokens
WHERE account = %(account)s
