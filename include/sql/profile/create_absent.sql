-- Rows of core that the merge would delete because a batch that read the whole source does not have them.
{% from "merge/values.sql" import is_absent %}
CREATE TEMPORARY TABLE absent ON COMMIT DROP AS
SELECT c.objectid
FROM core.{{ dataset.table | ident }} AS c
{% if read_all %}
WHERE {{ is_absent(dataset) | trim | sql }};
{% else %}
WHERE FALSE;
{% endif %}
