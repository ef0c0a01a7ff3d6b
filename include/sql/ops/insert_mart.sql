INSERT INTO ops.marts (mart, kind, definition_sha256, inputs)
VALUES (%(mart)s, %(kind)s, %(sha256)s, %(inputs)s)
