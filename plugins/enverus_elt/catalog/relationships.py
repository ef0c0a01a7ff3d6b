"""What rows of one dataset refer to in another one, as plain data."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from enverus_elt.catalog.columns import Identifier, Strict


class Relationship(Strict):
    """``columns`` of a row name a row of the dataset ``refers_to`` by that one's columns ``to``.

    ``most_unknown`` is the share of a batch's rows that may refer to nothing: datasets are loaded at different hours,
    so one of them is always a little ahead. It never stops a load, for it says as much about the other dataset.
    """

    columns: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    refers_to: Annotated[str, StringConstraints(min_length=1)]
    to: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    most_unknown: Annotated[float, Field(ge=0, lt=1)] = 0.01
    severity: Literal["warning", "info"] = "info"

    @model_validator(mode="after")
    def _sides_match(self) -> "Relationship":
        for side, names in (("columns", self.columns), ("to", self.to)):
            if len(set(names)) < len(names):
                raise ValueError(f"{side} names a column twice: [{', '.join(names)}]")
        if len(self.columns) != len(self.to):
            raise ValueError(f"columns and to must be equally many, not {len(self.columns)} and {len(self.to)}")
        return self
