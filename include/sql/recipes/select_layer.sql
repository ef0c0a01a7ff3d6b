-- Along PostGIS' Hilbert curve, so that what is near is near in the file. Rows at one place are sorted by their values,
-- not by where they stood: the same data in another order is the same content. Exterior rings run counterclockwise; for
-- that there is st_forcepolygonccw, but it turns lines round too, and which way they run may be the way of the flow.
SELECT
{% for column, type in types %}
    s.{{ column | ident }}{% if type.startswith("numeric") %}::text AS {{ column | ident }}{% endif %},
{% endfor %}
    st_asbinary(st_reverse(st_forcepolygoncw(st_reverse(s.geometry))), 'NDR') AS wkb
FROM {{ schema | ident }}.{{ table | ident }} AS s
ORDER BY
    s.geometry
{% for column, type in types %}
    , s.{{ column | ident }}{% if type == "text" %} COLLATE "C"{% endif %}

{% endfor %}
