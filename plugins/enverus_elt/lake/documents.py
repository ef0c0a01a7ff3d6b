"""Values from files as PostgreSQL can keep them: no NUL, no half characters, no NaN."""

import json
import math
from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb


def storable(text: str) -> str:
    """The text with a replacement character for what no text column takes: NUL and lone surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")


def document(value: Any) -> Jsonb:
    """A value as jsonb: what NumPy and dates are made of becomes plain, and what JSON has no number for is null."""
    return Jsonb(_plain(value), dumps=lambda plain: json.dumps(plain, allow_nan=False, default=str))


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {storable(str(name)): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    if hasattr(value, "tolist"):  # NumPy's scalars and arrays
        return _plain(value.tolist())
    return value
