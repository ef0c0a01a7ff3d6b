"""The embedded stack: a private PostGIS cluster, an S3 server, an Enverus API with real data, and Airflow.

It needs no Docker and no service of the machine's own, keeps everything it writes in one folder (`.sandbox`),
listens on 127.0.0.1 only, and leaves no process behind however it ends.
"""
