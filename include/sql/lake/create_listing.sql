CREATE TEMPORARY TABLE lake_listing (key text NOT NULL, bytes bigint NOT NULL) ON COMMIT DROP
