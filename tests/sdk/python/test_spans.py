"""A program logs spans by hand and reads back exactly what it logged."""

import datetime

import opik
import pytest
from opik.rest_api.core.api_error import ApiError

from api import DURATION_MS, UNKNOWN_ID, new_id, span_row, trace_row

UTC = datetime.timezone.utc
BEGIN = datetime.datetime(2026, 3, 4, 5, 6, 7, 123456, tzinfo=UTC)
FINISH = datetime.datetime(2026, 3, 4, 5, 6, 8, 623456, tzinfo=UTC)
USAGE = {"prompt_tokens": 11, "completion_tokens": 5, "total_tokens": 16}
STORED_USAGE = {**USAGE, **{f"original_usage.{key}": count for key, count in USAGE.items()}}
ABSENT_WHEN_UNSAID = [
    "parent_span_id",
    "name",
    "end_time",
    "input",
    "output",
    "metadata",
    "model",
    "provider",
    "tags",
    "usage",
    "error_info",
    "feedback_scores",
    "comments",
    "total_estimated_cost",
    "total_estimated_cost_version",
    "duration",
    "ttft",
    "environment",
]


def test_everything_that_was_logged_is_read_back_exactly(client, project, api):
    error = {"exception_type": "TimeoutError", "message": "slow", "traceback": "Traceback: here"}
    trace = client.trace(name="parent", environment="staging")
    span = trace.span(
        name="call",
        type="llm",
        start_time=BEGIN,
        end_time=FINISH,
        input={"messages": [{"role": "user", "content": "zażółć"}]},
        output={"choices": [1, 2]},
        metadata={"k": {"v": None}},
        tags=["b", "a"],
        usage=USAGE,
        model="gpt-4o-mini",
        provider="openai",
        error_info=error,
        total_cost=0.125,
    )
    assert client.flush()
    seen = client.get_span_content(span.id)
    assert (seen.id, seen.trace_id, seen.parent_span_id) == (span.id, trace.id, None)
    assert (seen.name, seen.type, seen.source, seen.environment) == ("call", "llm", "sdk", "staging")
    assert (seen.start_time, seen.end_time, seen.duration) == (BEGIN, FINISH, DURATION_MS)
    assert seen.input == {"messages": [{"role": "user", "content": "zażółć"}]}
    assert seen.output == {"choices": [1, 2]}
    assert seen.metadata == {"k": {"v": None}, "usage": USAGE}  # the SDK repeats the usage as it was given
    assert (sorted(seen.tags), seen.usage) == (["a", "b"], STORED_USAGE)
    assert (seen.model, seen.provider, seen.total_estimated_cost) == ("gpt-4o-mini", "openai", 0.125)
    assert seen.error_info.model_dump() == error
    assert (seen.project_name, seen.created_by, seen.last_updated_by) == (project, "admin", "admin")
    assert seen.project_id == api.get(f"traces/{trace.id}")["project_id"]


def test_what_was_not_said_is_absent(api, project):
    row = span_row(project)
    api.write("spans", row)
    seen = api.get(f"spans/{row['id']}")
    assert [field for field in ABSENT_WHEN_UNSAID if field in seen] == []
    assert (seen["type"], seen["trace_id"], seen["project_name"]) == ("general", row["trace_id"], project)
    assert None not in seen.values()


def test_the_sdk_reads_none_for_what_was_not_said(client):
    span = client.trace().span()
    assert client.flush()
    seen = client.get_span_content(span.id)
    assert [getattr(seen, field) for field in ABSENT_WHEN_UNSAID] == [None] * len(ABSENT_WHEN_UNSAID)


@pytest.mark.parametrize("type", ["general", "tool", "llm", "guardrail"])
def test_the_type_is_kept(client, type):
    span = client.trace().span(type=type)
    assert client.flush()
    assert client.get_span_content(span.id).type == type


def test_spans_nest_as_deep_as_the_program(client):
    span = client.trace().span(name="0")
    chain = [span.id]
    for depth in range(1, 30):
        span = span.span(name=str(depth))
        chain.append(span.id)
    assert client.flush()
    by_name = {found.name: found for found in client.search_spans()}
    assert [by_name[str(depth)].id for depth in range(30)] == chain
    assert [by_name[str(depth)].parent_span_id for depth in range(30)] == [None, *chain[:-1]]


def test_a_span_is_updated_and_ended_with_batching(client):
    """The SDK sends the update at once and the creation a moment later: nothing may be lost."""
    span = client.trace(name="t").span(name="s", input={"n": 1}, start_time=BEGIN, type="llm")
    span.update(metadata={"step": 1}, usage=USAGE, model="gpt-4o-mini", provider="openai")
    span.end(end_time=FINISH, output={"n": 2})
    assert client.flush()
    seen = client.get_span_content(span.id)
    assert (seen.name, seen.type, seen.input, seen.output) == ("s", "llm", {"n": 1}, {"n": 2})
    assert (seen.start_time, seen.end_time, seen.metadata) == (BEGIN, FINISH, {"step": 1, "usage": USAGE})
    assert (seen.usage, seen.model, seen.provider) == (STORED_USAGE, "gpt-4o-mini", "openai")


def test_a_span_is_updated_and_ended_without_batching(direct_client):
    parent = direct_client.trace(name="t").span(name="p")
    span = parent.span(name="s", input={"n": 1}, start_time=BEGIN)
    span.update(tags=["late"], total_cost=0.5)
    span.end(end_time=FINISH, output={"n": 2})
    assert direct_client.flush()
    seen = direct_client.get_span_content(span.id)
    assert (seen.name, seen.input, seen.output, seen.tags) == ("s", {"n": 1}, {"n": 2}, ["late"])
    assert (seen.start_time, seen.end_time, seen.parent_span_id) == (BEGIN, FINISH, parent.id)
    assert seen.total_estimated_cost == 0.5


def test_a_finished_span_is_updated_later(client, project):
    trace = client.trace()
    span = trace.span(name="s", output={"v": 1}, start_time=BEGIN, end_time=FINISH)
    assert client.flush()
    client.update_span(
        id=span.id, trace_id=trace.id, parent_span_id=None, project_name=project, output={"v": 2}, metadata={"m": 1}
    )
    assert client.flush()
    seen = client.get_span_content(span.id)
    assert (seen.name, seen.output, seen.metadata, seen.end_time) == ("s", {"v": 2}, {"m": 1}, FINISH)


def test_a_span_without_a_trace_makes_one(client):
    span = client.span(name="alone", input={"x": 1}, start_time=BEGIN)
    assert client.flush()
    seen = client.get_span_content(span.id)
    trace = client.get_trace_content(seen.trace_id)
    assert (trace.name, trace.input, trace.start_time, trace.span_count) == ("alone", {"x": 1}, BEGIN, 1)


def test_a_span_may_come_before_its_trace_and_parent(api, project):
    trace, parent = trace_row(project), new_id()
    child = span_row(project, trace["id"], parent_span_id=parent, name="early")
    api.write("spans", child)
    assert api.get(f"spans/{child['id']}")["parent_span_id"] == parent
    assert api.send("GET", f"traces/{trace['id']}").status_code == 404
    api.write("traces", trace)
    assert api.get(f"traces/{trace['id']}")["span_count"] == 1


def test_usage_is_a_map_of_integers_and_its_nulls_are_dropped(api, project):
    row = span_row(project, usage={"prompt_tokens": 1, "completion_tokens": None, "other.nested.key": 2**40})
    api.write("spans", row)
    assert api.get(f"spans/{row['id']}")["usage"] == {"prompt_tokens": 1, "other.nested.key": 2**40}


def test_a_cost_of_zero_is_absent(api, project):
    row = span_row(project, total_estimated_cost=0)
    api.write("spans", row)
    assert "total_estimated_cost" not in api.get(f"spans/{row['id']}")


def test_a_cost_that_was_given_is_not_computed_again(api, project):
    usage = {"prompt_tokens": 1000, "completion_tokens": 1000, "total_tokens": 2000}
    row = span_row(project, model="gpt-4o", provider="openai", usage=usage, total_estimated_cost=7.5)
    api.write("spans", row)
    assert api.patch("spans", row["id"], project_name=project, trace_id=row["trace_id"], usage=usage).status_code == 204
    seen = api.get(f"spans/{row['id']}")
    assert (seen["total_estimated_cost"], "total_estimated_cost_version" in seen) == (7.5, False)


def test_deleting_a_span_leaves_its_trace(api, project):
    trace = trace_row(project)
    spans = [span_row(project, trace["id"]), span_row(project, trace["id"])]
    api.write("traces", trace)
    api.write("spans", *spans)
    for _ in range(2):
        assert api.send("DELETE", f"spans/{spans[0]['id']}").status_code == 204
    assert api.ids("spans", project) == [spans[1]["id"]]
    assert api.get(f"traces/{trace['id']}")["span_count"] == 1


def test_reading_an_unknown_span_is_not_found(client, api):
    with pytest.raises(ApiError) as refused:
        client.get_span_content(UNKNOWN_ID)
    assert refused.value.status_code == 404
    assert f"Span id: {UNKNOWN_ID} not found" in api.send("GET", f"spans/{UNKNOWN_ID}").text


def test_each_client_keeps_its_own_project(server, project):
    for name in ("left", "right"):
        client = opik.Opik(project_name=f"{project}-{name}", host=server.api_url)
        client.trace(name=name).span(name=name)
        assert client.flush()
        assert [span.name for span in client.search_spans()] == [name]
        assert [trace.name for trace in client.search_traces()] == [name]
        client.end()
