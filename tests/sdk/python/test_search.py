"""A user of the SDK finds traces and spans by what she remembers of them."""

import datetime
import json

import pytest
from opik.rest_api.core.api_error import ApiError

from api import trace_row

UTC = datetime.timezone.utc
NOON = datetime.datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
ERROR = {"exception_type": "ValueError", "message": "no", "traceback": "tb"}


def later(seconds: float) -> datetime.datetime:
    return NOON + datetime.timedelta(seconds=seconds)


@pytest.fixture
def traces(client):
    """Three traces that differ in everything one can ask for."""
    made = {
        "red": client.trace(
            name="Red Checkout",
            input={"q": "where is the Parcel?", "n": 5},
            output={"a": "on its way"},
            metadata={"model": {"name": "small"}, "version": 2, "user": "ann"},
            tags=["prod", "eu"],
            thread_id="talk-1",
            environment="production",
            start_time=NOON,
            end_time=later(1),
            feedback_scores=[{"name": "Quality", "value": 0.9}],
        ),
        "green": client.trace(
            name="green checkout",
            input={"q": "refund, please", "n": 12},
            output={"a": "done 100%"},
            metadata={"model": {"name": "large"}, "version": 10},
            tags=["prod"],
            thread_id="talk-2",
            environment="staging",
            start_time=later(60),
            end_time=later(63),
            feedback_scores=[{"name": "Quality", "value": 0.2}],
        ),
        "blue": client.trace(name="Blue_login", start_time=later(120), error_info=ERROR),
    }
    made["green"].span(type="llm", usage={"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}, total_cost=0.5)
    assert client.flush()
    return {trace.id: name for name, trace in made.items()}


TRACE_QUERIES = [
    ('name = "red checkout"', {"red"}),
    ('name != "red checkout"', {"green", "blue"}),
    ('name contains "CHECKOUT"', {"red", "green"}),
    ('name not_contains "checkout"', {"blue"}),
    ('name starts_with "blue_"', {"blue"}),
    ('name ends_with "login"', {"blue"}),
    ('name contains "e_c"', set()),
    ('input contains "parcel"', {"red"}),
    ('input not_contains "parcel"', {"green", "blue"}),
    ('output contains "100%"', {"green"}),
    ('metadata.user = "ANN"', {"red"}),
    ('metadata.version > 2', {"green"}),
    ('metadata.version < 10', {"red"}),
    ('metadata."model.name" = "large"', {"green"}),
    ('metadata."model.name" contains "A"', {"red", "green"}),
    ('input_json.n > 6', {"green"}),
    ('input_json.n = "5"', {"red"}),
    ('tags contains "eu"', {"red"}),
    ('tags contains "PRO"', {"red", "green"}),
    ('tags not_contains "eu"', {"green", "blue"}),
    ("tags is_empty", {"blue"}),
    ("tags is_not_empty", {"red", "green"}),
    ('thread_id = "talk-1"', {"red"}),
    ('thread_id = "TALK-1"', set()),
    ('environment = "production"', {"red"}),
    ('environment in ("production", "staging")', {"red", "green"}),
    ('environment not_in ("production")', {"green", "blue"}),
    ("error_info is_not_empty", {"blue"}),
    ("error_info is_empty", {"red", "green"}),
    ("duration > 1000", {"green"}),
    ("duration >= 1000", {"red", "green"}),
    ("duration = 3000", {"green"}),
    ('start_time > "2026-03-04T12:00:00Z"', {"green", "blue"}),
    ('start_time >= "2026-03-04T13:00:00+01:00"', {"red", "green", "blue"}),
    ('end_time <= "2026-03-04T12:00:01Z"', {"red"}),
    ('start_time = "2026-03-04T12:01:00Z"', {"green"}),
    ("feedback_scores.quality >= 0.5", {"red"}),
    ("feedback_scores.Quality < 0.5", {"green"}),
    ("feedback_scores.quality is_empty", {"blue"}),
    ("feedback_scores.quality is_not_empty", {"red", "green"}),
    ("feedback_scores.never is_empty", {"red", "green", "blue"}),
    ("usage.total_tokens > 100", {"green"}),
    ("usage.prompt_tokens = 100", {"green"}),
    ("total_estimated_cost > 0.4", {"green"}),
    ("llm_span_count >= 1", {"green"}),
    ('name contains "checkout" AND feedback_scores.quality > 0.5', {"red"}),
    ('tags contains "prod" and metadata.version > 2 and input contains "refund"', {"green"}),
    ('name contains "checkout" AND name contains "login"', set()),
]


def test_every_question_finds_what_it_asks_for(client, traces):
    """One set of data for all questions: each line names what was asked, what was found and what should be."""
    wrong = []
    for question, expected in TRACE_QUERIES:
        try:
            found = {traces[trace.id] for trace in client.search_traces(filter_string=question)}
        except ApiError as refused:
            found = f"refused with {refused.status_code}: {refused.body}"
        if found != expected:
            wrong.append(f"{question}: expected {sorted(expected)}, found {found}")
    assert wrong == []


def test_a_trace_is_found_by_its_id(client, traces):
    for id, name in traces.items():
        assert [traces[trace.id] for trace in client.search_traces(filter_string=f'id = "{id}"')] == [name]


@pytest.fixture
def spans(client):
    trace = client.trace(name="t")
    other = client.trace(name="other")
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    made = {
        "ask": trace.span(
            name="ask",
            type="llm",
            model="gpt-4o-mini",
            provider="openai",
            usage=usage,
            start_time=NOON,
            end_time=later(2),
            metadata={"k": {"deep": "v"}},
            total_cost=0.25,
        ),
        "look": trace.span(name="look", type="tool", input={"url": "https://example.org/a?b=1&c=2"}, tags=["net"]),
        "fail": other.span(name="fail", error_info=ERROR, output={"x": 'a "quoted" word'}),
    }
    made["look"].log_feedback_score(name="useful", value=1)
    assert client.flush()
    return {"names": {span.id: name for name, span in made.items()}, "trace": trace.id, "other": other.id}


SPAN_QUERIES = [
    ('model = "gpt-4o-mini"', {"ask"}),
    ('provider = "OPENAI"', {"ask"}),
    ('type = "llm"', {"ask"}),
    ('type in ("llm", "tool")', {"ask", "look"}),
    ('type != "llm"', {"look", "fail"}),
    ("usage.total_tokens >= 120", {"ask"}),
    ("usage.completion_tokens < 20", set()),
    ("duration > 1999", {"ask"}),
    ('metadata."k.deep" = "v"', {"ask"}),
    ('input contains "b=1&c=2"', {"look"}),
    ('output contains "quoted"', {"fail"}),
    ('tags contains "net"', {"look"}),
    ("error_info is_not_empty", {"fail"}),
    ("feedback_scores.useful = 1", {"look"}),
    ("total_estimated_cost > 0", {"ask"}),
]


def test_every_question_about_spans_finds_what_it_asks_for(client, spans):
    wrong = []
    for question, expected in SPAN_QUERIES:
        try:
            found = {spans["names"][span.id] for span in client.search_spans(filter_string=question)}
        except ApiError as refused:
            found = f"refused with {refused.status_code}: {refused.body}"
        if found != expected:
            wrong.append(f"{question}: expected {sorted(expected)}, found {found}")
    assert wrong == []


def test_spans_are_searched_within_a_trace(client, spans):
    names = spans["names"]
    assert {names[span.id] for span in client.search_spans(trace_id=spans["trace"])} == {"ask", "look"}
    assert {names[span.id] for span in client.search_spans(trace_id=spans["other"])} == {"fail"}
    assert client.search_spans(trace_id=spans["other"], filter_string='type = "llm"') == []
    assert {names[span.id] for span in client.search_spans(filter_string=f'trace_id = "{spans["other"]}"')} == {"fail"}


def test_what_was_written_is_found_at_once(client):
    for number in range(20):
        client.trace(name=f"now {number}")
        assert client.flush()
        assert len(client.search_traces(filter_string=f'name = "now {number}"')) == 1


def test_what_changed_is_found_by_its_new_value_only(client, project):
    trace = client.trace(name="job", metadata={"state": "new"})
    assert client.flush()
    client.update_trace(trace_id=trace.id, project_name=project, metadata={"state": "old"})
    assert client.flush()
    assert client.search_traces(filter_string='metadata.state = "new"') == []
    assert [found.id for found in client.search_traces(filter_string='metadata.state = "old"')] == [trace.id]


def test_results_are_limited_and_newest_first(client):
    made = [client.trace(name=str(number)).id for number in range(8)]
    assert client.flush()
    assert [trace.id for trace in client.search_traces(max_results=3)] == sorted(made, reverse=True)[:3]


def test_waiting_for_results_returns_as_soon_as_they_are_there(client):
    client.trace(name="one")
    client.trace(name="two")
    assert client.flush()
    assert len(client.search_traces(wait_for_at_least=2, wait_for_timeout=10)) == 2


def test_fields_can_be_left_out(client):
    client.trace(name="n", input={"a": 1}, output={"b": 2})
    assert client.flush()
    [trace] = client.search_traces(exclude=["input"])
    assert (trace.input, trace.output) == (None, {"b": 2})


def test_searching_an_unknown_project_is_an_error(client):
    for search in (client.search_traces, client.search_spans):
        with pytest.raises(ApiError) as refused:
            search()
        assert refused.value.status_code == 404


def test_long_values_come_whole_unless_truncation_is_asked_for(client):
    value = {"text": "x" * 30_000}
    client.trace(input=value)
    assert client.flush()
    assert client.search_traces(truncate=False)[0].input == value
    assert len(client.search_traces(truncate=True)[0].input) == 10_001


def test_all_traces_are_visible_whatever_else_is_asked(api, project):
    trace = trace_row(project)
    api.write("traces", trace)
    for operator, value, expected in [("=", "default", [trace["id"]]), ("!=", "default", []), ("in", "hidden", [])]:
        asked = [{"field": "visibility_mode", "operator": operator, "value": value}]
        rows = api.page("traces", project, filters=json.dumps(asked))["content"]
        assert [row["id"] for row in rows] == expected, asked


# Where something stands within an input, and how a filter on the input asks for it.
PLACES = {
    "behind the words that search covers": ({"q": "filler words " * 6_000 + "the Needle!"}, "e needle"),
    "within one very long word": ({"q": "x" * 300 + "haystack" + "y" * 300}, "xhaystacky"),
    "behind a line break": ({"q": "first\nsecond line"}, "second li"),
    "from an escape on": ({"q": "a\nbcdefgh"}, "nbcdef"),
    "with quotes": ({"q": 'he said "Stop it"'}, '\\"stop it\\"'),
    "in a key": ({"Deep Key": {"n": None}}, 'deep key"'),
    "as a number": ({"n": 12345.5}, "2345.5"),
    "behind a mark": ({"q": "cafe\u0301teria"}, "\u0301teria"),
    "before a mark": ({"q": "vwxyz\u0301"}, "vwxyz"),
    "in letters without spaces": ({"q": "東京タワーabcdef塔"}, "ワーabcdef塔"),
}


def test_whatever_a_body_says_is_found(api, project):
    rows = {place: trace_row(project, input=body) for place, (body, _) in PLACES.items()}
    api.write("traces", *rows.values(), trace_row(project, input={"q": "nothing of these"}))

    def found(**params) -> list[str]:
        page = api.page("traces", project, size=100, **params)
        assert page["total"] == len(page["content"])
        return [row["id"] for row in page["content"]]

    for place, (_, wanted) in PLACES.items():
        contains = [{"field": "input", "operator": "contains", "value": wanted}]
        assert found(filters=json.dumps(contains)) == [rows[place]["id"]], place
        both = [*contains, {"field": "input", "operator": "contains", "value": "nothing of"}]
        assert found(filters=json.dumps(both)) == [], place
    for wanted, place in [("the needle", "behind the words that search covers"), ("econd li", "behind a line break")]:
        assert found(search=wanted) == [rows[place]["id"]], place
