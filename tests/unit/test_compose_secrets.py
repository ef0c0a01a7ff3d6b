"""Secrets come from the environment, are written down nowhere, and go only where they are needed."""

from __future__ import annotations

import json
import re

from tests.unit.compose import (
    COMPOSE,
    DOCKERFILE,
    ROOT,
    SECRET,
    SECRET_OF,
    SERVICES,
    VARIABLE,
    example,
    script,
    strings,
)

COMPOSE_OWN = {"COMPOSE_PROFILES"}  # read by Compose itself, so the file does not name it
VARIABLES = [match for text in strings(COMPOSE) for match in VARIABLE.finditer(text)]


def test_secrets_must_be_set() -> None:
    assert {match["name"] for match in VARIABLES if SECRET.search(match["name"])} == SECRET_OF.keys()
    for match in VARIABLES:
        if SECRET.search(match["name"]):
            assert match["kind"] == ":?", match[0]
        assert match["kind"] in (":?", ":-"), match[0]
        assert match["words"]
        assert match["kind"] == ":-" or "-" not in match["words"], match[0]  # Compose takes a hyphen for a default


def test_no_secret_is_written_down() -> None:
    for service, body in SERVICES.items():
        for name, value in body.get("environment", {}).items():
            if SECRET.search(name):
                assert VARIABLE.search(value), f"{service}: {name}"
            if name.startswith("AIRFLOW_CONN_"):
                assert json.loads(VARIABLE.sub("VARIABLE", value))["password"] == "VARIABLE", name
    assert not [text for text in strings(COMPOSE) if re.search(r"://[^/@:]*:[^$@/][^@/]*@", text)]
    assert not re.search(r"^(ENV|ARG)\b.*(PASSWORD|SECRET|_KEY|TOKEN|AIRFLOW_CONN|AIRFLOW__)", DOCKERFILE, re.MULTILINE)


def test_each_secret_goes_where_it_is_needed() -> None:
    where: dict[str, set[str]] = {}
    for service, body in SERVICES.items():
        for text in strings(body):
            for match in VARIABLE.finditer(text):
                where.setdefault(match["name"], set()).add(service)
    assert where["POSTGRES_PASSWORD"] == {"postgres", "databases"}
    assert where["WAREHOUSE_OWNER_PASSWORD"] == {"databases", "migrate"}
    assert where["WAREHOUSE_LOADER_PASSWORD"] == {"databases", "scheduler"}
    assert where["WAREHOUSE_READER_PASSWORD"] == {"databases", "api-server"}
    assert where["ENVERUS_SECRET_KEY"] == {"enverus-api", "scheduler"}


def test_the_example_names_every_variable_and_no_secret() -> None:
    defaults = {match["name"]: match["words"] for match in VARIABLES if match["kind"] == ":-"}
    assert example().keys() - COMPOSE_OWN == {match["name"] for match in VARIABLES}
    for name, value in example().items():
        assert bool(value) != bool(SECRET.search(name)), name
        assert value == defaults.get(name, value), name


def test_the_example_explains_every_variable() -> None:
    for paragraph in (ROOT / ".env.example").read_text().split("\n\n"):
        assert paragraph.startswith("#"), paragraph


def test_a_new_env_file_has_a_value_for_everything_and_never_the_same() -> None:
    fill = script("make_env").filled
    once, again = ({name: fill(f"{name}={value}") for name, value in example().items()} for _ in range(2))
    for name, value in example().items():
        assert len(once[name]) > len(name) + (16 if SECRET.search(name) else 1)
        assert (once[name] == again[name]) == bool(value)
    assert re.fullmatch(r"AIRFLOW_FERNET_KEY=[\w-]{43}=", once["AIRFLOW_FERNET_KEY"])
