SELECT count(*) FROM marts.{{ mart | ident }}
