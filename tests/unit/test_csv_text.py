"""CSV as it is: encodings, delimiters, headers, and rows that are not as wide as they should be."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enverus_elt.errors import DeliveryError
from enverus_elt.formats import csv_text
from enverus_elt.formats.csv_text import CsvText, read_header

Written = Callable[[bytes], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(data: bytes) -> Path:
        path = tmp_path / "local.csv"
        path.write_bytes(data)
        return path

    return write


def rows(text: CsvText) -> list[tuple[str, ...]]:
    return [tuple(row.values()) for batch in text.batches() for row in batch.to_pylist()]


def refusal(path: Path, encoding: str | None = None) -> str:
    with pytest.raises(DeliveryError) as error:
        rows(read_header(path, "wells.csv", encoding))
    assert str(error.value).startswith("wells.csv: ")
    return str(error.value)


@pytest.mark.parametrize(
    ("data", "said", "encoding"),
    [
        ("a,b\n1,ü\n".encode(), None, "utf-8"),
        (b"\xef\xbb\xbf" + "a,b\n1,ü\n".encode(), None, "utf-8"),
        (b"\xef\xbb\xbf" + "a,b\n1,ü\n".encode(), "cp1252", "utf-8"),  # the file's own word counts
        ("a,b\n1,ü\n".encode("utf-16"), None, "utf-16"),
        ("a,b\n1,ü\n".encode("cp1252"), "cp1252", "cp1252"),
    ],
)
def test_encodings(written: Written, data: bytes, said: str | None, encoding: str) -> None:
    text = read_header(written(data), "wells.csv", said)
    assert (text.encoding, text.headers, rows(text)) == (encoding, ("a", "b"), [("1", "ü")])


def test_cp1252_is_not_guessed(written: Written) -> None:
    message = refusal(written("a,b\n1,x\n2,ü\n".encode("cp1252")))
    assert "line 3 is not utf-8 (byte 0xfc)" in message
    assert "cp1252" in message


def test_a_header_in_another_encoding(written: Written) -> None:
    assert "the header is not utf-8" in refusal(written("größe,b\n1,x\n".encode("cp1252")))


@pytest.mark.parametrize("said", ["rot13", "nonsense", "base64"])
def test_what_is_no_encoding(written: Written, said: str) -> None:
    assert repr(said) in refusal(written(b"a,b\n1,2\n"), said)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(written: Written, delimiter: str) -> None:
    data = delimiter.join(['"a,b;c|d"', "b"]) + "\n" + delimiter.join(["1", '"x,y;z"']) + "\n"
    text = read_header(written(data.encode()), "wells.csv")
    assert (text.delimiter, text.headers, rows(text)) == (delimiter, ("a,b;c|d", "b"), [("1", "x,y;z")])


def test_quotes_newlines_and_empty_values(written: Written) -> None:
    data = b'a,"b\nb"\r\n"x\r\ny","say ""hi"""\r\n,""\r\n5" pipe,z'
    text = read_header(written(data), "wells.csv")
    assert text.headers == ("a", "b\nb")
    assert rows(text) == [("x\r\ny", 'say "hi"'), ("", ""), ('5" pipe', "z")]


@pytest.mark.parametrize("data", [b"a,b", b"a,b\n", b"\n\na,b\r\n", b"a,b\n\n\n"])
def test_a_header_alone_is_a_table_without_rows(written: Written, data: bytes) -> None:
    text = read_header(written(data), "wells.csv")
    assert (text.headers, rows(text)) == (("a", "b"), [])


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file(written: Written, data: bytes) -> None:
    assert "empty" in refusal(written(data))


def test_ragged_rows_are_named(written: Written) -> None:
    message = refusal(written(b"\n\na,b,c\n1,2,3\n1,2\n\n4,5,6\n7,8,9,10\n"))
    assert "the header has 3 columns, but row 3 has 2, row 5 has 4:" in message


def test_many_ragged_rows_are_not_all_named(written: Written) -> None:
    message = refusal(written(b"a,b\n" + b"1\n" * 100))
    assert "row 2 has 1" in message
    assert "row 11 has 1, …" in message
    assert "row 12 " not in message


def test_a_quote_that_is_never_closed(written: Written) -> None:
    assert "never closed" in refusal(written(b'a,b\n1,2\n3,"open\n4,5\n'))
    assert "never closed" in refusal(written(b'a,b\n1,2\n3,"' + b"open\n4,5\n" * 10**6))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"PK\x03\x04rest", "an Excel workbook"),
        (b"\xd0\xcf\x11\xe0rest", "an old Excel workbook"),
        (b"PAR1rest", "Parquet"),
        ("a,b\n1,2\n".encode("utf-16-le"), "UTF-16 without a byte order mark"),
        (b"a,b\n1,\0\n", "NUL"),
    ],
)
def test_what_is_no_csv(written: Written, data: bytes, what: str) -> None:
    assert what in refusal(written(data))


def test_gzip(written: Written) -> None:
    packed = gzip.compress(b"a,b\n" + b"1,2\n" * 100_000)
    assert len(rows(read_header(written(packed), "wells.csv"))) == 100_000
    assert "not a complete gzip file" in refusal(written(packed[:-20]))


def test_a_gzip_bomb_is_ended_while_it_is_read(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_text, "MOST_BYTES", 2**21)
    packed = gzip.compress(b"a,b\n" + b"1,2\n" * 2**20)
    assert "unpacks to more than" in refusal(written(packed))


VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@given(st.lists(st.tuples(VALUES, VALUES.filter(str.strip)), min_size=1, max_size=20))
def test_whatever_the_standard_writer_writes_is_read_back(values: list[tuple[str, str]]) -> None:
    import csv  # noqa: PLC0415
    import io  # noqa: PLC0415
    import tempfile  # noqa: PLC0415

    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([("a", "b"), *values])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "local.csv"
        path.write_bytes(text.getvalue().encode())
        assert rows(read_header(path, "wells.csv")) == values
