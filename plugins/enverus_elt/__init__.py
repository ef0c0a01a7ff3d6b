"""Loads oil and gas datasets into a PostGIS warehouse: extract → stage → validate → merge → refresh.

Imports go one way: errors ← paths, sql ← catalog ← sources ← hooks ← steps ← operators ← dag_factory.
"""
