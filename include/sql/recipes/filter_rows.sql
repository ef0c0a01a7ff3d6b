DELETE FROM {{ schema | ident }}.{{ table | ident }}
WHERE ({{ column | ident }} {{ operator }} (%(value)s::text)::{{ type | sql }}) IS NOT TRUE
