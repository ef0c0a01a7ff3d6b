SELECT ops.create_scratch(%(delivery_id)s, %(attempt)s) AS schema_name
