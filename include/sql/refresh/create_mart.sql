SET LOCAL ROLE enverus_marts;
{% if mart.materialized %}
CREATE MATERIALIZED VIEW marts.{{ mart.name | ident }} AS
{{ mart.query | sql }}
WITH DATA;
CREATE UNIQUE INDEX {{ (mart.name ~ "_key") | ident }} ON marts.{{ mart.name | ident }} ({{ mart.unique | idents }});
COMMENT ON MATERIALIZED VIEW marts.{{ mart.name | ident }} IS {{ mart.title | literal }};
{% else %}
CREATE VIEW marts.{{ mart.name | ident }} AS
{{ mart.query | sql }};
COMMENT ON VIEW marts.{{ mart.name | ident }} IS {{ mart.title | literal }};
-- Whether its owner may read what it reads is asked only when it is read: now, rather than when somebody needs it.
SELECT FROM marts.{{ mart.name | ident }} WHERE FALSE;
{% endif %}
RESET ROLE;
