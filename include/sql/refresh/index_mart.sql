SET LOCAL ROLE enverus_marts;
{% for shape in shapes %}
CREATE INDEX {{ (mart.name ~ "_" ~ shape) | ident }} ON marts.{{ mart.name | ident }} USING gist ({{ shape | ident }});
{% endfor %}
RESET ROLE;
