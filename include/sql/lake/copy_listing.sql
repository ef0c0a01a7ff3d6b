COPY lake_listing (key, bytes) FROM STDIN
