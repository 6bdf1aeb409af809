"""An object store that speaks S3, for the length of a test: moto, over real HTTP."""

import boto3
import httpx
from moto.server import ThreadedMotoServer


class ObjectStore:
    def __init__(self):
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)

    def __enter__(self) -> "ObjectStore":
        self.server.start()
        host, port = self.server.get_host_and_port()
        self.url = f"http://{host}:{port}"
        # All servers of a process share what they keep, also after their end.
        httpx.post(f"{self.url}/moto-api/reset").raise_for_status()
        self.client = boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="id",
            aws_secret_access_key="secret",
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()

    def make_bucket(self, name: str) -> None:
        self.client.create_bucket(Bucket=name)

    def keys(self, bucket: str) -> list[str]:
        return [entry["Key"] for entry in self.client.list_objects_v2(Bucket=bucket).get("Contents", [])]
