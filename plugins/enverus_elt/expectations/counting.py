"""Expectations that count rows at fault and never fetch them.

Great Expectations asks for a sample of the values at fault with a statement for each expectation, even where no value
is to be shown. Without it all expectations about rows of a table share one statement.
"""

from types import new_class
from typing import Any

from great_expectations.expectations import core
from great_expectations.expectations.expectation import ColumnMapExpectation


class CountsOnly(ColumnMapExpectation):
    """An expectation about each row of a column that has no need of samples."""

    def get_validation_dependencies(self, *args: Any, **kwargs: Any) -> Any:
        """All that is to be measured, without the sample."""
        dependencies = super().get_validation_dependencies(*args, **kwargs)
        dependencies.metric_configurations.pop(f"{self.map_metric}.unexpected_values", None)
        return dependencies


def count_only() -> None:
    """Let Great Expectations' own expectations about rows count only: a class of the same name replaces each."""
    for name, known in vars(core).items():
        if isinstance(known, type) and issubclass(known, ColumnMapExpectation):
            new_class(name, (CountsOnly, known))
