"""The warehouse's schema: DDL from the catalog, migrations and marts."""
