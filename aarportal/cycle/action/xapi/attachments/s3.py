"""Attachments in a bucket of S3, or of anything that speaks like it."""

from contextlib import suppress
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import S3Store as Bucket

from aarportal.cycle.action.xapi.attachments.storage import checked, place

_PARAMETERS = frozenset({"endpoint", "region"})


class S3Store:
    """Data as objects of a bucket.

    The credential comes from the usual places: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the
    role of the machine.
    """

    def __init__(self, where: str) -> None:
        """Look at a bucket.

        Args:
            where: `s3://bucket/prefix?endpoint=https://…&region=…`; without an endpoint it is
                Amazon's own.

        Raises:
            ValueError: If that is not such an address.
        """
        address = urlsplit(where)
        query = parse_qs(address.query, strict_parsing=bool(address.query))
        unknown = query.keys() - _PARAMETERS
        if address.scheme != "s3" or not address.hostname or unknown:
            raise ValueError(f"not an address of the form s3://bucket/prefix?endpoint=…: {where!r}")
        bucket, region = address.netloc, query.get("region", ["us-east-1"])[0]
        # Only Amazon gives every bucket its own name in the DNS.
        amazon = f"https://{bucket}.s3.{region}.amazonaws.com"
        endpoint = query.get("endpoint", [amazon])[0]
        self._bucket = Bucket(
            bucket,
            prefix=address.path.strip("/") or None,
            region=region,
            endpoint=endpoint,
            virtual_hosted_style_request=endpoint == amazon,
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "timeout": timedelta(seconds=30),
            },
            # A request waits for this, so it does not wait long.
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
        )

    def put(self, district_id: UUID, sha2: str, data: bytes) -> None:
        """Keep data."""
        try:
            obstore.put(self._bucket, place(district_id, sha2), checked(data, sha2), mode="create")
        except AlreadyExistsError:
            return

    def get(self, district_id: UUID, sha2: str) -> bytes | None:
        """Fetch data."""
        try:
            data = obstore.get(self._bucket, place(district_id, sha2)).bytes()
        except FileNotFoundError:
            return None
        return checked(bytes(data), sha2)

    def forget(self, district_id: UUID, sha2: str) -> None:
        """Delete data."""
        with suppress(FileNotFoundError):
            obstore.delete(self._bucket, place(district_id, sha2))
