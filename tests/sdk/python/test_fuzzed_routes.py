"""Whatever a client sends, the server answers with what is wrong about it, and never with a fault of its own.

The routes, their parameters and the fields of their bodies are read from the published client; values are drawn by a
fixed seed, so that a finding is found again.
"""

import ast
import json
import pathlib
import random

import httpx
import opik.rest_api
import pytest

from api import UNKNOWN_ID, trace_row
from otel import Program, encoded

SEED = 20261126
REQUESTS_PER_OPERATION = 12
DEPTH_MAX = 3


class Operation:
    def __init__(self, method: str, path: list[str | None], parameters: list[str], fields: list[str]):
        self.method, self.path, self.parameters, self.fields = method, path, parameters, fields

    @property
    def name(self) -> str:
        return f"{self.method} {''.join(part or '*' for part in self.path)}"


def keys(node: ast.expr | None) -> list[str]:
    found = node.keys if isinstance(node, ast.Dict) else []
    return [key.value for key in found if isinstance(key, ast.Constant)]


def operations_of(source: pathlib.Path) -> list[Operation]:
    found = []
    for node in ast.walk(ast.parse(source.read_text())):
        if not (isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("request", "stream") and node.args):
            continue
        where = node.args[0]
        parts = where.values if isinstance(where, ast.JoinedStr) else [where]
        if not all(isinstance(part, (ast.Constant, ast.FormattedValue)) for part in parts):
            continue
        path = [part.value if isinstance(part, ast.Constant) else None for part in parts]
        options = {keyword.arg: keyword.value for keyword in node.keywords}
        if "method" in options:
            method = options["method"].value
            found.append(Operation(method, path, keys(options.get("params")), keys(options.get("json"))))
    return found


def operations() -> list[Operation]:
    home = pathlib.Path(opik.rest_api.__file__).parent
    found = {operation.name: operation for source in sorted(home.glob("*/raw_client.py")) for operation in operations_of(source)}
    return [found[name] for name in sorted(found)]


OPERATIONS = operations()
FIELDS = sorted({field for operation in OPERATIONS for field in operation.fields + operation.parameters})


class Draw:
    """Values as careless and hostile clients send them."""

    def __init__(self, seed: str, known: list[str]):
        self.chance, self.known = random.Random(seed), known

    def id(self) -> str:
        return self.chance.choice([*self.known, UNKNOWN_ID, "00000000-0000-4000-8000-000000000000", "no-id", "ü"])

    def text(self) -> str:
        filters = '[{"field":"name","operator":"=","value":"x"}]'
        strange = '[{"field":"metadata","key":"$..[?(@)]","operator":">","value":"1e999"}]'
        return self.chance.choice(
            ["", "x", "a" * 5_000, "\x00", "日本", "-1", "2026-01-01T00:00:00Z", "9999-99-99", "1e400", "null", "[", filters]
            + [strange, '[{"field":"id","direction":"ASC"}]', "%", "'\"\\", "💥" * 300, "0 OR 1", "DESC", "last", "PT1H"]
        )

    def value(self, depth: int = 0):
        kinds = ["text", "text", "id", "number", "truth", "nothing", "list", "list", "object", "object"]
        kind = self.chance.choice(kinds if depth < DEPTH_MAX else kinds[:6])
        match kind:
            case "text":
                return self.text()
            case "id":
                return self.id()
            case "number":
                return self.chance.choice([0, 1, -1, 2**31, 2**63, 10**30, -(2**63) - 1, 0.1, 1e300, 5e-324, 100_000_000])
            case "truth":
                return self.chance.choice([True, False])
            case "nothing":
                return None
            case "list":
                return [self.value(depth + 1) for _ in range(self.chance.randrange(4))]
        return self.object(FIELDS, depth + 1)

    def object(self, names: list[str], depth: int = 0) -> dict:
        chosen = [name for name in names if self.chance.random() < min(1.0, 8 / max(len(names), 1))]
        return {name: self.field(name, depth) for name in chosen}

    def field(self, name: str, depth: int):
        if name.endswith(("id", "ids")) and self.chance.random() < 0.7:
            return [self.id(), self.id()] if name.endswith("ids") else self.id()
        if name.endswith("s") and depth < DEPTH_MAX and self.chance.random() < 0.5:
            return [self.object(FIELDS, depth + 1) for _ in range(self.chance.randrange(3))]
        return self.value(depth)

    def body(self, fields: list[str]) -> bytes:
        whole = json.dumps(self.object(fields) if self.chance.random() < 0.9 else self.value()).encode()
        if self.chance.random() < 0.1:
            return whole[: self.chance.randrange(len(whole) + 1)] + self.chance.randbytes(3)
        return whole


@pytest.fixture(scope="module")
def known(server) -> list[str]:
    """Ids of things that are there, so that requests get beyond looking them up."""
    with httpx.Client(base_url=f"{server.api_url}/v1/private/", timeout=60) as client:
        row = trace_row("fuzzed", name="there")
        assert client.post("traces/batch", json={"traces": [row]}).status_code == 204
        assert client.post("datasets", json={"name": "fuzzed"}).status_code == 201
        project = client.post("projects/retrieve", json={"name": "fuzzed"}).json()["id"]
        dataset = client.post("datasets/retrieve", json={"dataset_name": "fuzzed"}).json()["id"]
    return [row["id"], project, dataset]


def is_long(operation: Operation) -> bool:
    """Polls that wait for somebody by design."""
    return operation.path[-1] is not None and operation.path[-1].endswith("/next")


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if not is_long(one)], ids=lambda one: one.name)
def test_no_request_is_answered_with_a_fault(api, known, operation):
    draw = Draw(f"{SEED} {operation.name}", known)
    for number in range(REQUESTS_PER_OPERATION):
        path = "".join(part if part is not None else draw.id() for part in operation.path)
        params = {name: value for name, value in draw.object(operation.parameters).items() if not isinstance(value, (dict, list))}
        # A body that nobody reads ends the connection, which is no fault and would disturb the next request.
        content = draw.body(operation.fields) if operation.method not in ("GET", "DELETE") else None
        response = api.root.request(
            operation.method,
            f"/api/{path}",
            params=params,
            content=content,
            headers={"content-type": "application/json"},
        )
        assert response.status_code < 500, f"request {number}: {path} {params} {content!r}: {response.text}"
    assert api.is_healthy()


def test_the_client_names_most_routes():
    assert len(OPERATIONS) > 200


def mutated(chance: random.Random, whole: bytes) -> bytes:
    """One to four changes: a bit turned, bytes cut out, doubled, or put in."""
    bytes_ = bytearray(whole)
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(bytes_) or 1)
        match chance.randrange(4):
            case 0 if bytes_:
                bytes_[at] ^= 1 << chance.randrange(8)
            case 1:
                del bytes_[at : at + chance.randrange(1, 9)]
            case 2:
                bytes_[at:at] = bytes_[at : at + chance.randrange(1, 40)]
            case _:
                bytes_[at:at] = chance.randbytes(chance.randrange(1, 5))
    return bytes(bytes_)


def exported() -> bytes:
    program = Program()
    parent, within = program.span("chat", attributes={"gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 7})
    child, _ = program.span("tool", parent=within, attributes={"deep": '{"a": [1, {"b": null}]}', "list": ["x", "y"]})
    child.add_event("exception", {"exception.type": "E", "exception.message": "m"})
    program.end(child, parent)
    return encoded(program.finished())


MUTATIONS = 400
DOCUMENTS = [
    b"""query($f: String) { projects(first: 3) { totalCount nodes { id name traces(filter: $f, first: 2) { nodes {
        id name input spans { nodes { id type } } feedbackScores { name value } } } } } }""",
    b"""mutation { createProject(input: {name: "fuzzed by document"}) { id name } }""",
    b"fragment F on Project { id ...F } query { projects { nodes { ...F @include(if: true) } } __schema { types { name } } }",
]
FILTERS = [
    'name:agent AND cost > 0.1 AND NOT error:true (environment:production OR staging) duration:[1s TO 5s]',
    'metadata.user.plan:pro feedback.accuracy < 0.5 "exact phrase" wor* has:tags start > -24h',
    'metadata."a b"[0].c:[0.9 TO 1] tags:x usage.total_tokens >= 1e3 id:0190babc-62a0-71d2-832a-0feffa4676ff',
]


def test_mutated_exports_are_refused_or_taken(api):
    chance, whole = random.Random(SEED), exported()
    for kind in ("application/x-protobuf", "application/json"):
        for number in range(MUTATIONS):
            content = mutated(chance, whole)
            headers = {"content-type": kind, "projectName": "fuzzed"}
            response = api.root.post("/api/v1/private/otel/v1/traces", content=content, headers=headers)
            assert response.status_code < 500, f"{kind} {number}: {content.hex()}: {response.text}"
    assert api.is_healthy()


def test_mutated_documents_and_filters_are_refused_or_answered(api):
    chance = random.Random(SEED)
    for number in range(MUTATIONS):
        document = mutated(chance, chance.choice(DOCUMENTS)).decode(errors="replace")
        filter_ = mutated(chance, chance.choice(FILTERS).encode()).decode(errors="replace")
        body = {"query": document if number % 2 else DOCUMENTS[0].decode(), "variables": {"f": filter_}}
        response = api.root.post("/graphql", json=body)
        assert response.status_code < 500, f"{number}: {body}: {response.text}"
        for error in response.json().get("errors", []):
            assert "something went wrong on the server" not in error["message"], f"{number}: {body}: {error}"
    assert api.is_healthy()


def test_mutated_batches_are_refused_or_taken(api):
    chance = random.Random(SEED)
    row = trace_row("fuzzed", name="n", input={"a": [1, 2.5e300, None]}, metadata={"k": {"v": "ü"}}, tags=["t"])
    whole = json.dumps({"traces": [row, {**row, "usage": {"n": 1}, "error_info": {"exception_type": "E", "traceback": "t"}}]})
    for number in range(MUTATIONS):
        content = mutated(chance, whole.encode())
        response = api.raw("POST", "traces/batch", content)
        assert response.status_code < 500, f"{number}: {content!r}: {response.text}"
    assert api.is_healthy()
