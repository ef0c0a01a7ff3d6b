"""What marts read, directly and through each other, and so which DAG refreshes which of them."""

from collections.abc import Iterable, Iterator

from enverus_elt.marts.files import Mart


def reads(mart: Mart, marts: Iterable[Mart]) -> tuple[str, ...]:
    """What changes the mart's rows: datasets and materialized marts, where a plain view stands for what it reads."""
    return tuple(sorted(set(_through_views(mart, {other.name: other for other in marts}))))


def datasets_behind(mart: Mart, marts: Iterable[Mart]) -> frozenset[str]:
    """The ids of the datasets whose rows reach the mart, through whatever marts."""
    return frozenset(_through_marts(mart, {other.name: other for other in marts}))


def marts_of(dataset_id: str, marts: tuple[Mart, ...]) -> tuple[Mart, ...]:
    """The marts that only this dataset's rows reach, each behind those that it reads: its own DAG refreshes them."""
    return tuple(mart for mart in marts if mart.materialized and datasets_behind(mart, marts) == {dataset_id})


def marts_reading(dataset_id: str, marts: tuple[Mart, ...]) -> tuple[Mart, ...]:
    """The marts that this dataset's rows reach, each behind those that it reads."""
    return tuple(mart for mart in marts if mart.materialized and dataset_id in datasets_behind(mart, marts))


def shared_marts(marts: tuple[Mart, ...]) -> tuple[Mart, ...]:
    """The marts that several datasets' rows reach: each has a DAG of its own, triggered by the assets it reads."""
    return tuple(mart for mart in marts if mart.materialized and len(datasets_behind(mart, marts)) > 1)


def _through_views(mart: Mart, known: dict[str, Mart]) -> Iterator[str]:
    for name in mart.inputs:
        other = known.get(name)
        if other is None or other.materialized:
            yield name
        else:
            yield from _through_views(other, known)


def _through_marts(mart: Mart, known: dict[str, Mart]) -> Iterator[str]:
    for name in mart.inputs:
        if name in known:
            yield from _through_marts(known[name], known)
        else:
            yield name
