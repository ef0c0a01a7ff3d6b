DROP TABLE {{ schema | ident }}.{{ table | ident }};
ALTER TABLE {{ schema | ident }}.{{ target | ident }} RENAME TO {{ table | ident }};
