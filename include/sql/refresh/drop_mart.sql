SET LOCAL ROLE enverus_marts;
DROP {{ ("MATERIALIZED " if materialized else "") | sql }}VIEW IF EXISTS marts.{{ name | ident }};
RESET ROLE;
DELETE FROM ops.marts WHERE mart = {{ name | literal }};
