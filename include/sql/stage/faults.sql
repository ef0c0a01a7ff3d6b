{# What can be wrong with a typed row, alias s: any of it as a condition, or each as condition, column and reason. #}
{% macro fault(form, column, reason) %}
{% if form == "any" %}
        OR ({{ caller() | trim | sql }})
{% else %}
        , ({{ caller() | trim | sql }}, {{ column | literal }}, {{ reason | literal }})
{% endif %}
{% endmacro %}

{% macro faults(dataset, form) %}
{% for name in dataset.load.key %}
{% call fault(form, name, "the key is missing") %}s.{{ name | ident }} IS NULL{% endcall %}
{% endfor %}
{% for name in dataset.required %}
{% call fault(form, name, "a required value is missing") %}s.{{ name | ident }} IS NULL{% endcall %}
{% endfor %}
{% if dataset.partition and dataset.partition.by.value == "month" %}
{% set month = dataset.partition.column %}
{% call fault(form, month, "the month is not one of the years 1850 to 2100") %}
NOT (s.{{ month | ident }} >= '1850-01-01' AND s.{{ month | ident }} < '2101-01-01')
{% endcall %}
{% endif %}
{# A day of grace, for the zone of the source's times is not known for sure. #}
{% call fault(form, dataset.load.cursor, "the time of the change lies in the future") %}
greatest({{ dataset.version_columns | idents("s.") }}) > %(until)s::timestamptz + interval '1 day'
{% endcall %}
{% for geometry in dataset.geometry %}
{% set place = "s." ~ (geometry.name | ident) %}
{% call fault(form, geometry.name, "the geometry is empty") %}st_isempty({{ place | sql }}){% endcall %}
{% call fault(form, geometry.name, "the geometry is no " ~ geometry.type.value) %}
geometrytype({{ place | sql }}) NOT IN ({{ geometry.accepted | literals }})
{% endcall %}
{% if geometry.geographic %}
{% call fault(form, geometry.name, "longitude or latitude is out of range") %}
{{ outside(place, (-180, -90, 180, 90)) | trim | sql }}
{% endcall %}
{% endif %}
{% if geometry.extent %}
{% call fault(form, geometry.name, "the geometry lies outside of the dataset's extent") %}
{{ outside(place, geometry.extent) | trim | sql }}
{% endcall %}
{% endif %}
{% if geometry.repair.value == "make_valid" %}
{% call fault(form, geometry.name, "the geometry is not valid and cannot be repaired") %}
NOT st_isvalid({{ place | sql }}) AND st_isempty(st_collectionextract(st_makevalid({{ place | sql }}), {{ geometry.dimension | literal }}))
{% endcall %}
{% endif %}
{% if geometry.repair.value == "quarantine" %}
{% call fault(form, geometry.name, "the geometry is not valid") %}NOT st_isvalid({{ place | sql }}){% endcall %}
{% endif %}
{% endfor %}
{% endmacro %}

{% macro outside(place, extent) %}
NOT (
    st_xmin({{ place | sql }}) >= {{ extent[0] | literal }} AND st_xmax({{ place | sql }}) <= {{ extent[2] | literal }}
    AND st_ymin({{ place | sql }}) >= {{ extent[1] | literal }} AND st_ymax({{ place | sql }}) <= {{ extent[3] | literal }}
)
{% endmacro %}
