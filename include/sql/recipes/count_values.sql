SELECT count({{ column | ident }}) FROM {{ schema | ident }}.{{ table | ident }}
