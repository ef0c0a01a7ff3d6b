SELECT count({{ column | ident }}) AS count FROM pg_temp.{{ table | ident }}
