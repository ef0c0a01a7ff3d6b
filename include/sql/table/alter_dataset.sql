-- {{ dataset.title | sql }}: what include/catalog/{{ dataset.id | sql }}.yaml has come to say since its last migration.
-- depends: {{ depends | sql }}
{% set before = dataset.staging_table[:55] ~ "_before" %}

{% if changes.wider %}
-- A mart holds the types of what it reads; `enverus migrate` makes those of this dataset anew.
SELECT ops.drop_marts_of({{ dataset.id | literal }});
{% endif %}
{% for column in changes.new %}
ALTER TABLE core.{{ dataset.table | ident }} ADD COLUMN {{ column.name | ident }} {{ column.type | sql }};
{% endfor %}
{% for column in changes.wider %}
ALTER TABLE core.{{ dataset.table | ident }} ALTER COLUMN {{ column.name | ident }} TYPE {{ column.type | sql }};
{% endfor %}
{% for name in changes.nullable %}
ALTER TABLE core.{{ dataset.table | ident }} ALTER COLUMN {{ name | ident }} DROP NOT NULL;
{% endfor %}
{% for name, rule in changes.constraints.items() %}
ALTER TABLE core.{{ dataset.table | ident }} ADD CONSTRAINT {{ name | ident }} {{ rule | sql }};
{% endfor %}
{% for name in changes.dropped_indexes %}
DROP INDEX core.{{ name | ident }};
{% endfor %}
{% for subject in changes.regranted %}
REVOKE ALL ON {{ subject.replace(" TO ", " FROM ") | sql }};
{% endfor %}
{% for statement in changes.statements %}
{{ statement | sql }}
{% endfor %}

{% if changes.staging %}
-- Staging is made anew in the catalog's order, and the batches that are in it move over.
SET ROLE enverus_loader;
DROP VIEW staging.{{ dataset.table | ident }};
ALTER TABLE staging.{{ dataset.staging_table | ident }} RENAME TO {{ before | ident }};
{% include "table/create_staging.sql" %}
DO $$
DECLARE
    part record;
BEGIN
    FOR part IN
        SELECT c.oid::regclass::text AS name, pg_get_expr(c.relpartbound, c.oid) AS bound
        FROM pg_inherits AS i INNER JOIN pg_class AS c ON i.inhrelid = c.oid
        WHERE i.inhparent = {{ ("staging." ~ before) | literal }}::regclass
    LOOP
        EXECUTE format('ALTER TABLE staging.%I DETACH PARTITION %s', {{ before | literal }}, part.name);
        {% for column in staged.new %}
        EXECUTE format('ALTER TABLE %s ADD COLUMN %I %s', part.name, {{ column.name | literal }}, {{ column.type | literal }});
        {% endfor %}
        {% for column in staged.wider %}
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I TYPE %s', part.name, {{ column.name | literal }}, {{ column.type | literal }});
        {% endfor %}
        EXECUTE format('ALTER TABLE staging.%I ATTACH PARTITION %s %s', {{ dataset.staging_table | literal }}, part.name, part.bound);
    END LOOP;
END
$$;
DROP TABLE staging.{{ before | ident }};
RESET ROLE;
{% endif %}
