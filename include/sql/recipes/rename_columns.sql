{% for old, new in renamed.items() %}
ALTER TABLE {{ schema | ident }}.{{ table | ident }} RENAME COLUMN {{ old | ident }} TO {{ ("_new_%d" % loop.index) | ident }};
{% endfor %}
{% for old, new in renamed.items() %}
ALTER TABLE {{ schema | ident }}.{{ table | ident }} RENAME COLUMN {{ ("_new_%d" % loop.index) | ident }} TO {{ new | ident }};
{% endfor %}
