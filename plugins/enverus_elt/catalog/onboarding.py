"""How a dataset came into the catalog, as plain data; what the warehouse knows itself is not repeated here."""

from datetime import date

from pydantic import model_validator

from enverus_elt.catalog.columns import Strict


class Onboarding(Strict):
    """When the schema was imported, from which workbook, and when who reviewed it."""

    imported: date | None = None
    workbook: str | None = None
    reviewed: date | None = None
    reviewed_by: str | None = None

    @model_validator(mode="after")
    def _a_review_has_a_name(self) -> "Onboarding":
        if (self.reviewed is None) != (self.reviewed_by is None):
            raise ValueError("reviewed and reviewed_by belong together: when, and who")
        return self
