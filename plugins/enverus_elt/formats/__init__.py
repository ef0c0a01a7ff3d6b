"""Files of GIS formats on disk ↔ Arrow, GeoParquet and Cloud Optimized GeoTIFF: no warehouse, no object store."""
