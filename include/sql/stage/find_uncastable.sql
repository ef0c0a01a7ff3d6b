-- The first column of each row that its type refuses. The pattern clears most values without the slow attempt.
CREATE TEMPORARY TABLE uncastable ON COMMIT DROP AS
SELECT
    row_no::bigint AS row_no,
    CASE
    {% for check in checks %}
        WHEN {{ check.column | ident }} IS NOT NULL
        {% if check.length %}
            AND char_length(rtrim({{ check.column | ident }}, ' ')) > {{ check.length | literal }}
        {% else %}
            {% if check.pattern %}
            AND {{ check.column | ident }} !~ {{ check.pattern | literal }}
            {% endif %}
            AND NOT ops.is_castable({{ check.column | ident }}, {{ check.type | literal }})
        {% endif %}
            THEN {{ check.column | literal }}
    {% endfor %}
    END AS column_name
FROM pg_temp.{{ table | ident }};
DELETE FROM uncastable WHERE column_name IS NULL;
