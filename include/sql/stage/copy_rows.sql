COPY staging.{{ table | ident }} ({{ columns | idents }}) FROM STDIN (FORMAT csv, HEADER match)
