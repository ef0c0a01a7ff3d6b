"""What the expectations about each row of a column have in common: cheap to evaluate, and readable in Data Docs."""

from collections.abc import Sequence
from typing import Any, ClassVar

from great_expectations.render import (
    CollapseContent,
    LegacyDiagnosticRendererType,
    LegacyRendererType,
    RenderedStringTemplateContent,
)
from great_expectations.render.renderer.renderer import renderer
from great_expectations.render.util import num_to_str

from enverus_elt.expectations.counting import CountsOnly

BADGES = {"default": {"classes": ["badge", "badge-secondary"]}}


class RowExpectation(CountsOnly):
    """Asks the same of each row in which the column has a value.

    Every metric is a condition on one column, whatever other columns it reads: all conditions on a table are then
    counted by one statement, while a condition on a pair of columns would take a statement of its own.
    """

    demand: ClassVar[str] = ""  # what must be, with the arguments as $names
    finding: ClassVar[str] = ""  # what is wrong with the rows that fail it

    @classmethod
    @renderer(renderer_type=LegacyRendererType.PRESCRIPTIVE)
    def _prescriptive_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None
    ) -> list[RenderedStringTemplateContent]:
        kwargs = (configuration or result.expectation_config).kwargs
        demand = cls.demand
        if (mostly := kwargs.get("mostly", 1)) < 1:
            demand += f", in at least {num_to_str(mostly * 100, no_scientific=True)} % of the rows that have a value"
        if (runtime_configuration or {}).get("include_column_name") is not False:
            demand = f"$column: {demand}"
        return [_text(f"{demand}.", {name: _shown(value) for name, value in kwargs.items()}, BADGES)]

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.UNEXPECTED_STATEMENT)
    def _diagnostic_unexpected_statement_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None
    ) -> list[RenderedStringTemplateContent | CollapseContent]:
        found = result.result if result else {}
        if not found.get("unexpected_count"):
            return []
        judged = found["element_count"] - found["missing_count"]
        statement = f"{found['unexpected_count']:,} of {judged:,} rows that have a value: {cls.finding}."
        return [_text(statement, {}, {"classes": [] if result.success else ["text-danger"]})]


def _text(template: str, params: dict[str, str], styling: dict[str, Any]) -> RenderedStringTemplateContent:
    return RenderedStringTemplateContent(
        content_block_type="string_template",
        string_template={"template": template, "params": params, "styling": styling},
    )


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} = {other}" for name, other in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(_shown, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
