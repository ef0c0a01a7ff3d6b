SET LOCAL ROLE enverus_marts;
DROP MATERIALIZED VIEW IF EXISTS marts.{{ mart | ident }};
RESET ROLE;
DELETE FROM ops.marts WHERE mart = {{ mart | literal }};
