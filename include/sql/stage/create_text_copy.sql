CREATE TEMPORARY TABLE {{ table | ident }} (
{% for column in columns %}
    {{ column | ident }} text{{ ("" if loop.last else ",") | sql }}
{% endfor %}
) ON COMMIT DROP;
