"""The five steps, as plain functions over a connection, an object store and a dataset."""
