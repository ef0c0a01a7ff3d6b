"""Who has to sign for a batch before it reaches core, as plain data."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from enverus_elt.catalog.columns import Strict

Reviewer = Annotated[str, StringConstraints(pattern=r"^[^\s,]{1,128}$")]


class SignOffPolicy(StrEnum):
    """Which batches wait for a signature."""

    NEVER = "never"
    ON_WARNING = "on_warning"  # those that fail an expectation of severity warning
    ALWAYS = "always"
    FIRST_LOAD = "first_load"  # the first that is ever merged


class NextBatch(StrEnum):
    """What becomes of a batch that nobody has signed when the next load of its dataset is due."""

    WAIT = "wait"  # the next load begins when this one is decided
    SUPERSEDE = "supersede"  # this one expires, and the next load reads its rows again


class SignOff(Strict):
    """When a batch waits for a signature, whose, and for how long.

    ``reviewers`` are ids of Airflow's users; nobody else can answer. A batch that nobody answered within
    ``timeout_hours`` is rejected.
    """

    policy: SignOffPolicy = SignOffPolicy.NEVER
    reviewers: tuple[Reviewer, ...] = ()
    remind_after_hours: Annotated[float, Field(gt=0, le=8760, allow_inf_nan=False)] = 24
    timeout_hours: Annotated[float, Field(gt=0, le=8760, allow_inf_nan=False)] = 72
    next_batch: NextBatch = NextBatch.WAIT

    @model_validator(mode="after")
    def _somebody_can_sign(self) -> "SignOff":
        if self.policy is not SignOffPolicy.NEVER and not self.reviewers:
            raise ValueError(f"policy {self.policy.value!r} needs reviewers: the ids of the Airflow users who may sign")
        return self
