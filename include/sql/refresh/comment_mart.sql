SET LOCAL ROLE enverus_marts;
{% for column, meaning in meanings.items() %}
COMMENT ON COLUMN marts.{{ mart.name | ident }}.{{ column | ident }} IS {{ meaning | literal }};
{% endfor %}
RESET ROLE;
