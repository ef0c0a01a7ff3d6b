"""Archives from outside: nothing leaves the folder, nothing inflates beyond what it says, and the entry is named."""

import os
import resource
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from enverus_elt.errors import DeliveryError
from enverus_elt.formats.archives import unpack

MEGABYTE = 10**6


def packed(folder: Path, entries: dict[str, bytes]) -> Path:
    path = folder / "delivery.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in entries.items():
            entry = zipfile.ZipInfo("placeholder")
            entry.filename = name  # as an attacker writes it, without what ZipInfo makes of it
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, body)
    return path


def test_files_come_out_as_they_went_in(folder: Path) -> None:
    entries = {"leases/leases.shp": os.urandom(3 * MEGABYTE), "leases/leases.dbf": b"", "größe.txt": b"m"}
    files = unpack(packed(folder, entries), folder / "out")
    assert {str(file.relative_to(folder / "out")): file.read_bytes() for file in files} == entries


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../evil.shp", "does not stay inside"),
        ("a/../../evil.shp", "does not stay inside"),
        ("/etc/evil", "does not stay inside"),
        ("C:/evil.shp", "does not stay inside"),
        ("..\\evil.shp", "does not stay inside"),
        ("a//b.shp", "does not stay inside"),
        ("./a.shp", "does not stay inside"),
        ("leases.shp\x00.txt", "no usable name"),
        ("leases\u202eflp.exe", "no usable name"),
        ("x" * 1_001, "no usable name"),
        ("nested/NUL.dbf", "like a device"),
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(folder: Path, name: str, reason: str) -> None:
    path = packed(folder, {"good.shp": b"good", name: b"evil"})
    with pytest.raises(DeliveryError, match=rf"^delivery\.zip: entry .* {reason}"):
        unpack(path, folder / "out")
    assert sorted(item.name for item in folder.rglob("*")) == ["delivery.zip"]  # not even the good one


def test_a_link_is_refused(folder: Path) -> None:
    path = folder / "delivery.zip"
    with zipfile.ZipFile(path, "w") as archive:
        entry = zipfile.ZipInfo("leases.shp")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(DeliveryError, match=r"'leases\.shp' is a link or a device"):
        unpack(path, folder / "out")


@pytest.mark.parametrize("names", [("a.shp", "a.shp"), ("a.shp", "A.SHP"), ("gr\u00f6.shp", "gro\u0308.shp")])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_file_twice_is_refused(folder: Path, names: tuple[str, str]) -> None:
    path = folder / "delivery.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, name)
    with pytest.raises(DeliveryError, match="is there twice"):
        unpack(path, folder / "out")


def test_a_password_is_refused(folder: Path) -> None:
    path = packed(folder, {"leases.shp": b"secret"})
    body = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        body[body.index(signature) + flags] |= 1
    path.write_bytes(bytes(body))
    with pytest.raises(DeliveryError, match="is encrypted: deliver it without a password"):
        unpack(path, folder / "out")


def test_a_bomb_of_two_gigabytes_is_refused_before_anything_is_written(folder: Path) -> None:
    path = folder / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("zeros.shp", "w", force_zip64=True) as entry,
    ):
        for _ in range(2_000):
            entry.write(bytes(MEGABYTE))
    with pytest.raises(DeliveryError, match=r"'zeros.shp' unpacks to 2,000,000,000 bytes from \d+"):
        unpack(path, folder / "out")
    assert not (folder / "out").exists()


def test_a_bomb_that_lies_about_its_size_is_stopped_while_it_inflates(folder: Path) -> None:
    path = packed(folder, {"zeros.shp": bytes(20 * MEGABYTE)})
    body = bytearray(path.read_bytes())
    for signature, size in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", body, body.index(signature) + size, 1000)
    path.write_bytes(bytes(body))
    with pytest.raises(DeliveryError, match=r"holds more than|not a ZIP archive"):
        unpack(path, folder / "out")
    assert sum(item.stat().st_size for item in (folder / "out").rglob("*")) <= 1000


def test_too_much_in_all_is_refused(folder: Path) -> None:
    path = packed(folder, {f"{number}.bin": os.urandom(1000) for number in range(5)})
    with pytest.raises(DeliveryError, match="unpacks to 5,000 bytes, at most 4,999 are allowed"):
        unpack(path, folder / "out", most_bytes=4_999)
    with pytest.raises(DeliveryError, match="5 entries, at most 4 are allowed"):
        unpack(path, folder / "out", most_files=4)


@pytest.mark.parametrize("cut", [0, 10, 400])
def test_half_an_archive_is_refused(folder: Path, cut: int) -> None:
    path = packed(folder, {"leases.shp": os.urandom(1000)})
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(DeliveryError, match=r"^delivery\.zip: not a ZIP archive that can be read"):
        unpack(path, folder / "out")


def test_a_changed_byte_is_noticed(folder: Path) -> None:
    path = packed(folder, {"leases.shp": os.urandom(1000)})
    body = bytearray(path.read_bytes())
    body[500] ^= 0xFF
    path.write_bytes(bytes(body))
    with pytest.raises(DeliveryError, match="not a ZIP archive that can be read"):
        unpack(path, folder / "out")


def test_an_empty_archive_is_refused(folder: Path) -> None:
    with pytest.raises(DeliveryError, match="holds no files"):
        unpack(packed(folder, {}), folder / "out")


def test_a_disk_that_is_full_is_not_the_partners_fault(folder: Path) -> None:
    path = packed(folder, {"leases.shp": os.urandom(3_000_000)})
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            unpack(path, folder / "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
