"""How a table of core is cut into partitions, as plain data."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from enverus_elt.catalog.columns import Identifier, Strict


class PartitionBy(StrEnum):
    """What decides in which partition a row is."""

    MONTH = "month"  # of a time: made when the first row of a month arrives
    HASH = "hash"  # so that the rows of one value, a well say, are together


class Partition(Strict):
    """Partitions of core's table by ``column``, which is part of the key: a row never moves from one to another.

    ``parts`` is the number of partitions by hash; months are as many as there are.
    """

    by: PartitionBy
    column: Identifier
    parts: Annotated[int, Field(ge=2, le=256)] | None = None

    @model_validator(mode="after")
    def _parts_belong_to_a_hash(self) -> "Partition":
        if (self.parts is None) == (self.by is PartitionBy.HASH):
            raise ValueError("parts is the number of partitions by hash: say it with 'by: hash', and nowhere else")
        return self
