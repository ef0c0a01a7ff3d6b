"""Files into a real S3 server and back: whole, verified, and never half there."""

import hashlib
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from enverus_elt.hooks.object_store import ObjectStore
from tests.services.site import Site

SMALL, LARGE = b"abc", bytes(range(256)) * 80_000  # the larger one goes in parts


@pytest.fixture
def store(site: Site) -> ObjectStore:
    return site.landing


@pytest.mark.parametrize("body", [b"", SMALL, LARGE], ids=["empty", "small", "in parts"])
def test_a_file_comes_back_as_it_went(store: ObjectStore, tmp_path: Path, body: bytes) -> None:
    (tmp_path / "up.bin").write_bytes(body)
    sent = store.upload(tmp_path / "up.bin", "in/up.bin", "image/tiff")
    assert sent == (hashlib.sha256(body).hexdigest(), len(body))
    assert store.download("in/up.bin", tmp_path / "new" / "down.bin") == sent.sha256
    assert (tmp_path / "new" / "down.bin").read_bytes() == body
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["down.bin"]


def test_the_content_type_is_kept(store: ObjectStore, tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(SMALL)
    store.upload(tmp_path / "a.tif", "a.tif", "image/tiff")
    assert store._client.head_object(Bucket=store.bucket, Key="a.tif")["ContentType"] == "image/tiff"


def test_an_object_that_is_not_there_leaves_no_file(store: ObjectStore, tmp_path: Path) -> None:
    with pytest.raises(ClientError):
        store.download("nowhere", tmp_path / "down.bin")
    assert list(tmp_path.iterdir()) == []


def test_objects_are_listed_with_what_the_store_says_of_each(store: ObjectStore) -> None:
    store.put("a/1", SMALL)
    store.put("a/b/2", b"abcd")
    store.put("b/3", b"")
    found = list(store.objects("a/"))
    assert [(item.key, item.size) for item in found] == [("a/1", 3), ("a/b/2", 4)]
    assert found[0].etag == hashlib.md5(SMALL).hexdigest()
    head = store.find("a/1")
    assert head is not None
    assert (head.key, head.size, head.etag) == found[0][:3]
    assert abs((head.modified_at - found[0].modified_at).total_seconds()) < 2
    assert store.find("a/9") is None


def test_a_small_object_is_read_with_what_the_store_says_of_it(store: ObjectStore) -> None:
    store.put("m.json", SMALL)
    assert store.read("m.json", 100) == (store.find("m.json"), SMALL)
    found = store.read("m.json", 2)
    assert found is not None
    assert (found[0].size, found[1]) == (3, b"ab")
    assert store.read("nowhere.json", 100) is None


def test_an_object_is_removed_only_while_it_is_the_one_that_is_known(store: ObjectStore) -> None:
    store.put("m.json", SMALL)
    known = store.find("m.json")
    assert known is not None
    store.put("m.json", b"other")
    assert not store.delete_if_same(known)
    assert store.get("m.json") == b"other"
    new = store.find("m.json")
    assert new is not None
    assert store.delete_if_same(new)
    assert store.find("m.json") is None
    assert store.delete_if_same(new)
