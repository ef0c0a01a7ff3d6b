SET LOCAL ROLE enverus_marts;
DROP MATERIALIZED VIEW IF EXISTS marts.{{ mart.name | ident }};
CREATE MATERIALIZED VIEW marts.{{ mart.name | ident }} AS
{{ mart.query | sql }}
WITH DATA;
CREATE UNIQUE INDEX {{ (mart.name ~ "_key") | ident }} ON marts.{{ mart.name | ident }} ({{ mart.unique | idents }});
COMMENT ON MATERIALIZED VIEW marts.{{ mart.name | ident }} IS {{ mart.title | literal }};
RESET ROLE;
DELETE FROM ops.marts WHERE mart = {{ mart.name | literal }};
