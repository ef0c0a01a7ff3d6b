-- Unlogged: what a crash takes is made again from the delivered files.
CREATE UNLOGGED TABLE {{ schema | ident }}.{{ table | ident }} (
{% for name, type in types %}
    {{ name | ident }} {{ type | sql }}{% if not loop.last %},{% endif %}

{% endfor %}
)
