"""Objects of one bucket, through the amazon provider's hook: streamed, verified, never half there."""

import hashlib
import io
from collections.abc import Iterator
from typing import IO, Any, cast

import smart_open
import smart_open.s3
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from botocore.exceptions import ClientError

from enverus_elt.errors import EvidenceError, SettingError
from enverus_elt.hooks.connections import OBJECT_STORE, connection

# botocore retries by itself, by the connection's settings.
smart_open.s3.RETRY.attempts = 1
smart_open.s3.RETRY.sleep_seconds = 0

PART_BYTES = 8 * 2**20
READ_BYTES = 2**20


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

    def size(self, key: str) -> int | None:
        """Bytes of the object, or None where there is none."""
        try:
            return cast(int, self._client.head_object(Bucket=self.bucket, Key=key)["ContentLength"])
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
                return None
            raise

    def keys(self, prefix: str) -> Iterator[str]:
        """Keys below a prefix, in order."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return (item["Key"] for page in pages for item in page.get("Contents", ()))

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

    def _url(self, key: str) -> str:
        return f"s3://{self.bucket}/{key}"


def object_store(conn_id: str = OBJECT_STORE) -> ObjectStore:
    """The bucket that the connection's extra names under ``service_config.s3.bucket_name``."""
    extra = connection(conn_id).extra_dejson
    bucket = extra.get("service_config", {}).get("s3", {}).get("bucket_name")
    if not bucket:
        raise SettingError(f"the Airflow connection {conn_id!r} has no service_config.s3.bucket_name in its extra")
    return ObjectStore(S3Hook(aws_conn_id=conn_id).get_conn(), bucket)
