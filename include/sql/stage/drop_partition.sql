DROP TABLE IF EXISTS staging.{{ partition | ident }};
