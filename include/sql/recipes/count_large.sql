SELECT count(*) FROM {{ schema | ident }}.{{ table | ident }} WHERE st_npoints(geometry) > %(most)s
