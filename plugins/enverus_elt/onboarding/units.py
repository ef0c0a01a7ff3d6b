"""Units of measure: what a workbook calls them, and what a field's name says of its own."""

import re

# The catalog's unit by the words that people use for it; its own spelling is always known.
WORDS = {
    "ACRE": ("acres", "ac"),
    "BBL": ("barrel", "barrels", "bbls", "stb"),
    "BCF": ("billion cubic feet",),
    "BOE": ("barrel of oil equivalent", "barrels of oil equivalent", "barrels oil equivalent"),
    "DAY": (),
    "DAYS": ("days",),
    "DEG": ("degree", "degrees", "decimal degrees", "°", "dd"),
    "DEGAPI": ("degrees api", "°api", "api gravity", "deg api"),
    "DEGF": ("degrees fahrenheit", "degree fahrenheit", "°f", "deg f", "fahrenheit"),
    "FT": ("foot", "feet", "ft.", "'"),
    "GAL": ("gallon", "gallons", "gals"),
    "HOURS": ("hour", "hours", "hr", "hrs"),
    "HP": ("horsepower", "horse power"),
    "IN": ("inch", "inches"),
    "LBS": ("lb", "lbs", "pound", "pounds"),
    "M": ("meter", "meters", "metre", "metres"),
    "MBBL": ("thousand barrels",),
    "MBOE": ("thousand barrels of oil equivalent",),
    "MCF": ("thousand cubic feet",),
    "MCFE": ("thousand cubic feet equivalent", "thousand cubic feet of gas equivalent"),
    "MI": ("mile", "miles"),
    "MIN": ("minute", "minutes", "mins"),
    "MMCF": ("million cubic feet",),
    "MONTHS": ("month", "months"),
    "PCT": ("%", "percent", "percentage"),
    "PSI": ("pounds per square inch",),
    "SCF": ("standard cubic feet",),
    "SG": ("specific gravity",),
    "API": (),
    "1/64 IN": ("64ths of an inch", "64th inch", "64in"),
}
KNOWN = {word.casefold(): unit for unit, words in WORDS.items() for word in (unit, *words)}
RATE = re.compile(r"\s*/\s*|\s+per\s+")
DENOMINATOR = re.compile(r"(?P<count>[1-9][0-9,]*)\s*(?P<unit>\D+)")
RATES = {"bopd": "BBL/DAY", "bwpd": "BBL/DAY", "bpd": "BBL/DAY", "boepd": "BOE/DAY", "mcfd": "MCF/DAY"}
SHORT = {"d": "DAY", "days": "DAY", "day": "DAY", "min": "MIN"}

# Of a field's name: units that stand behind an underscore, and those that are as clear in capitals behind a word.
NAMED = {unit: unit for unit in WORDS if unit.isalpha() and unit not in ("DAY", "M")}
NAMED |= {"64IN": "1/64 IN", "ACRES": "ACRE", "F": "DEGF"}
GLUED = re.compile(r"[a-z](BBL|BCF|BOE|GAL|LBS|MBBL|MBOE|MCF|MCFE|MMCF|PSI|SCF)$")
COUNTED_BY = {"BBL", "DAY", "FT", "GAL", "LBS", "MCF", "MIN"}
PER = re.compile(r"Per(?=[0-9A-Z])")
DEGREES = re.compile(r"(Lat|Long)itude(_BH|_?WGS84)?$", re.IGNORECASE)


def read_unit(text: str) -> str | None:
    """The catalog's unit for what a workbook says; None for words that are not known."""
    word = " ".join(text.casefold().split())
    if word in KNOWN:
        return KNOWN[word]
    if word in RATES:
        return RATES[word]
    first, *others = RATE.split(word)
    parts = [KNOWN.get(first), *map(_denominator, others)]
    return "/".join(filter(None, parts)) if others and None not in parts else None


def unit_of(field: str) -> str | None:
    """The unit that the vendor has put into a field's name: ``CumGas_MCFPer1000FT`` is in ``MCF/1000 FT``."""
    if DEGREES.search(field):
        return "DEG"
    if field.endswith("Acres"):
        return "ACRE"
    head, *others = PER.split(field.rpartition("_")[2])
    glued = GLUED.search(head)
    unit = NAMED.get(head.upper()) if "_" in field else None
    parts = [unit or (glued[1] if glued else None), *map(_counted_by, others)]
    return None if None in parts else "/".join(filter(None, parts))


def _denominator(text: str) -> str | None:
    match = DENOMINATOR.fullmatch(text)
    unit = SHORT.get(text) or KNOWN.get(text) if match is None else KNOWN.get(match["unit"].strip())
    if unit is None or match is None:
        return unit
    return f"{match['count'].replace(',', '')} {unit}"


def _counted_by(text: str) -> str | None:
    """``1000FT`` as ``1000 FT``; None for what is no unit: a stage, a cluster."""
    unit = text.lstrip("0123456789")
    return f"{text[: len(text) - len(unit)]} {unit.upper()}".strip() if unit.upper() in COUNTED_BY else None
