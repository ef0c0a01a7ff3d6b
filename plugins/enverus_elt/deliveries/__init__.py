"""Deliveries: files that partners hand in with a manifest, as plain data. No I/O but of the repository's own files."""
