"""Values that the API may send, by what is odd about them, each with what must become of its row."""

import json
from collections.abc import Iterable

from tests.faults.values_dataset import TYPES, Value, snake

NO_NUMBER = "text that stands for no finite number"
TWICE = "the field is there twice, with different values"
NO_TEXT = "text with a NUL character, a lone surrogate or bytes that are not UTF-8"
NO_NAME = "a field's name with a NUL character or a lone surrogate"
FUTURE = "the time of the change lies in the future"


def held(field: str, value: bytes | str, text: str) -> Value:
    """A value that core holds, and how it reads there."""
    return Value(_body(field, value), f"core: {text}")


def untypable(field: str, value: bytes | str, raw: str | None = None) -> Value:
    """A value that its column's type refuses; ``raw`` where what came reads otherwise in the quarantine."""
    return set_aside(field, value, f"cannot be typed as {TYPES[field]}", raw)


def set_aside(field: str, value: bytes | str, reason: str, raw: str | None = None) -> Value:
    """A value that sends its row to quarantine for that reason."""
    shown = value.decode("latin-1") if isinstance(value, bytes) else value
    return Value(_body(field, value), f"quarantine: {snake(field)}: {reason}", shown.strip('"') if raw is None else raw)


def _body(field: str, value: bytes | str) -> bytes:
    return json.dumps(field).encode() + b": " + (value.encode() if isinstance(value, str) else value)


NUMBERS: dict[str, Value] = {
    "smallint's last": held("Small", "32767", "32767"),
    "smallint overflow": untypable("Small", "32768"),
    "integer's last": held("Whole", "-2147483648", "-2147483648"),
    "integer overflow": untypable("Whole", "-2147483649"),
    "bigint's last": held("Big", "9223372036854775807", "9223372036854775807"),
    "bigint overflow": untypable("Big", "9223372036854775808"),
    "30 digits in a bigint": untypable("Big", "1" + "0" * 30),
    "a fraction in a bigint": untypable("Big", "60.5"),
    "a whole number with a point": held("Big", "60.0", "60"),
    "a whole number with an exponent": held("Big", "1e3", "1000"),
    "true in a bigint": untypable("Big", "true", "True"),
    "a word in a bigint": untypable("Big", '"sixty"'),
    "digits in text": held("Big", '"12"', "12"),
    "thousands in a bigint": untypable("Big", '"1,234"'),
    "thousands in a double": untypable("Double", '"1,234.5"'),
    "a decimal comma": untypable("Double", '"1,5"'),
    "a unit": untypable("Double", '"12 ft"'),
    "real's last": held("Single", "3.4e38", "3.4e+38"),
    "real overflow": untypable("Single", "3.5e38", "3.5e+38"),
    "real underflow": untypable("Single", "1e-60"),
    "double's last": held("Double", "1.7976931348623157e308", "1.7976931348623157e+308"),
    "double's least": held("Double", "5e-324", "5e-324"),
    "a tenth": held("Double", "0.1", "0.1"),
    "double overflow in text": untypable("Double", '"1e400"'),
    "double underflow in text": untypable("Double", '"1e-400"'),
    "numeric's last": held("Exact", "999999.99", "999999.99"),
    "numeric overflow": untypable("Exact", "1000000"),
    "30 digits in a numeric": held("Endless", "123456789012345678901234567890", "123456789012345678901234567890"),
    "no boolean": untypable("Truth", '"perhaps"'),
    "a boolean": held("Truth", "true", "true"),
    "null": held("Double", "null", "None"),
    "the API's null": held("Double", '"NULL"', "None"),
    **{
        f"{word!r} in {field}": set_aside(field, json.dumps(word), NO_NUMBER)
        for field in ("Big", "Single", "Double", "Exact", "Endless")
        for word in ("NaN", "Infinity", "-Infinity", "nan", " inf ", "+INFINITY")
    },
}


def no_times(words: Iterable[str]) -> dict[str, Value]:
    """Words of PostgreSQL's that are no times of the source's, in each column that holds times."""
    return {
        f"{word} in {field}".replace('"', "'"): set_aside(field, word, "", word.strip('"'))
        for field in ("Day", "Moment", "Instant", "DeletedDate", "UpdatedDate")
        for word in words
    }


WORDS = [
    json.dumps(word)
    for word in ("now", "NOW", " now", "today", "tomorrow", "yesterday", "epoch", "infinity", "-infinity", "allballs")
]
NO_TIMES: dict[str, Value] = {
    **no_times([*WORDS, "20180101", "1514764800", "1514764800000", "20180101.5", "true"]),
    **no_times(['"soon"', '"2018-13-01"', '"2018-02-30T00:00:00"', '"2019-02-29"', '"2018-01-01T25:00:00"']),
    **no_times(['"0000-00-00"', '"0000-00-00T00:00:00"', '"0000-01-01"', '"9999999-01-01"']),
}


def times(value: str, day: str, moment: str, instant: str) -> dict[str, Value]:
    """How a time reads in each column that is not the cursor."""
    texts = {"Day": day, "Moment": moment, "Instant": instant}
    return {f"{value} in {field}": held(field, json.dumps(value), text) for field, text in texts.items()}


def midnight(day: str) -> tuple[str, str, str]:
    """A day as a date, a timestamp and a timestamptz."""
    return day, f"{day} 00:00:00", f"{day} 00:00:00+00"


ODD_TIMES: dict[str, Value] = {
    **times("2016-02-29", *midnight("2016-02-29")),
    **times("0001-01-01T00:00:00", *midnight("0001-01-01")),
    **times("9999-12-31T00:00:00", *midnight("9999-12-31")),
    **times("1899-12-30T00:00:00", *midnight("1899-12-30")),
    **times("2018-01-01T12:30:15.25", "2018-01-01", "2018-01-01 12:30:15.25", "2018-01-01 12:30:15.25+00"),
    "a time with a zone": held("Instant", '"2018-01-01T00:00:00+02:00"', "2017-12-31 22:00:00+00"),
    "the year 1 as cursor": held("UpdatedDate", '"0001-01-01T00:00:00"', "0001-01-01 00:00:00+00"),
    "the year 9999 as cursor": Value(b'"UpdatedDate": "9999-12-31T00:00:00"', f"quarantine: updated_date: {FUTURE}"),
    "the year 9999 as time of the delete": Value(
        b'"DeletedDate": "9999-12-31T00:00:00"', f"quarantine: updated_date: {FUTURE}"
    ),
    "no cursor": Value(b'"UpdatedDate": null', "quarantine: updated_date: a required value is missing"),
    "NULL as cursor": Value(b'"UpdatedDate": "NULL"', "quarantine: updated_date: a required value is missing"),
}

TEXTS: dict[str, Value] = {
    "8 characters": held("Short", '"12345678"', "12345678"),
    "8 characters outside the plane": held("Short", json.dumps("😀" * 8, ensure_ascii=False), "😀" * 8),
    "9 characters": untypable("Short", '"123456789"'),
    "9 escaped characters": untypable("Short", '"12345678\\u00e9"', "12345678é"),
    "a number as text": held("Free", "5", "5"),
    "a surrogate pair": held("Free", '"\\ud83d\\ude00"', "😀"),
    "a last character": held("Free", '"\\uffff"', "\uffff"),
    "quotes, commas and lines": held("Free", '"a\\"b,c\\r\\nd\\\\."', 'a"b,c\r\nd\\.'),
    "a backslash N": held("Free", '"\\\\N"', "\\N"),
    "the API's null as text": held("Free", '"NULL"', "None"),
    "NUL": set_aside("Free", '"a\\u0000b"', NO_TEXT),
    "a lone high surrogate": set_aside("Free", '"a\\ud800b"', NO_TEXT),
    "a lone low surrogate": set_aside("Free", '"\\udc00"', NO_TEXT),
    "surrogates the wrong way round": set_aside("Free", '"\\ude00\\ud83d"', NO_TEXT),
    "a byte that is not UTF-8": set_aside("Free", b'"a\xffb"', NO_TEXT, "\\udcff"),
    "an overlong slash": set_aside("Free", b'"\xc0\xaf"', NO_TEXT, "\\udcc0\\udcaf"),
    "a character cut off": set_aside("Free", b'"\xe4\xb8"', NO_TEXT, "\\udce4\\udcb8"),
    "a surrogate in UTF-8": set_aside("Free", b'"\xed\xa0\x80"', NO_TEXT, "\\udced"),
    "Latin-1": set_aside("Free", '"é"'.encode("latin-1"), NO_TEXT, "\\udce9"),
    "NUL in a column that takes no text": set_aside("Whole", '"\\u0000"', NO_TEXT),
}


def twice(body: bytes, raw: str, column: str) -> Value:
    """A field that is there with two values."""
    return Value(body, f"quarantine: {column}: {TWICE}", raw)


def nested(depth: int) -> bytes:
    """Objects in objects."""
    return b'{"a":' * depth + b"1" + b"}" * depth


ODD_JSON: dict[str, Value] = {
    **{
        f"{word} in {field}": set_aside(field, word, f"{shown} where a number belongs", raw)
        for field in ("Big", "Single", "Double", "Exact", "Free")
        for word, shown, raw in (
            ("NaN", "nan", "NaN"),
            ("Infinity", "inf", "Infinity"),
            ("-Infinity", "-inf", "-Infinity"),
            ("1e400", "inf", "Infinity"),
            ("-1e400", "-inf", "-Infinity"),
        )
    },
    "5,000 digits": set_aside("Endless", "9" * 5_000, "inf where a number belongs", "Infinity"),
    "an object in a scalar": set_aside("Free", '{"first": "A"}', "a JSON dict where a single value belongs"),
    "a list in a scalar": set_aside("Whole", "[1, 2]", "a JSON list where a single value belongs"),
    "an empty object": set_aside("Double", "{}", "a JSON dict where a single value belongs"),
    "an object 100 deep": set_aside("Free", nested(100), "a JSON dict where a single value belongs", '{"a": {"a": '),
    "an object as cursor": set_aside("UpdatedDate", "{}", "a JSON dict where a single value belongs"),
    "the same value twice": held("Whole", '7, "Whole": 7', "7"),
    "the same text twice": held("Free", '"a", "Free": "\\u0061"', "a"),
    "null twice": held("Free", 'null, "Free": null', "None"),
    "two values": twice(b'"Whole": 1, "Whole": 2', '["Whole", 1], ["Whole", 2]', "whole"),
    "two texts": twice(b'"Free": "a", "Free": "A"', '["Free", "a"], ["Free", "A"]', "free"),
    "a value and null": twice(b'"Whole": 1, "Whole": null', '["Whole", 1], ["Whole", null]', "whole"),
    "true and 1": twice(b'"Whole": true, "Whole": 1', '["Whole", true], ["Whole", 1]', "whole"),
    "two values, one name escaped": twice(b'"Whole": 1, "\\u0057hole": 2', '["Whole", 1], ["Whole", 2]', "whole"),
    "two values of a field unknown": twice(b'"Zz": 1, "Zz": 2', '["Zz", 1], ["Zz", 2]', "Zz"),
    "two keys": twice(b'"LeaseID": 1, "LeaseID": 2', '["LeaseID", 1], ["LeaseID", 2]', "lease_id"),
    "two cursors": twice(
        b'"UpdatedDate": "2024-01-01", "UpdatedDate": "2024-01-02"', '["UpdatedDate", "2024-01-02"]', "updated_date"
    ),
    "NUL in a field's name": Value(
        b'"a\\u0000": 1',
        f"quarantine: None: {NO_NAME}: 'a\\x00'",
        "a\\u0000",
    ),
    "a lone surrogate in a field's name": Value(
        b'"\\udfff": 1',
        f"quarantine: None: {NO_NAME}: '\\udfff'",
        "\\udfff",
    ),
    "bytes that are not UTF-8 in a field's name": Value(
        b'"\xff": 1', f"quarantine: None: {NO_NAME}: '\\udcff'", "\\udcff"
    ),
    "a reject of the year 1, east of Greenwich": Value(
        b'"Free": [], "UpdatedDate": "0001-01-01T00:00:00+05:00"',
        "quarantine: free: a JSON list where a single value belongs",
        "0001-01-01T00:00:00+05:00",
    ),
    "a reject of the year 9999": Value(
        b'"Free": [], "UpdatedDate": "9999-12-31T00:00:00-05:00"',
        "quarantine: free: a JSON list where a single value belongs",
        "9999-12-31",
    ),
}

KEYS: dict[str, Value] = {
    "key null": Value(b'"LeaseID": null', "quarantine: lease_id: the key is missing"),
    "key NULL": Value(b'"LeaseID": "NULL"', "quarantine: lease_id: the key is missing"),
    "key with a fraction": Value(b'"LeaseID": 1.5', "quarantine: lease_id: cannot be typed as bigint", "1.5"),
    "key that is too large": Value(
        b'"LeaseID": 1' + b"0" * 30, "quarantine: lease_id: cannot be typed as bigint", "1" + "0" * 30
    ),
    "key with thousands": Value(b'"LeaseID": "1,000"', "quarantine: lease_id: cannot be typed as bigint", "1,000"),
    "key true": Value(b'"LeaseID": true', "quarantine: lease_id: cannot be typed as bigint", "True"),
    "key NaN": Value(b'"LeaseID": "NaN"', f"quarantine: lease_id: {NO_NUMBER}", "NaN"),
    "key as text": Value(b'"LeaseID": "660000001"', "core: 660000001"),
    "key with a point": Value(b'"LeaseID": 660000002.0', "core: 660000002"),
    "key below zero": Value(b'"LeaseID": -1', "core: -1"),
    "key zero": Value(b'"LeaseID": 0', "core: 0"),
}

# One at a time, for a page that is plain but for them may be read in another way than one that is not.
ALONE: dict[str, Value] = {
    **{name: ODD_JSON[name] for name in ("NaN in Double", "1e400 in Double", "an object in a scalar", "two values")},
    **{name: TEXTS[name] for name in ("NUL", "a lone high surrogate", "a byte that is not UTF-8")},
    "two values, one spelled with a blank": twice(b'"Whole" : 1, "Whole": 2', '["Whole", 1], ["Whole", 2]', "whole"),
    "'NaN' in Double": NUMBERS["'NaN' in Double"],
    "'now' in Moment": NO_TIMES["'now' in Moment"],
    "20180101 in Day": NO_TIMES["20180101 in Day"],
}

GROUPS: dict[str, dict[str, Value]] = {
    "numbers": NUMBERS,
    "no times": NO_TIMES,
    "odd times": ODD_TIMES,
    "texts": TEXTS,
    "odd JSON": ODD_JSON,
    "keys": KEYS,
}
