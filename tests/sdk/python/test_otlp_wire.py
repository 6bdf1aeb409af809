"""The OTLP protocol itself: encodings, ids in JSON, answers, partial success, refusals."""

import base64
import gzip
import json
import os
from typing import NamedTuple

import grpc
import pytest
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest, ExportTraceServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import TraceServiceStub

from api import Api
from otel import BEGIN, SECOND, Program, encoded, span_id_of, trace_id_of

PROTOBUF = "application/x-protobuf"
JSON = "application/json"


class Ids(NamedTuple):
    """Of one OpenTelemetry trace; its id as ours depends on nothing else than these and the time."""

    trace: bytes
    root: bytes
    child: bytes


@pytest.fixture
def ids() -> Ids:
    return Ids(os.urandom(16), os.urandom(8), os.urandom(8))


def hexadecimal(octets: bytes) -> str:
    return octets.hex()


def base_64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def json_span(name: str, span_id: str, trace_id: str, **fields) -> dict:
    return {
        "name": name,
        "traceId": trace_id,
        "spanId": span_id,
        "kind": 1,
        "startTimeUnixNano": str(BEGIN),
        "endTimeUnixNano": str(BEGIN + SECOND),
        "attributes": [
            {"key": "input.value", "value": {"stringValue": "hi"}},
            {"key": "input.count", "value": {"intValue": "7"}},
        ],
        **fields,
    }


def json_request(*spans: dict) -> dict:
    return {"resourceSpans": [{"resource": {}, "scopeSpans": [{"scope": {"name": "lib"}, "spans": list(spans)}]}]}


def send(api: Api, project: str, content: bytes, content_type: str, **headers: str):
    return api.http.post(
        "otel/v1/traces", content=content, headers={"content-type": content_type, "projectName": project, **headers}
    )


def two_good_and_one_bad_span(broken: str = "span") -> ExportTraceServiceRequest:
    program = Program()
    root, in_root = program.span("good root")
    child, _ = program.span("good child", in_root)
    bad, _ = program.span("bad", in_root)
    program.end(bad, child, root)
    request = ExportTraceServiceRequest.FromString(encoded(program.finished()))
    for span in request.resource_spans[0].scope_spans[0].spans:
        if span.name == "bad":
            if broken == "span":
                span.span_id = bytes(8)
            else:
                span.trace_id = bytes(16)
    return request


def names(api: Api, kind: str, project: str) -> list[str]:
    return sorted(row["name"] for row in api.page(kind, project)["content"])


@pytest.mark.parametrize("spelling", [hexadecimal, lambda octets: octets.hex().upper(), base_64], ids=["hex", "HEX", "base64"])
def test_json_is_understood_with_ids_in_every_spelling(api, project, ids, spelling):
    trace_id, root, child = spelling(ids.trace), spelling(ids.root), spelling(ids.child)
    body = json_request(
        json_span("child", child, trace_id, parentSpanId=root), json_span("root", root, trace_id, parentSpanId="")
    )
    response = send(api, project, json.dumps(body).encode(), JSON)
    assert (response.status_code, response.json()) == (200, {})
    expected = trace_id_of(int.from_bytes(ids.trace, "big"), BEGIN)
    spans = {span["name"]: span for span in api.page("spans", project)["content"]}
    assert spans["root"]["trace_id"] == spans["child"]["trace_id"] == expected
    assert spans["root"]["id"] == span_id_of(int.from_bytes(ids.root, "big"), expected)
    assert spans["child"]["parent_span_id"] == spans["root"]["id"]
    assert spans["child"]["input"] == {"input.value": "hi", "input.count": 7}
    assert names(api, "traces", project) == ["root"]


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "application/json"])
def test_json_may_be_compressed_and_hold_unknown_fields(api, project, ids, content_type):
    span = json_span("root", hexadecimal(ids.root), hexadecimal(ids.trace), fromTheFuture={"a": 1}, flags=257)
    body = gzip.compress(json.dumps({**json_request(span), "later": []}).encode())
    assert send(api, project, body, content_type, **{"content-encoding": "gzip"}).status_code == 200
    assert names(api, "traces", project) == ["root"]


def test_success_is_an_empty_message_of_the_same_encoding(api, project):
    program = Program()
    program.end(program.span("root")[0])
    response = send(api, project, encoded(program.finished()), PROTOBUF)
    assert (response.status_code, response.headers["content-type"]) == (200, PROTOBUF)
    assert ExportTraceServiceResponse.FromString(response.content) == ExportTraceServiceResponse()


@pytest.mark.parametrize("content_type", [PROTOBUF, JSON])
def test_an_empty_request_is_a_success(api, project, content_type):
    response = send(api, project, b"" if content_type == PROTOBUF else b"{}", content_type)
    assert response.status_code == 200
    assert not api.project_exists(project)


@pytest.mark.parametrize("broken", ["span", "trace"])
def test_a_span_without_id_is_rejected_and_the_others_are_stored(api, project, broken):
    response = send(api, project, two_good_and_one_bad_span(broken).SerializeToString(), PROTOBUF)
    assert response.status_code == 200
    partial = ExportTraceServiceResponse.FromString(response.content).partial_success
    assert partial.rejected_spans == 1
    assert partial.error_message
    assert names(api, "spans", project) == ["good child", "good root"]
    assert names(api, "traces", project) == ["good root"]


def test_partial_success_is_told_in_json_to_those_who_sent_json(api, project, ids):
    zero = json_span("bad", "0" * 16, hexadecimal(ids.trace))
    good = json_span("good", hexadecimal(ids.root), hexadecimal(ids.trace))
    response = send(api, project, json.dumps(json_request(zero, good)).encode(), JSON)
    assert response.status_code == 200
    answer = json_format.Parse(response.text, ExportTraceServiceResponse())
    assert answer.partial_success.rejected_spans == 1
    assert names(api, "spans", project) == ["good"]


def test_partial_success_is_told_over_grpc(server, api, project):
    with grpc.insecure_channel(f"127.0.0.1:{server.grpc_port}") as channel:
        answer = TraceServiceStub(channel).Export(two_good_and_one_bad_span(), metadata=(("projectname", project),), timeout=20)
    assert answer.partial_success.rejected_spans == 1
    assert names(api, "spans", project) == ["good child", "good root"]


def test_an_unknown_workspace_is_refused_over_grpc(server, project):
    metadata = (("projectname", project), ("comet-workspace", "nobody-made-this"))
    with grpc.insecure_channel(f"127.0.0.1:{server.grpc_port}") as channel:
        with pytest.raises(grpc.RpcError) as refused:
            TraceServiceStub(channel).Export(two_good_and_one_bad_span(), metadata=metadata, timeout=20)
    assert refused.value.code() in (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.PERMISSION_DENIED)


def test_an_unknown_workspace_is_refused_over_http(api, project):
    body = two_good_and_one_bad_span().SerializeToString()
    assert send(api, project, body, PROTOBUF, **{"comet-workspace": "nobody-made-this"}).status_code == 404
    assert not api.project_exists(project)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"\xff\xff\xff\xff", PROTOBUF),
        (b"\x0a\x7f\x01", PROTOBUF),
        (b"hello", PROTOBUF),
        (b"{", JSON),
        (b'{"resourceSpans": 7}', JSON),
        (b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"startTimeUnixNano": "soon"}]}]}]}', JSON),
    ],
)
def test_a_malformed_request_is_a_bad_request(api, project, content, content_type):
    assert send(api, project, content, content_type).status_code == 400
    assert not api.project_exists(project)
    assert api.is_healthy()


def test_broken_gzip_is_a_bad_request(api, project):
    response = send(api, project, b"not gzip", PROTOBUF, **{"content-encoding": "gzip"})
    assert response.status_code == 400


def test_another_content_type_is_refused(api, project):
    assert send(api, project, b"hello", "text/plain").status_code in (400, 415)


def test_nanoseconds_are_not_lost_in_ids_or_order(api, project, ids):
    spans = [
        json_span(str(place), (place + 1).to_bytes(8, "big").hex(), hexadecimal(ids.trace), startTimeUnixNano=str(BEGIN + place))
        for place in range(3)
    ]
    assert send(api, project, json.dumps(json_request(*spans)).encode(), JSON).status_code == 200
    assert names(api, "spans", project) == ["0", "1", "2"]
    assert {span["trace_id"] for span in api.page("spans", project)["content"]} == {
        trace_id_of(int.from_bytes(ids.trace, "big"), BEGIN)
    }
