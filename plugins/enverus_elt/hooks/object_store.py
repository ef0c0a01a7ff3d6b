"""Objects of one bucket, through the amazon provider's hook: streamed, verified, never half there."""

import hashlib
import io
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

import smart_open
import smart_open.s3
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from botocore.config import Config
from botocore.exceptions import ClientError

from enverus_elt.errors import EvidenceError, SettingError
from enverus_elt.hooks.connections import OBJECT_STORE, connection

# botocore retries by itself, by the connection's settings.
smart_open.s3.RETRY.attempts = 1
smart_open.s3.RETRY.sleep_seconds = 0

PART_BYTES = 8 * 2**20
READ_BYTES = 2**20


class StoredObject(NamedTuple):
    """What a store says of an object; the tag is without the quotes that it is sent in."""

    key: str
    size: int
    etag: str
    modified_at: datetime


class Uploaded(NamedTuple):
    """What was written: the digest of its bytes, and how many they are."""

    sha256: str
    size: int


class HashingReader(io.RawIOBase):
    """Passes bytes through and keeps their SHA-256, so that nothing is read twice to be verified."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self.sha256 = hashlib.sha256()

    def readable(self) -> bool:
        """Always: it is what it is for."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer from the object's body."""
        data = self._raw.read(len(buffer))
        buffer[: len(data)] = data
        self.sha256.update(data)
        return len(data)

    def finish(self) -> str:
        """Read what is left and return the digest of all of it."""
        while self.read(READ_BYTES):
            pass
        return self.sha256.hexdigest()


class ObjectStore:
    """One bucket. A key is complete or not there: an interrupted upload leaves no object."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self.bucket = bucket

    def writer(self, key: str) -> IO[bytes]:
        """A stream that becomes the object when its ``with`` block ends well, and nothing when it does not."""
        self.size(key)  # where the store cannot be reached, botocore's own error says so, smart_open's does not
        parameters = {"client": self._client, "min_part_size": PART_BYTES}
        return cast(
            IO[bytes], smart_open.open(self._url(key), "wb", compression="disable", transport_params=parameters)
        )

    def reader(self, key: str) -> HashingReader:
        """The object's bytes as a stream."""
        return HashingReader(self._client.get_object(Bucket=self.bucket, Key=key)["Body"])

    def put(self, key: str, body: bytes, content_type: str = "application/octet-stream") -> None:
        """Write a small object at once."""
        self._client.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType=content_type)

    def get(self, key: str) -> bytes:
        """A small object's bytes."""
        return cast(bytes, self._client.get_object(Bucket=self.bucket, Key=key)["Body"].read())

    def download(self, key: str, path: Path) -> str:
        """Write the object into a file, through a neighbour of it: ``path`` is whole or not there. Returns its SHA-256.

        Folders on the way to it are made.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"{path.name}.partial")
        try:
            with self.reader(key) as body, partial.open("wb") as file:
                shutil.copyfileobj(body, file, READ_BYTES)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        return body.sha256.hexdigest()

    def upload(self, path: Path, key: str, content_type: str = "application/octet-stream") -> Uploaded:
        """Write a file as an object, a large one in parts, and see that all of it arrived.

        The parts' checksums go along, so the store refuses what the network garbled.
        """
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
            file.seek(0)
            # Not upload_file(): it wraps a refusal in an error that does not say whether waiting can heal it.
            self._client.upload_fileobj(file, self.bucket, key, ExtraArgs={"ContentType": content_type})
        if (stored := self.size(key)) != size:
            raise EvidenceError(f"{key} has {stored} bytes after uploading {path.name} of {size}")
        return Uploaded(sha256, size)

    def read(self, key: str, most_bytes: int) -> tuple[StoredObject, bytes] | None:
        """A small object with what the store says of just these bytes, or None where there is none.

        Of one that is larger, its first ``most_bytes`` and its true size.
        """
        try:
            found = self._client.get_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
                return None
            raise
        with found["Body"] as body:
            return _described(key, found), body.read(min(most_bytes, found["ContentLength"]))

    def find(self, key: str) -> StoredObject | None:
        """What the store says of an object, or None where there is none."""
        try:
            found = self._client.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
                return None
            raise
        return _described(key, found)

    def size(self, key: str) -> int | None:
        """Bytes of the object, or None where there is none."""
        found = self.find(key)
        return None if found is None else found.size

    def objects(self, prefix: str) -> Iterator[StoredObject]:
        """What lies below a prefix, in order of keys, a page at a time."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        for page in pages:
            for item in page.get("Contents", ()):
                yield StoredObject(item["Key"], item["Size"], item.get("ETag", "").strip('"'), item["LastModified"])

    def keys(self, prefix: str) -> Iterator[str]:
        """Keys below a prefix, in order."""
        return (item.key for item in self.objects(prefix))

    def move(self, key: str, target: str) -> None:
        """Copy, verify, delete. A move that was interrupted anywhere can be run again.

        One request copies up to 5 GB, which is far above the size that exports are cut at.
        """
        if key == target:
            return
        size = self.size(key)
        if size is None:
            if self.size(target) is None:
                raise EvidenceError(f"neither {key} nor {target} is in bucket {self.bucket}")
            return
        origin = {"Bucket": self.bucket, "Key": key}
        self._client.copy_object(CopySource=origin, Bucket=self.bucket, Key=target)
        if (copied := self.size(target)) != size:
            raise EvidenceError(f"{target} has {copied} bytes after copying {key} of {size}; the original stays")
        self._client.delete_object(Bucket=self.bucket, Key=key)

    def delete(self, key: str) -> None:
        """Remove an object; none there is no error."""
        self._client.delete_object(Bucket=self.bucket, Key=key)

    def delete_if_same(self, known: StoredObject) -> bool:
        """Remove the object unless it has been replaced; returns whether it is gone.

        AWS refuses by itself when it was replaced a moment ago; a server that does not know the condition ignores it.
        """
        found = self.find(known.key)
        if found is None or found != known:
            return found is None
        try:
            self._client.delete_object(Bucket=self.bucket, Key=known.key, IfMatch=f'"{known.etag}"')
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") in (404, 409, 412):
                return False
            raise
        return True

    def _url(self, key: str) -> str:
        return f"s3://{self.bucket}/{key}"


def _described(key: str, answer: dict[str, Any]) -> StoredObject:
    return StoredObject(key, answer["ContentLength"], answer.get("ETag", "").strip('"'), answer["LastModified"])


def object_store(conn_id: str = OBJECT_STORE, *, patience: Config | None = None) -> ObjectStore:
    """The bucket that the connection's extra names under ``service_config.s3.bucket_name``.

    ``patience`` holds botocore's timeouts and retries where the connection's are not wanted.
    """
    extra = connection(conn_id).extra_dejson
    bucket = extra.get("service_config", {}).get("s3", {}).get("bucket_name")
    if not bucket:
        raise SettingError(f"the Airflow connection {conn_id!r} has no service_config.s3.bucket_name in its extra")
    hook = S3Hook(aws_conn_id=conn_id)
    if patience is None:
        return ObjectStore(hook.get_conn(), bucket)
    own = hook.conn_config.botocore_config
    return ObjectStore(hook.get_client_type(config=own.merge(patience) if own else patience), bucket)
