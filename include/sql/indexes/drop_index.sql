DROP INDEX core.{{ index | ident }}
