DROP TABLE {{ schema | ident }}.{{ table | ident }}
