"""Threads are listed, filtered, sorted, streamed and counted, however many there are."""

import json
import time

import pytest

from api import eventually, new_id, span_row
from threaded import at, close, filtered, names, retrieve, said

FILTER_ERROR = "Invalid operator '{}' for field '{}' of type '{}'"


@pytest.fixture
def chats(api, project) -> str:
    """Four threads: the n-th has n traces, begins at 100 n seconds and takes 10 n tokens."""
    for number, name in enumerate(["Alpha", "beta", "gamma", "delta"], start=1):
        for turn in range(number):
            trace = said(project, name, 100 * number + turn, environment=f"e{number % 2}", source="sdk")
            api.write("traces", trace)
            api.write("spans", span_row(project, trace["id"], usage={"total_tokens": 10}, total_estimated_cost=0.5))
    close(api, project, "gamma")
    return project


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        ({"field": "id", "operator": "=", "value": "ALPHA"}, ["Alpha"]),
        ({"field": "id", "operator": "ends_with", "value": "TA"}, ["delta", "beta"]),
        ({"field": "first_message", "operator": "contains", "value": "QUESTION 30"}, ["gamma"]),
        ({"field": "last_message", "operator": "not_contains", "value": "answer 100"}, ["delta", "gamma", "beta"]),
        ({"field": "number_of_messages", "operator": ">=", "value": "6"}, ["delta", "gamma"]),
        ({"field": "duration", "operator": "<", "value": "2000"}, ["Alpha"]),
        ({"field": "start_time", "operator": ">", "value": at(250)}, ["delta", "gamma"]),
        ({"field": "end_time", "operator": "<=", "value": at(202)}, ["beta", "Alpha"]),
        ({"field": "created_at", "operator": ">", "value": "2020-01-01T00:00:00Z"}, ["delta", "gamma", "beta", "Alpha"]),
        ({"field": "status", "operator": "!=", "value": "inactive"}, ["delta", "beta", "Alpha"]),
        ({"field": "environment", "operator": "in", "value": "e1,e7"}, ["gamma", "Alpha"]),
        ({"field": "source", "operator": "=", "value": "sdk"}, ["delta", "gamma", "beta", "Alpha"]),
        ({"field": "tags", "operator": "is_not_empty", "value": ""}, []),
    ],
)
def test_threads_are_filtered(api, chats, filter, expected):
    assert filtered(api, chats, filter) == expected
    assert [row["id"] for row in api.stream_rows("traces/threads", project_name=chats, filters=[filter])] == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("id", ["Alpha", "beta", "delta", "gamma"]),
        ("start_time", ["Alpha", "beta", "gamma", "delta"]),
        ("end_time", ["Alpha", "beta", "gamma", "delta"]),
        ("duration", ["Alpha", "beta", "gamma", "delta"]),
        ("number_of_messages", ["Alpha", "beta", "gamma", "delta"]),
        ("usage.total_tokens", ["Alpha", "beta", "gamma", "delta"]),
        ("total_estimated_cost", ["Alpha", "beta", "gamma", "delta"]),
        ("created_at", ["Alpha", "beta", "gamma", "delta"]),
        ("status", ["delta", "beta", "Alpha", "gamma"]),
    ],
)
def test_threads_are_sorted(api, chats, field, expected):
    assert names(api, chats, sorting=json.dumps([{"field": field, "direction": "ASC"}])) == expected


def test_what_can_be_sorted_by_is_told_and_anything_else_is_passed_over(api, chats):
    page = api.page("traces/threads", chats, sorting=json.dumps([{"field": "first_message", "direction": "ASC"}]))
    assert [row["id"] for row in page["content"]] == ["delta", "gamma", "beta", "Alpha"]
    assert page["sortable_by"] == [
        "id", "start_time", "end_time", "duration", "number_of_messages", "last_updated_at", "created_by", "created_at",
        "usage.*", "total_estimated_cost", "feedback_scores.*", "status", "tags", "environment",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("filter", "message"),
    [
        ({"field": "number_of_messages", "operator": "contains", "value": "1"}, FILTER_ERROR.format("contains", "number_of_messages", "number")),
        ({"field": "status", "operator": ">", "value": "a"}, FILTER_ERROR.format(">", "status", "enum")),
        ({"field": "duration", "operator": "=", "value": "x"}, "Invalid value 'x' or key 'null' for field 'duration' of type 'duration'"),
    ],
)
def test_filters_that_make_no_sense_are_refused(api, chats, filter, message):
    response = api.send("GET", "traces/threads", params={"project_name": chats, "filters": json.dumps([filter])})
    assert (response.status_code, response.json()["message"]) == (400, message)


@pytest.mark.parametrize("field", ["name", "input", "metadata", "model", "custom"])
def test_fields_of_traces_are_no_fields_of_threads(api, chats, field):
    filters = json.dumps([{"field": field, "key": "input.a", "operator": "=", "value": "x"}])
    response = api.send("GET", "traces/threads", params={"project_name": chats, "filters": filters})
    assert response.status_code == 400 and response.json()["message"] == f"Invalid filters query parameter '{filters}'"


def test_threads_are_searched_by_what_is_said_in_them(api, chats):
    assert names(api, chats, search="ANSWER 30") == ["gamma"]
    assert names(api, chats, search="lta") == ["delta"]
    assert names(api, chats, search="nothing like it") == []


def test_long_messages_are_cut_and_fields_left_out(api, project):
    api.write("traces", said(project, "long", 1, input={"text": "x" * 20_000}))
    assert retrieve(api, project, "long")["first_message"] == {"text": "x" * 20_000}
    [cut] = api.page("traces/threads", project, truncate="true")["content"]
    assert isinstance(cut["first_message"], str) and len(cut["first_message"]) == 10_001
    assert cut["last_message"] == {"text": "answer 1"}
    [streamed] = api.stream_rows("traces/threads", project_name=project, truncate=True, exclude=["usage", "last_message"])
    assert streamed["first_message"] == cut["first_message"] and not {"usage", "last_message"} & set(streamed)


def test_unknown_projects_are_not_found_and_none_is_asked_for(api, project):
    assert api.send("GET", "traces/threads", params={"project_name": project}).status_code == 404
    assert api.stream("traces/threads", project_name=project).status_code == 404
    assert api.send("GET", "traces/threads").status_code == 400
    assert api.send("GET", "traces/threads/stats", params={"project_name": project}).status_code == 404


def test_a_page_goes_on_behind_a_thread_by_name_or_by_id(api, project):
    ids = ["plain", new_id(), "a/b c", "é", "0190babc-62a0-71d2-832a-0feffa4676eb"]
    for number, name in enumerate(ids):
        api.write("traces", said(project, name, number))
    expected = ids[::-1]
    for cursor_of in (lambda row: row["id"], lambda row: row["thread_model_id"]):
        seen, cursor = [], None
        while rows := api.stream_rows("traces/threads", project_name=project, limit=2, last_retrieved_thread_model_id=cursor):
            seen += [row["id"] for row in rows]
            cursor = cursor_of(rows[-1])
        assert seen == expected
    assert api.stream_rows("traces/threads", project_name=project, last_retrieved_thread_model_id="never was") == []


def test_a_time_window_goes_by_the_time_within_ids(api, project):
    hour_ms = 3_600_000
    for number in range(3):
        api.write("traces", {**said(project, f"t{number}", 1), "id": new_id(1_772_600_000_000 + number * hour_ms)})
    window = {"from_time": "2026-03-04T05:30:00Z", "to_time": "2026-03-04T06:30:00Z"}
    assert names(api, project, **window) == ["t1"]
    turned = {"project_name": project, "from_time": window["to_time"], "to_time": window["from_time"]}
    response = api.send("GET", "traces/threads", params=turned)
    assert (response.status_code, response.json()["message"]) == (400, "Parameter 'from_time' must be before 'to_time'")


def test_statistics_of_threads(api, chats):
    stats = {stat["name"]: (stat["type"], stat["value"]) for stat in api.get("traces/threads/stats", project_name=chats)["stats"]}
    assert stats["thread_count"] == ("COUNT", 4)
    assert stats["number_of_messages"] == ("AVG", 5)
    assert stats["usage.total_tokens"] == ("AVG", 25)
    assert stats["usage_sum.total_tokens"] == ("COUNT", 100)
    assert stats["total_estimated_cost_sum"] == ("AVG", 5)
    assert stats["duration"][1]["p50"] == 2500
    assert "error_count" not in stats and "input" not in stats
    only = json.dumps([{"field": "status", "operator": "=", "value": "inactive"}])
    [count, *_] = api.get("traces/threads/stats", project_name=chats, filters=only)["stats"]
    assert count == {"name": "thread_count", "type": "COUNT", "value": 1}


@pytest.fixture
def metric(api, chats):
    project_id = retrieve(api, chats, "Alpha")["project_id"]
    now = time.time()
    start, end = (time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now + seconds)) for seconds in (-3600, 3600))
    day = {"interval_start": start, "interval_end": end}

    def ask(metric_type: str, **fields) -> dict:
        body = {"metric_type": metric_type, "interval": "TOTAL", **day, **fields}
        response = api.send("POST", f"projects/{project_id}/metrics", body)
        assert response.status_code == 200, response.text
        return {series["name"]: series["data"][0]["value"] for series in response.json()["results"]}

    ask.project_id, ask.day = project_id, day
    return ask


def test_metrics_of_threads(api, chats, metric):
    score = {"project_name": chats, "name": "Good", "source": "ui"}
    api.score("traces/threads", *[{**score, "thread_id": name, "value": value} for name, value in (("beta", 1), ("gamma", 2))])
    assert metric("THREAD_COUNT") == {"threads": 4}
    assert metric("THREAD_COUNT", thread_filters=[{"field": "status", "operator": "=", "value": "active"}]) == {"threads": 3}
    assert metric("THREAD_FEEDBACK_SCORES") == {"Good": 1.5}
    assert metric("THREAD_COST") == {"thread_cost": 5}
    assert metric("THREAD_DURATION") == {"thread_duration.p50": 2500, "thread_duration.p90": 3700, "thread_duration.p99": 3970}
    assert metric("THREAD_AVERAGE_DURATION") == {"thread_average_duration": 2500}
    ids = [retrieve(api, chats, name)["thread_model_id"] for name in ("beta", "gamma")]
    api.send("PATCH", "traces/threads/batch", {"ids": ids, "update": {"tags": ["x"]}})
    assert metric("THREAD_COUNT", breakdown={"field": "tags"}) == {"x": 2, "Unknown": 2}
    body = {"metric_type": "THREAD_COUNT", "interval": "TOTAL", **metric.day, "breakdown": {"field": "name"}}
    assert api.send("POST", f"projects/{metric.project_id}/metrics", body).status_code == 400


def test_cards_of_threads_have_no_errors(api, chats, metric):
    response = api.send("POST", f"projects/{metric.project_id}/kpi-cards", {"entity_type": "threads", **metric.day})
    cards = {card["type"]: (card["current_value"], card["previous_value"]) for card in response.json()["stats"]}
    assert cards == {"count": (4, 0), "avg_duration": (2500, None), "total_cost": (5, None)}


def test_the_figures_of_a_project_count_its_threads(api, chats):
    [figures] = api.get("projects/stats", name=chats)["content"]
    assert figures["thread_count"] == 4


def write_many(api, project: str, traces: list[dict]) -> None:
    """Writes in batches, and waits as a client does that is told to come again while the index is behind."""
    for start in range(0, len(traces), 1000):
        api.write("traces", *traces[start : start + 1000])
    wait_for_index(api, project)


def wait_for_index(api, project: str) -> None:
    params = {"project_name": project, "size": 1}
    eventually("the index", lambda: api.send("GET", "traces/threads", params=params).status_code == 200, seconds_max=120)


def test_ten_thousand_threads_are_paged_exactly(api, client, project):
    threads = 10_000
    rows = [
        said(project, f"t{number:05}", number % 3000, id=new_id(1_772_600_000_000 + number))
        for number in range(threads)
    ]
    write_many(api, project, rows)
    expected = [f"t{number:05}" for number in reversed(range(threads))]
    pages = [api.page("traces/threads", project, size=2000, page=page) for page in range(1, 7)]
    assert [page["total"] for page in pages] == [threads] * 6
    assert [row["id"] for page in pages for row in page["content"]] == expected
    assert {row["number_of_messages"] for page in pages for row in page["content"]} == {2}
    found = client.get_threads_client().search_threads(project_name=project, max_results=threads + 1)
    assert [thread.id for thread in found] == expected
    some = filtered(api, project, {"field": "id", "operator": "starts_with", "value": "t0999"})
    assert some == expected[:10]
    last = names(api, project, sorting=json.dumps([{"field": "id", "direction": "ASC"}]))
    assert last == expected[::-1][:1000]


def test_a_thread_of_two_thousand_traces_is_one_thread(api, project):
    traces = [said(project, "long", number // 10, id=new_id(1_772_600_000_000 + number)) for number in range(2_000)]
    write_many(api, project, traces)
    thread = retrieve(api, project, "long")
    assert thread["number_of_messages"] == 4_000
    assert (thread["first_message"], thread["last_message"]) == ({"text": "question 0"}, {"text": "answer 199"})
    assert names(api, project) == ["long"]
    assert api.send("POST", "traces/threads/delete", {"project_name": project, "thread_ids": ["long"]}).status_code == 204
    wait_for_index(api, project)
    assert names(api, project) == [] and api.ids("traces", project) == []
