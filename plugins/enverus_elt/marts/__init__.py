"""Marts: views of schema ``marts`` as files, what they read, and in which order they are made and refreshed."""

from enverus_elt.marts.files import Kind, Mart, load_marts, read_marts
from enverus_elt.marts.graph import datasets_behind, marts_of, marts_reading, reads, shared_marts

__all__ = [
    "Kind",
    "Mart",
    "datasets_behind",
    "load_marts",
    "marts_of",
    "marts_reading",
    "read_marts",
    "reads",
    "shared_marts",
]
