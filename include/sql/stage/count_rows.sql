SELECT count(*) FROM staging.{{ partition | ident }}
