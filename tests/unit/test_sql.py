"""SQL from templates: whatever is interpolated is quoted, and a bare value never reaches the server."""

import re
from collections.abc import Callable
from pathlib import Path

import jinja2
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from enverus_elt import sql
from enverus_elt.errors import CatalogError
from enverus_elt.sql import Fragment, quote_identifier, quote_literal, render

Render = Callable[..., str]
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
TRICKY = st.text(st.sampled_from("a'\"\\%;-\n$E "))


@pytest.fixture
def rendered(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Render:
    """Renders a template's text the way a file of the repository is."""
    environment = sql._environment().overlay(loader=jinja2.FileSystemLoader(folder))
    monkeypatch.setattr(sql, "_environment", lambda: environment)

    def render_text(text: str, **names: object) -> str:
        (folder / "t.sql").write_text(text, encoding="utf-8")
        return render("t.sql", **names)

    return render_text


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("wells", '"wells"'),
        ("Wells", '"Wells"'),
        ("select", '"select"'),
        ('a"b', '"a""b"'),
        ('"; DROP TABLE wells; --', '"""; DROP TABLE wells; --"'),
        ("a" * 63, '"' + "a" * 63 + '"'),
        ("é" * 31, '"' + "é" * 31 + '"'),
    ],
)
def test_identifiers_are_quoted(name: str, quoted: str) -> None:
    assert quote_identifier(name) == quoted


@pytest.mark.parametrize("name", ["", "a\x00b", "a" * 64, "é" * 32], ids=["empty", "NUL", "64 bytes", "64 bytes é"])
def test_what_postgresql_would_cut_or_refuse_is_no_identifier(name: str) -> None:
    with pytest.raises(CatalogError, match="not a PostgreSQL identifier"):
        quote_identifier(name)


@given(st.one_of(TEXT, TRICKY))
def test_an_identifier_reads_back_as_it_was(name: str) -> None:
    assume(0 < len(name.encode()) <= 63)
    quoted = quote_identifier(name)
    assert re.fullmatch(r'"([^"]|"")+"', quoted)
    assert quoted[1:-1].replace('""', '"') == name


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("", "''"),
        ("US", "'US'"),
        ("O'Brien", "'O''Brien'"),
        ("C:\\wells", "E'C:\\\\wells'"),
        ("\\'; DROP TABLE wells; --", "E'\\\\''; DROP TABLE wells; --'"),
        (4326, "4326"),
        (-180.5, "-180.5"),
    ],
)
def test_literals_are_quoted(value: str | float, quoted: str) -> None:
    assert quote_literal(value) == quoted


def test_a_literal_with_nul_is_refused() -> None:
    with pytest.raises(CatalogError, match="NUL"):
        quote_literal("a\x00b")


@given(st.one_of(TEXT, TRICKY))
def test_a_literal_reads_back_as_it_was(value: str) -> None:
    assert read_literal(quote_literal(value)) == value


def read_literal(literal: str) -> str:
    """PostgreSQL's rules with standard_conforming_strings: backslashes mean something in E'…' alone."""
    if literal.startswith("E"):
        assert re.fullmatch(r"E'([^'\\]|''|\\\\)*'", literal)
        return re.sub(r"''|\\\\", lambda match: match[0][0], literal[2:-1])
    assert re.fullmatch(r"'([^'\\]|'')*'", literal)
    return literal[1:-1].replace("''", "'")


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("SELECT {{ one | ident }}", 'SELECT "a""b"'),
        ("SELECT {{ many | idents }}", 'SELECT "x", "y"'),
        ('SELECT {{ many | idents("t.") }}', 'SELECT t."x", t."y"'),
        ("SELECT {{ one | literal }}", "SELECT 'a\"b'"),
        ("SELECT {{ many | literals }}", "SELECT 'x', 'y'"),
        ("SELECT {{ 'now()' | sql }}", "SELECT now()"),
        ("{% if one %}SELECT 1{% endif %}", "SELECT 1"),
        ("SELECT %(value)s", "SELECT %(value)s"),
    ],
)
def test_a_template_quotes_with_its_filters(rendered: Render, template: str, expected: str) -> None:
    assert rendered(template, one='a"b', many=("x", "y")) == expected


@pytest.mark.parametrize(
    "template",
    [
        "SELECT {{ name }}",
        "SELECT {{ 'constant' }}",
        "SELECT {{ 1 }}",
        "SELECT {{ name | ident ~ '; DROP TABLE wells' }}",
        "SELECT {{ name | ident | upper }}",
        "SELECT {{ (name | literal) + name }}",
        "{% for n in [name] %}{{ n }}{% endfor %}",
        "{% set n %}{{ name | ident }} -- {% endset %}{{ n }}",
    ],
)
def test_a_bare_value_is_refused(rendered: Render, template: str) -> None:
    with pytest.raises(CatalogError, match="without quoting it"):
        rendered(template, name="wells")


@pytest.mark.parametrize(
    "template",
    ["{{ missing | ident }}", "{{ missing | literal }}", "{{ missing | sql }}", "{% if missing %}{% endif %}"],
)
def test_an_undefined_name_is_an_error_that_names_it(rendered: Render, template: str) -> None:
    with pytest.raises(jinja2.UndefinedError, match="'missing' is undefined"):
        rendered(template)


def test_a_bare_undefined_name_is_refused_too(rendered: Render) -> None:
    with pytest.raises(CatalogError, match="without quoting it"):
        rendered("SELECT {{ missing }}")


def test_quoting_gives_fragments_and_nothing_made_of_one_is_a_fragment() -> None:
    assert type(quote_identifier("a")) is type(quote_literal("a")) is Fragment
    assert type(quote_identifier("a") + "") is str


def test_templates_of_the_repository_are_found() -> None:
    assert render("stage/count_rows.sql", table='a"b') == 'SELECT count(*) FROM staging."a""b"\n'
