"""A program logs traces by hand and reads back exactly what it logged."""

import datetime
import json

import pytest
from opik.rest_api.core.api_error import ApiError

from api import DURATION_MS, END, START, UNKNOWN_ID, instant, new_id, span_row, trace_row

UTC = datetime.timezone.utc
BEGIN = datetime.datetime(2026, 3, 4, 5, 6, 7, 123456, tzinfo=UTC)
FINISH = datetime.datetime(2026, 3, 4, 5, 6, 8, 623456, tzinfo=UTC)
ABSENT_WHEN_UNSAID = [
    "name",
    "end_time",
    "input",
    "output",
    "metadata",
    "tags",
    "error_info",
    "thread_id",
    "ttft",
    "environment",
    "duration",
    "feedback_scores",
    "span_feedback_scores",
    "comments",
    "guardrails_validations",
    "total_estimated_cost",
    "experiment",
]
VALUES = {
    "unicode": {"text": "żółć 日本語 🦊 \u0000 \u2028", "ключ": "значение"},
    "numbers": {"int": 2**53, "negative": -7, "float": 0.1, "tiny": 1e-7, "zero": 0},
    "nested": {"a": [{"b": [[], {}, None, True, False]}, "c"]},
    "nulls": {"nothing": None, "empty": "", "none": []},
    "quotes": {"text": 'a "quoted" \\ back\\slash\r\n\ttab </script>'},
}


def test_everything_that_was_logged_is_read_back_exactly(client):
    error = {"exception_type": "ValueError", "message": "no", "traceback": "Traceback: line 1\nline 2"}
    trace = client.trace(
        name="checkout",
        start_time=BEGIN,
        end_time=FINISH,
        input={"question": "why"},
        output={"answer": ["because", 1]},
        metadata={"user": {"id": 42}},
        tags=["one", "two"],
        error_info=error,
        thread_id="thread / 1",
        environment="staging",
    )
    assert client.flush()
    seen = client.get_trace_content(trace.id)
    assert seen.id == trace.id
    assert (seen.name, seen.thread_id, seen.environment, seen.source) == ("checkout", "thread / 1", "staging", "sdk")
    assert (seen.start_time, seen.end_time) == (BEGIN, FINISH)
    assert (seen.input, seen.output) == ({"question": "why"}, {"answer": ["because", 1]})
    assert (seen.metadata, sorted(seen.tags)) == ({"user": {"id": 42}}, ["one", "two"])
    assert seen.error_info.model_dump() == error
    assert seen.duration == DURATION_MS
    assert (seen.created_by, seen.last_updated_by) == ("admin", "admin")


def test_what_was_not_said_is_absent(api, project):
    row = trace_row(project)
    api.write("traces", row)
    seen = api.get(f"traces/{row['id']}")
    assert [field for field in ABSENT_WHEN_UNSAID if field in seen] == []
    assert "project_name" not in seen
    assert (seen["span_count"], seen["llm_span_count"], seen["has_tool_spans"]) == (0, 0, False)
    assert seen.get("usage", {}) == {}
    assert None not in seen.values()


def test_the_sdk_reads_none_for_what_was_not_said(client):
    trace = client.trace()
    assert client.flush()
    seen = client.get_trace_content(trace.id)
    assert [getattr(seen, field) for field in ABSENT_WHEN_UNSAID] == [None] * len(ABSENT_WHEN_UNSAID)


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("field", ["input", "output", "metadata"])
def test_json_objects_survive_exactly(client, api, field, name):
    trace = client.trace(**{field: VALUES[name]})
    assert client.flush()
    assert getattr(client.get_trace_content(trace.id), field) == VALUES[name]
    assert json.dumps(api.get(f"traces/{trace.id}")[field]) == json.dumps(VALUES[name])


@pytest.mark.parametrize("value", [[1, "a", None], "text", "", 7, 0, 1.5, True, False, [], {}], ids=repr)
def test_any_json_value_is_an_input(api, project, value):
    row = trace_row(project, input=value)
    api.write("traces", row)
    assert api.get(f"traces/{row['id']}")["input"] == value


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("2026-03-04T05:06:07Z", "2026-03-04T05:06:07Z"),
        ("2026-03-04T05:06:07.1Z", "2026-03-04T05:06:07.100Z"),
        ("2026-03-04T05:06:07.120000Z", "2026-03-04T05:06:07.120Z"),
        ("2026-03-04T05:06:07.123456Z", "2026-03-04T05:06:07.123456Z"),
        ("2026-03-04T07:06:07.123456+02:00", "2026-03-04T05:06:07.123456Z"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
        ("2262-04-11T00:00:00Z", "2262-04-11T00:00:00Z"),
    ],
)
def test_times_are_shown_in_utc_with_digits_as_needed(api, project, sent, shown):
    row = trace_row(project, start_time=sent)
    api.write("traces", row)
    assert api.get(f"traces/{row['id']}")["start_time"] == shown


def test_duration_has_microseconds(api, project):
    row = trace_row(project, start_time="2026-01-01T00:00:00Z", end_time="2026-01-01T00:00:00.001234Z")
    api.write("traces", row)
    assert api.get(f"traces/{row['id']}")["duration"] == 1.234


@pytest.mark.parametrize("ttft", [0, 12.5, 1234])
def test_time_to_first_token_is_kept(api, project, ttft):
    row = trace_row(project, ttft=ttft)
    api.write("traces", row)
    assert api.get(f"traces/{row['id']}")["ttft"] == ttft


@pytest.mark.parametrize("source", ["sdk", "experiment", "playground", "optimization", "evaluator"])
def test_the_source_is_kept(api, project, source):
    row = trace_row(project, source=source)
    api.write("traces", row)
    assert api.get(f"traces/{row['id']}")["source"] == source


def test_an_unknown_source_is_absent(api, project):
    row = trace_row(project, source="somewhere-else")
    api.write("traces", row)
    assert "source" not in api.get(f"traces/{row['id']}")


def test_unknown_properties_are_ignored(api, project):
    row = trace_row(project, name="known", from_the_future={"x": 1})
    api.write("traces", row)
    seen = api.get(f"traces/{row['id']}")
    assert (seen["name"], "from_the_future" in seen) == ("known", False)


def test_a_trace_is_updated_and_ended_with_batching(client):
    """The SDK sends the update at once and the creation a moment later: nothing may be lost."""
    trace = client.trace(name="job", input={"n": 1}, start_time=BEGIN, tags=["first"])
    trace.update(metadata={"step": 1})
    trace.end(end_time=FINISH, output={"n": 2})
    assert client.flush()
    seen = client.get_trace_content(trace.id)
    assert (seen.name, seen.input, seen.output) == ("job", {"n": 1}, {"n": 2})
    assert (seen.start_time, seen.end_time, seen.metadata, seen.tags) == (BEGIN, FINISH, {"step": 1}, ["first"])


def test_a_trace_is_updated_and_ended_without_batching(direct_client):
    trace = direct_client.trace(name="job", input={"n": 1}, start_time=BEGIN)
    trace.update(metadata={"step": 1}, tags=["late"], thread_id="th")
    trace.end(end_time=FINISH, output={"n": 2})
    assert direct_client.flush()
    seen = direct_client.get_trace_content(trace.id)
    assert (seen.name, seen.input, seen.output) == ("job", {"n": 1}, {"n": 2})
    assert (seen.start_time, seen.end_time) == (BEGIN, FINISH)
    assert (seen.metadata, seen.tags, seen.thread_id) == ({"step": 1}, ["late"], "th")


def test_a_finished_trace_is_updated_later(client, project):
    trace = client.trace(name="done", start_time=BEGIN, end_time=FINISH, output={"v": 1}, tags=["a"])
    assert client.flush()
    client.update_trace(trace_id=trace.id, project_name=project, output={"v": 2}, tags=["b"])
    assert client.flush()
    seen = client.get_trace_content(trace.id)
    assert (seen.name, seen.output, seen.tags, seen.end_time) == ("done", {"v": 2}, ["b"], FINISH)


def test_a_trace_logged_again_in_full_replaces_the_first(client):
    trace = client.trace(name="one", start_time=BEGIN, output={"v": 1}, metadata={"m": 1})
    assert client.flush()
    client.trace(id=trace.id, name="two", start_time=BEGIN, end_time=FINISH)
    assert client.flush()
    seen = client.get_trace_content(trace.id)
    assert (seen.name, seen.end_time, seen.output, seen.metadata) == ("two", FINISH, None, None)


def test_many_traces_from_one_program_all_arrive(client, project, api):
    names = {f"trace {number}" for number in range(2500)}
    for name in names:
        client.trace(name=name)
    assert client.flush()
    assert api.page("traces", project)["total"] == 2500
    assert {trace.name for trace in client.search_traces(max_results=5000)} == names


def test_a_trace_sums_what_its_spans_say(api, project):
    trace = trace_row(project)
    usage = {"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13}
    spans = [
        span_row(project, trace["id"], type="llm", provider="openai", model="gpt-4o", usage=usage, total_estimated_cost=0.25),
        span_row(project, trace["id"], type="llm", provider="anthropic", usage={**usage, "extra": 2}, total_estimated_cost=0.5),
        span_row(project, trace["id"], type="tool"),
        span_row(project, trace["id"]),
    ]
    api.write("spans", *spans)
    api.write("traces", trace)
    seen = api.get(f"traces/{trace['id']}")
    assert seen["usage"] == {"prompt_tokens": 20, "completion_tokens": 6, "total_tokens": 26, "extra": 2}
    assert seen["total_estimated_cost"] == 0.75
    assert (seen["span_count"], seen["llm_span_count"], seen["has_tool_spans"]) == (4, 2, True)
    assert seen["providers"] == ["anthropic", "openai"]


def test_reading_an_unknown_trace_is_not_found(client, api):
    with pytest.raises(ApiError) as refused:
        client.get_trace_content(UNKNOWN_ID)
    assert refused.value.status_code == 404
    assert f"Trace id: {UNKNOWN_ID} not found" in api.send("GET", f"traces/{UNKNOWN_ID}").text


def test_deleting_takes_the_spans_and_scores_along(api, project):
    kept, gone = trace_row(project), trace_row(project)
    spans = [span_row(project, kept["id"]), span_row(project, gone["id"])]
    api.write("traces", kept, gone)
    api.write("spans", *spans)
    api.score("traces", {"id": gone["id"], "name": "s", "value": 1, "source": "sdk", "project_name": project})
    for _ in range(2):
        assert api.send("POST", "traces/delete", {"ids": [gone["id"], new_id()]}).status_code == 204
    assert api.ids("traces", project) == [kept["id"]]
    assert api.ids("spans", project) == [spans[0]["id"]]
    assert api.send("GET", f"traces/{gone['id']}").status_code == 404
    assert api.send("GET", f"spans/{spans[1]['id']}").status_code == 404


def test_deleting_one_trace_by_its_path(api, project):
    row = trace_row(project)
    api.write("traces", row)
    api.write("spans", span_row(project, row["id"]))
    for _ in range(2):
        assert api.send("DELETE", f"traces/{row['id']}").status_code == 204
    assert (api.ids("traces", project), api.ids("spans", project)) == ([], [])


def test_long_values_are_truncated_only_when_asked(api, project):
    long, short = {"text": "x" * 20_000}, {"text": "y" * 100}
    row = trace_row(project, input=long, output=short)
    api.write("traces", row)
    assert api.get(f"traces/{row['id']}")["input"] == long
    [full] = api.page("traces", project, truncate="false")["content"]
    assert (full["input"], full["output"]) == (long, short)
    [cut] = api.page("traces", project, truncate="true")["content"]
    assert isinstance(cut["input"], str)
    assert len(cut["input"]) == 10_001
    assert cut["input"].startswith('{"text":')
    assert cut["output"] == short


def test_start_and_end_sent_by_raw_json_are_shown_as_sent(api, project):
    row = trace_row(project, end_time=END)
    api.write("traces", row)
    seen = api.get(f"traces/{row['id']}")
    assert (seen["start_time"], seen["end_time"], seen["duration"]) == (START, END, DURATION_MS)
    assert instant(seen["created_at"]) <= datetime.datetime.now(UTC)


def test_what_it_has_read_is_forgotten_when_it_writes_so_that_its_lists_hold_it(client):
    cookies = client.rest_client._client_wrapper.httpx_client.httpx_client.cookies
    client.rest_client.projects.find_projects()
    assert "cairn-known" in cookies
    trace = client.trace(name="own")
    assert client.flush()
    assert "cairn-known" not in cookies
    listed = client.rest_client.traces.get_traces_by_project(project_name=client.project_name)
    assert [found.id for found in listed.content] == [trace.id]
    assert "cairn-known" in cookies
