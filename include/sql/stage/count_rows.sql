SELECT count(*) FROM staging.{{ table | ident }}
