"""The expectation that a table's columns have the catalog's types, read from the server's catalog, not from rows.

Great Expectations has one for a single column, in SQLAlchemy's spelling; some tables here have three hundred columns,
and a page with a section for each would hide what matters.
"""

from typing import Any, ClassVar

from great_expectations.execution_engine import ExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.render import (
    LegacyDiagnosticRendererType,
    LegacyRendererType,
    RenderedStringTemplateContent,
)
from great_expectations.render.renderer.renderer import renderer

SPELLINGS = {"timestamptz": "timestamp with time zone", "timestamp": "timestamp without time zone"}


class ExpectTableColumnsToHaveTypes(BatchExpectation):
    """Expect each named column to have its type, with length, precision, time zone, geometry type and SRID.

    What a type says the server has enforced on every row, so nothing of it is asked of the rows again.
    """

    types: dict[str, str]

    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.column_types",)
    success_keys: ClassVar[tuple[str, ...]] = ("types",)
    args_keys: ClassVar[tuple[str, ...]] = ("types",)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: ExecutionEngine[Any] | None = None,
    ) -> dict[str, Any]:
        found = {str(item["name"]): str(item["type"]).lower() for item in metrics["table.column_types"]}
        other = [
            f"{name} is {found.get(name, 'missing')}, not {type_}"
            for name, type_ in self.types.items()
            if _compact(found.get(name, "")) != _compact(SPELLINGS.get(type_, type_))
        ]
        return {"success": not other, "result": {"observed_value": "; ".join(other) or "as expected"}}

    @classmethod
    @renderer(renderer_type=LegacyRendererType.PRESCRIPTIVE)
    def _prescriptive_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None
    ) -> list[RenderedStringTemplateContent]:
        types = (configuration or result.expectation_config).kwargs["types"]
        listed = ", ".join(f"{name} {type_}" for name, type_ in types.items())
        content = {"template": "Columns must have these types: $listed.", "params": {"listed": listed}}
        return [RenderedStringTemplateContent(content_block_type="string_template", string_template=content)]

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.OBSERVED_VALUE)
    def _diagnostic_observed_value_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None
    ) -> str:
        return str(result.result.get("observed_value", "--")) if result else "--"


def _compact(type_: str) -> str:
    return type_.replace(" ", "").lower()
