-- By way of text, as the values were tried: a number with a fraction is no integer.
ALTER TABLE {{ schema | ident }}.{{ table | ident }}
ALTER COLUMN {{ column | ident }} TYPE {{ type | sql }}
USING nullif(btrim({{ column | ident }}::text), '')::{{ type | sql }}
