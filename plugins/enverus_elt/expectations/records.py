"""Expectations about a row among others: its key, the row it refers to, and the order of two of its values."""

from typing import Any, ClassVar

import sqlalchemy as sa
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.metrics import ColumnMapMetricProvider, column_condition_partial

from enverus_elt.expectations.rows import RowExpectation

Condition = sa.ColumnElement[bool]
ONE: sa.ColumnElement[int] = sa.literal_column("1")


MOST_REPEATED = 50_000  # keys that are told apart: few enough for PostgreSQL to hash them whatever it expects to find


class KeyIsUnique(ColumnMapMetricProvider):
    """Whether no other row has the same key: one hashed aggregate, instead of a join of the table with itself.

    PostgreSQL expects a third of the keys to be repeated. Of millions it would not hash the list but look through it
    for each row, which never ends; so it is asked first whether there is any, and then for no more than it hashes.
    Rows of further keys are not counted.
    """

    condition_metric_name = "column_values.key_unique"
    condition_value_keys = ("key",)

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column: Any, key: list[str], _table: Any, **_: Any) -> Condition:  # noqa: N805
        columns: list[Any] = [sa.column(name) for name in key]
        rows = _table.subquery() if isinstance(_table, sa.Select) else _table
        repeated = sa.select(*columns).select_from(rows).group_by(*columns).having(sa.func.count() > 1)
        is_single = sa.tuple_(*columns).not_in(repeated.limit(MOST_REPEATED))
        return sa.case((sa.not_(repeated.exists()), sa.true()), else_=is_single)


class RowIsKnown(ColumnMapMetricProvider):
    """Whether another table holds the row that this one refers to.

    One look at that table's index for each row of the batch, so the cost follows the batch. A table without any row
    was never loaded and says nothing.
    """

    condition_metric_name = "column_values.row_known"
    condition_value_keys = ("refers_to", "match")

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column: Any, refers_to: str, match: dict[str, str], **_: Any) -> Condition:  # noqa: N805
        schema, name = refers_to.split(".")
        referred = sa.table(name, *map(sa.column, match.values()), schema=schema)
        # Under other names, for within the subquery a column of the batch and one of the table look the same.
        names = {own: f"referred_{number}" for number, own in enumerate(match)}
        rows = sa.select(*(referred.c[match[own]].label(label) for own, label in names.items())).subquery("referred")
        same = [rows.c[label] == sa.column(own) for own, label in names.items()]
        found = sa.select(ONE).select_from(rows).where(*same).exists()
        missing = [sa.column(own).is_(None) for own in match]
        return sa.or_(*missing, found, sa.not_(sa.select(ONE).select_from(referred).exists()))


class ValueDoesNotExceed(ColumnMapMetricProvider):
    """Whether a value is at most another column's."""

    condition_metric_name = "column_values.value_does_not_exceed"
    condition_value_keys = ("other",)

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column: sa.ColumnClause[Any], other: str, **_: Any) -> Condition:  # noqa: N805
        return column <= sa.column(other)


class ExpectColumnKeysToBeUnique(RowExpectation):
    """Expect each key once; ``column`` is the key's first column."""

    key: list[str]

    map_metric = "column_values.key_unique"
    success_keys = ("key", "mostly")
    demand: ClassVar[str] = "each key ($key) must be there once"
    finding: ClassVar[str] = "the key is another row's too"


class ExpectColumnValuesToReferToKnownRows(RowExpectation):
    """Expect the row that ``match`` (own column: that one's) names in the table ``refers_to``.

    ``column`` is the first own one: a row in which it is empty refers to nothing.
    """

    refers_to: str
    match: dict[str, str]

    map_metric = "column_values.row_known"
    success_keys = ("refers_to", "match", "mostly")
    demand: ClassVar[str] = "the row that $match names must be in $refers_to, once anything is"
    finding: ClassVar[str] = "the row that it refers to is not known"


class ExpectColumnValuesToNotExceedColumn(RowExpectation):
    """Expect values, numbers or times, that are at most those of another column, where both are given."""

    other: str

    map_metric = "column_values.value_does_not_exceed"
    success_keys = ("other", "mostly")
    demand: ClassVar[str] = "values must not exceed those of $other, where both are given"
    finding: ClassVar[str] = "the value exceeds the other column's"
