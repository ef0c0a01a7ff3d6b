INSERT INTO staging.{{ partition | ident }} ({{ columns | idents }})
SELECT
{% for column, type in types %}
    {{ column | ident }}::{{ type | sql }}{{ ("" if loop.last else ",") | sql }}
{% endfor %}
FROM pg_temp.{{ table | ident }} AS t
WHERE NOT EXISTS (SELECT FROM uncastable AS u WHERE u.row_no = t.row_no::bigint);
