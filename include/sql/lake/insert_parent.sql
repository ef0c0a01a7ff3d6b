INSERT INTO ops.lake_lineage (
    dataset, version, number, parent_dataset, parent_version, parent_file, parent_sha256
)
VALUES (
    %(dataset)s,
    %(version)s,
    %(number)s,
    %(parent_dataset)s,
    %(parent_version)s,
    %(parent_file)s,
    %(parent_sha256)s
)
