"""A program instrumented with OpenTelemetry sends its spans here and finds traces, as if it had used the SDK."""

import grpc
import pytest
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Status, StatusCode

from api import instant, trace_row
from otel import BEGIN, SECOND, Program, export, grpc_exporter, http_exporter, moment, span_id_of, trace_id_of

WAYS = {
    "http": lambda server, project: http_exporter(server, project),
    "http gzip": lambda server, project: http_exporter(server, project, Compression.Gzip),
    "grpc": lambda server, project: grpc_exporter(server, project),
    "grpc gzip": lambda server, project: grpc_exporter(server, project, grpc.Compression.Gzip),
}


@pytest.fixture
def program():
    return Program()


def spans_of(api, project: str) -> dict[str, dict]:
    return {span["name"]: span for span in api.page("spans", project, size=1000)["content"]}


def one_span(program, server, project, api, attributes: dict, name: str = "call") -> tuple[dict, dict]:
    """The span and the trace that come of one root span with these attributes."""
    span = program.tracer.start_span(name, start_time=BEGIN, attributes=attributes)
    span.end(end_time=BEGIN + SECOND)
    export(http_exporter(server, project), program.finished())
    [trace] = api.page("traces", project)["content"]
    return spans_of(api, project)[name], trace


@pytest.mark.parametrize("way", WAYS)
def test_a_tree_of_spans_becomes_a_trace(server, api, project, program, way):
    root, in_root = program.span("root", seconds=4)
    child, in_child = program.span("child", in_root, start=BEGIN + SECOND, seconds=2)
    leaf, _ = program.span("leaf", in_child, start=BEGIN + SECOND)
    program.end(leaf, child, root)
    export(WAYS[way](server, project), program.finished())

    context = root.get_span_context()
    trace_id = trace_id_of(context.trace_id, BEGIN)
    [trace] = api.page("traces", project)["content"]
    assert (trace["id"], trace["name"], trace["source"]) == (trace_id, "root", "sdk")
    assert instant(trace["start_time"]) == moment(BEGIN)
    assert instant(trace["end_time"]) == moment(BEGIN + 4 * SECOND)
    assert (trace["duration"], trace["input"], trace["span_count"]) == (4000.0, {"input.value": "into root"}, 3)

    spans = spans_of(api, project)
    assert set(spans) == {"root", "child", "leaf"}
    for otel_span in (root, child, leaf):
        span = spans[otel_span.name]
        assert span["id"] == span_id_of(otel_span.get_span_context().span_id, trace_id)
        assert (span["trace_id"], span["type"], span["source"]) == (trace_id, "general", "sdk")
        assert instant(span["start_time"]) == moment(otel_span.start_time)
        assert instant(span["end_time"]) == moment(otel_span.end_time)
        assert span["input"] == {"input.value": f"into {otel_span.name}"}
    assert "parent_span_id" not in spans["root"]
    assert spans["child"]["parent_span_id"] == spans["root"]["id"]
    assert spans["leaf"]["parent_span_id"] == spans["child"]["id"]


@pytest.mark.parametrize("way", ["http gzip", "grpc"])
def test_a_program_that_exports_in_the_background_loses_nothing(server, api, project, program, way):
    processor = BatchSpanProcessor(WAYS[way](server, project), max_export_batch_size=64)
    program.provider.add_span_processor(processor)
    for number in range(300):
        program.tracer.start_span(f"work {number}").end()
    assert program.provider.force_flush()
    program.provider.shutdown()
    assert api.page("traces", project)["total"] == 300
    assert set(spans_of(api, project)) == {f"work {number}" for number in range(300)}


@pytest.mark.parametrize("exporter", [http_exporter, grpc_exporter])
def test_without_a_project_name_the_default_project_is_used(server, api, program, exporter):
    root, _ = program.span("nameless")
    program.end(root)
    export(exporter(server, None), program.finished())
    trace = api.get(f"traces/{trace_id_of(root.get_span_context().trace_id, BEGIN)}")
    default = api.send("POST", "projects/retrieve", {"name": "Default Project"}).json()
    assert trace["project_id"] == default["id"]


@pytest.mark.parametrize("exporter", [http_exporter, grpc_exporter])
def test_children_may_come_before_their_root(server, api, project, program, exporter):
    """A long-running program exports finished children while the root is still open."""
    root, in_root = program.span("root", seconds=9)
    child, in_child = program.span("child", in_root, start=BEGIN + 2 * SECOND)
    leaf, _ = program.span("leaf", in_child, start=BEGIN + 3 * SECOND)
    trace_id = trace_id_of(root.get_span_context().trace_id, BEGIN + 3 * SECOND)

    program.end(leaf)
    export(exporter(server, project), program.finished())
    assert api.page("traces", project)["total"] == 0
    assert spans_of(api, project)["leaf"]["trace_id"] == trace_id
    assert spans_of(api, project)["leaf"]["parent_span_id"] == span_id_of(child.get_span_context().span_id, trace_id)
    assert len(api.page("spans", project, trace_id=trace_id)["content"]) == 1

    program.kept.clear()
    program.end(child, root)
    export(exporter(server, project), program.finished())
    spans = spans_of(api, project)
    assert {span["trace_id"] for span in spans.values()} == {trace_id}
    assert spans["leaf"]["parent_span_id"] == spans["child"]["id"]
    assert spans["child"]["parent_span_id"] == spans["root"]["id"]
    [trace] = api.page("traces", project)["content"]
    assert (trace["id"], trace["name"], trace["span_count"]) == (trace_id, "root", 3)
    assert instant(trace["start_time"]) == moment(BEGIN)


def test_a_batch_that_is_sent_again_changes_nothing(server, api, project, program):
    root, in_root = program.span("root", seconds=3)
    child, _ = program.span("child", in_root)
    program.end(child, root)
    export(http_exporter(server, project), program.finished())
    first = (api.page("traces", project)["content"][0]["id"], sorted(spans_of(api, project)))
    export(http_exporter(server, project), program.finished())
    export(grpc_exporter(server, project), program.finished())
    assert (api.page("traces", project)["content"][0]["id"], sorted(spans_of(api, project))) == first
    assert (api.page("traces", project)["total"], api.page("spans", project)["total"]) == (1, 2)


def test_spans_join_a_trace_made_by_the_sdk(server, api, client, project, program):
    trace = client.trace(name="made by hand")
    parent = trace.span(name="hand span")
    assert client.flush()
    overrides = {"opik.trace_id": trace.id, "opik.parent_span_id": parent.id}
    root = program.tracer.start_span("joined", start_time=BEGIN, attributes=overrides)
    root.end(end_time=BEGIN + SECOND)
    export(http_exporter(server, project), program.finished())
    assert api.ids("traces", project) == [trace.id]
    joined = spans_of(api, project)["joined"]
    assert (joined["trace_id"], joined["parent_span_id"]) == (trace.id, parent.id)
    assert api.get(f"traces/{trace.id}")["name"] == "made by hand"
    assert api.get(f"traces/{trace.id}")["span_count"] == 2
    assert [key for key in joined.get("input", {}) if key.startswith("opik.")] == []


def test_overrides_that_are_no_version_7_are_ignored(server, api, project, program):
    overrides = {"opik.trace_id": "f47ac10b-58cc-4372-a567-0e02b2c3d479", "opik.parent_span_id": "nonsense"}
    span, trace = one_span(program, server, project, api, overrides)
    assert span["trace_id"] == trace["id"]
    assert "parent_span_id" not in span


def test_a_parent_override_alone_does_not_count(server, api, project, program):
    row = trace_row(project)
    span, trace = one_span(program, server, project, api, {"opik.parent_span_id": row["id"]})
    assert (span["trace_id"], "parent_span_id" in span) == (trace["id"], False)


def test_an_exception_becomes_the_error(server, api, project, program):
    span = program.tracer.start_span("fails", start_time=BEGIN)
    try:
        raise ValueError("no such parcel")
    except ValueError as failure:
        span.record_exception(failure)
        span.set_status(Status(StatusCode.ERROR, "it failed"))
    span.end(end_time=BEGIN + SECOND)
    export(http_exporter(server, project), program.finished())
    [trace] = api.page("traces", project)["content"]
    for entity in (trace, spans_of(api, project)["fails"]):
        assert entity["error_info"]["exception_type"] == "ValueError"
        assert entity["error_info"]["message"] == "no such parcel"
        assert 'raise ValueError("no such parcel")' in entity["error_info"]["traceback"]


def test_an_error_status_alone_becomes_the_error(server, api, project, program):
    span = program.tracer.start_span("fails", start_time=BEGIN)
    span.set_status(Status(StatusCode.ERROR, "it failed"))
    span.end(end_time=BEGIN + SECOND)
    export(grpc_exporter(server, project), program.finished())
    error = spans_of(api, project)["fails"]["error_info"]
    assert (error["exception_type"], error["message"]) == ("Error", "it failed")
    assert error["traceback"].strip()


def test_events_are_kept_in_the_metadata(server, api, project, program):
    span = program.tracer.start_span("eventful", start_time=BEGIN)
    span.add_event("cache.miss", {"key": "a", "size": 3}, timestamp=BEGIN + 5)
    span.end(end_time=BEGIN + SECOND)
    export(http_exporter(server, project), program.finished())
    [event] = spans_of(api, project)["eventful"]["metadata"]["opentelemetry.events"]
    assert (event["name"], int(event["time_unix_nano"])) == ("cache.miss", BEGIN + 5)
    assert event["attributes"] == {"key": "a", "size": 3}


def test_genai_attributes_make_an_llm_span(server, api, project, program):
    attributes = {
        "gen_ai.system": "openai",
        "gen_ai.request.model": "gpt-4o-mini",
        "gen_ai.request.temperature": 0.5,
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.output_tokens": 500,
        "gen_ai.prompt": '[{"role": "user", "content": "hi"}]',
        "gen_ai.completion.0.content": "hello",
        "gen_ai.conversation.id": "talk-9",
        "gen_ai.operation.name": "chat",
    }
    span, trace = one_span(program, server, project, api, attributes)
    assert (span["type"], span["model"], span["provider"]) == ("llm", "gpt-4o-mini", "openai")
    assert span["usage"] == {"prompt_tokens": 1000, "completion_tokens": 500, "total_tokens": 1500}
    assert span["input"] == {"gen_ai.prompt": [{"role": "user", "content": "hi"}]}
    assert span["output"] == {"gen_ai.completion.0.content": "hello"}
    assert span["metadata"]["gen_ai.request.temperature"] == 0.5
    assert span["metadata"]["gen_ai.operation.name"] == "chat"
    assert (span["metadata"]["thread_id"], trace["thread_id"]) == ("talk-9", "talk-9")
    assert span["metadata"]["integration"] == "shop.instrumentation"
    assert (trace["usage"], trace["llm_span_count"], trace["providers"]) == (span["usage"], 1, ["openai"])
    assert (trace["input"], trace["output"]) == (span["input"], span["output"])


def test_openinference_attributes_make_an_llm_span(server, api, project, program):
    attributes = {
        "llm.model_name": "claude-sonnet-4",
        "llm.token_count.prompt": 7,
        "llm.token_count.completion": 3,
        "llm.token_count.total": 10,
        "llm.invocation_parameters": '{"temperature": 1}',
        "input.value": '{"messages": ["hi"]}',
        "output.value": "plain text",
    }
    span, _ = one_span(program, server, project, api, attributes)
    assert (span["type"], span["model"]) == ("llm", "claude-sonnet-4")
    assert span["usage"] == {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
    assert span["input"]["input.value"] == {"messages": ["hi"]}
    assert span["output"] == {"output.value": "plain text"}


def test_general_attributes_find_their_place(server, api, project, program):
    attributes = {
        "thread_id": "talk-3",
        "opik.tags": ["a", "b"],
        "opik.metadata.version": 7,
        "input": "question",
        "output": '{"answer": 1}',
        "logfire.msg_template": "dropped",
        "unheard.of": True,
    }
    span, trace = one_span(program, server, project, api, attributes)
    assert (trace["thread_id"], sorted(span["tags"]), sorted(trace["tags"])) == ("talk-3", ["a", "b"], ["a", "b"])
    assert span["metadata"]["opik.metadata.version"] == 7
    assert span["input"] == {"input": "question", "unheard.of": True}
    assert span["output"] == {"output": {"answer": 1}}
    assert "logfire.msg_template" not in span["metadata"]


@pytest.mark.parametrize(
    ("tags", "expected"), [('["x", "y"]', ["x", "y"]), ("x, y", ["x", "y"]), ("x", ["x"]), (("x", "y"), ["x", "y"])]
)
def test_tags_are_understood_in_every_spelling(server, api, project, program, tags, expected):
    span, _ = one_span(program, server, project, api, {"opik.tags": tags})
    assert sorted(span["tags"]) == expected


def test_values_keep_their_type(server, api, project, program):
    attributes = {
        "input.text": "1",
        "input.int": 2**53,
        "input.float": 0.5,
        "input.bool": False,
        "input.list": (1, 2),
        "input.json": '{"a": [null]}',
        "input.broken": "{not json",
    }
    span, _ = one_span(program, server, project, api, attributes)
    assert span["input"] == {
        "input.text": "1",
        "input.int": 2**53,
        "input.float": 0.5,
        "input.bool": False,
        "input.list": [1, 2],
        "input.json": {"a": [None]},
        "input.broken": "{not json",
    }


def test_usage_of_a_parent_is_not_counted_twice(server, api, project, program):
    usage = {"gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 1}
    root, in_root = program.span("agent", attributes=usage)
    calls = [program.span(f"call {n}", in_root, attributes=usage)[0] for n in range(2)]
    program.end(*calls, root)
    export(http_exporter(server, project), program.finished())
    [trace] = api.page("traces", project)["content"]
    assert trace["usage"] == {"prompt_tokens": 20, "completion_tokens": 2, "total_tokens": 22}
    assert spans_of(api, project)["agent"].get("usage", {}) == {}


def test_google_is_told_apart_by_its_address(server, api, project, program):
    for address, provider in (("aiplatform.googleapis.com", "google_vertexai"), ("example.org", "google_ai")):
        attributes = {"gen_ai.system": "google", "server.address": f"europe-{address}"}
        program.tracer.start_span(provider, start_time=BEGIN, attributes=attributes).end(end_time=BEGIN + SECOND)
    export(http_exporter(server, project), program.finished())
    assert {name: span["provider"] for name, span in spans_of(api, project).items()} == {
        "google_vertexai": "google_vertexai",
        "google_ai": "google_ai",
    }
