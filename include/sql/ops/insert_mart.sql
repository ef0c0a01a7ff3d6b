INSERT INTO ops.marts (mart, definition_sha256, inputs) VALUES (%(mart)s, %(sha256)s, %(inputs)s)
