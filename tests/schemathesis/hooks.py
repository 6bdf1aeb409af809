"""What `ops/schemathesis` teaches the tool: which GraphQL errors are the server's own fault, how our scalars look, and
bodies that no schema describes.
"""

import gzip
import json

import schemathesis
from hypothesis import strategies
from schemathesis.graphql import nodes


@schemathesis.check
def no_internal_errors(ctx, response, case) -> None:
    """A refusal names what is wrong with the request; `INTERNAL` is what a 500 is over REST. The tool's own check takes
    every refusal for a fault.
    """
    assert response.status_code < 500, response.text
    errors = response.json().get("errors") or []
    faults = [error for error in errors if error.get("extensions", {}).get("code") == "INTERNAL"]
    assert not faults, faults


numbers = strategies.integers(min_value=-1, max_value=2**64).map(str)
times = strategies.one_of(strategies.datetimes().map(lambda time: f"{time.isoformat()}Z"), strategies.text())
values = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.text(max_size=20),
    lambda inner: strategies.lists(inner, max_size=3),
    max_leaves=5,
).map(json.dumps)
for name, strategy in {"Position": numbers, "Timestamp": times, "JsonText": values}.items():
    schemathesis.graphql.scalar(name, strategy.map(nodes.String))


@schemathesis.serializer("application/x-protobuf", "application/gzip")
def packed(ctx, value) -> bytes:
    return value if isinstance(value, bytes) else gzip.compress(str(value).encode())
