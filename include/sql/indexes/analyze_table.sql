ANALYZE core.{{ dataset.table | ident }}
