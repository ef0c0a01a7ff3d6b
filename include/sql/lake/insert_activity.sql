INSERT INTO ops.activity (delivery_id, actor, action, detail)
VALUES (%(delivery_id)s, %(actor)s, %(action)s, %(detail)s)
