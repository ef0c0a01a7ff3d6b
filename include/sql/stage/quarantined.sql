{# What is kept of a row in quarantine beside the row: when it changed, if that can be said, and its key, if it has one. #}
{% macro typed_version(dataset, alias) %}
CASE
        WHEN greatest({{ dataset.version_columns | idents(alias) }}) <= %(until)s::timestamptz + interval '1 day'
            THEN greatest({{ dataset.version_columns | idents(alias) }})
    END
{%- endmacro %}

{% macro typed_key(dataset, alias) %}
CASE
        WHEN num_nulls({{ dataset.load.key | idents(alias) }}) = 0
            THEN jsonb_build_array({% for name in dataset.load.key %}{{ [name] | idents(alias) }}::text{{ ("" if loop.last else ", ") | sql }}{% endfor %})
    END
{%- endmacro %}

{% macro text_version(dataset, alias) %}
greatest(
{% for name in dataset.version_columns %}
        CASE
            WHEN ops.is_castable({{ [name] | idents(alias) }}, 'timestamptz')
                THEN CASE WHEN {{ [name] | idents(alias) }}::timestamptz <= %(until)s::timestamptz + interval '1 day' THEN {{ [name] | idents(alias) }}::timestamptz END
        END{{ ("" if loop.last else ",") | sql }}
{% endfor %}
    )
{%- endmacro %}

{% macro text_key(dataset, alias) %}
CASE
        WHEN {% for name in dataset.load.key %}ops.is_castable({{ [name] | idents(alias) }}, {{ dataset.by_name[name].type | literal }}){{ ("" if loop.last else " AND ") | sql }}{% endfor %}

            THEN jsonb_build_array({% for name in dataset.load.key %}{{ [name] | idents(alias) }}::{{ dataset.by_name[name].type | sql }}::text{{ ("" if loop.last else ", ") | sql }}{% endfor %})
    END
{%- endmacro %}
