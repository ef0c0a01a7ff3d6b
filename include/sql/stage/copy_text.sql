COPY pg_temp.{{ table | ident }} ({{ columns | idents }}) FROM STDIN (FORMAT csv, HEADER match)
