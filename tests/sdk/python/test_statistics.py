"""A user reads the figures of a list and the names of what is measured, with the generated client of the SDK."""

import json

import pytest
from opik.rest_api.core.api_error import ApiError

from api import UNKNOWN_ID, new_id, span_row, trace_row

SPANS = [
    # seconds, model, usage, cost, error
    (1, "gpt-4o", {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}, 0.1, None),
    (2, "gpt-4o", {"prompt_tokens": 20, "total_tokens": 20}, 0.2, None),
    (4, "claude", {"total_tokens": 40}, None, "Timeout"),
]


@pytest.fixture
def project_id(api, project):
    """Three traces, each with one span that takes 1, 2 and 4 seconds."""
    for number, (seconds, model, usage, cost, error) in enumerate(SPANS):
        times = {"start_time": "2026-03-04T05:06:00Z", "end_time": f"2026-03-04T05:06:0{seconds}Z"}
        error_info = {"exception_type": error, "traceback": "here"} if error else None
        trace = trace_row(
            project,
            name=f"run {number}",
            input={"q": number},
            output={} if number else {"a": 1},
            tags=["a", "b"][: number + 1],
            error_info=error_info,
            **times,
        )
        more = {"total_estimated_cost": cost} if cost else {}
        span = span_row(
            project, trace["id"], type="llm", model=model, usage=usage, error_info=error_info, **times, **more
        )
        api.write("traces", trace)
        api.write("spans", span)
        api.score("traces", {"id": trace["id"], "name": "Quality", "value": number / 4, "source": "sdk", "project_name": project})
        if number == 0:
            api.score("spans", {"id": span["id"], "name": "Speed", "value": 1, "source": "sdk", "project_name": project})
    return api.send("POST", "projects/retrieve", {"name": project}).json()["id"]


def shown(answer) -> dict:
    return {stat.name: stat.value for stat in answer.stats}


def test_the_figures_of_all_traces(client, project, project_id):
    stats = shown(client.rest_client.traces.get_trace_stats(project_name=project))
    duration = stats.pop("duration")
    assert (duration.p50, duration.p90, duration.p99) == (2000.0, 3600.0, 3960.0)
    assert stats == {
        "trace_count": 3,
        "input": 3,
        "output": 1,
        "metadata": 0,
        "tags": pytest.approx(5 / 3),
        "llm_span_count": 1,
        "span_count": 1,
        "total_estimated_cost": 0.15,
        "total_estimated_cost_sum": 0.3,
        "usage.prompt_tokens": 15,
        "usage_sum.prompt_tokens": 30,
        "usage.completion_tokens": 5,
        "usage_sum.completion_tokens": 5,
        "usage.total_tokens": 25,
        "usage_sum.total_tokens": 75,
        "feedback_scores.Quality": 0.25,
        "span_feedback_scores.Speed": 1,
        "guardrails_failed_count": 0,
        "error_count": 1,
    }


def test_the_figures_of_spans_follow_the_filter(client, project, project_id):
    filters = json.dumps([{"field": "model", "operator": "=", "value": "gpt-4o"}])
    stats = shown(client.rest_client.spans.get_span_stats(project_id=project_id, filters=filters))
    assert (stats["span_count"], stats["error_count"]) == (2, 0)
    assert (stats["usage_sum.total_tokens"], stats["total_estimated_cost_sum"]) == (35, 0.3)
    assert stats["feedback_scores.Speed"] == 1
    assert stats["duration"].p50 == 1500.0
    assert "trace_count" not in stats


def test_figures_follow_a_filter_that_must_look_into_bodies(client, project, project_id):
    filters = json.dumps([{"field": "input_json", "operator": "=", "key": "q", "value": "1"}])
    stats = shown(client.rest_client.traces.get_trace_stats(project_name=project, filters=filters))
    assert (stats["trace_count"], stats["duration"].p99) == (1, 2000.0)
    assert stats["usage_sum.prompt_tokens"] == 20
    assert "usage_sum.completion_tokens" not in stats


def test_an_empty_list_has_counts_of_zero_and_no_averages(client, project, project_id):
    filters = json.dumps([{"field": "name", "operator": "=", "value": "nobody"}])
    stats = shown(client.rest_client.traces.get_trace_stats(project_name=project, filters=filters))
    assert stats == {
        "trace_count": 0,
        "input": 0,
        "output": 0,
        "metadata": 0,
        "total_estimated_cost_sum": 0,
        "guardrails_failed_count": 0,
        "error_count": 0,
    }


def test_the_time_window_goes_by_the_time_in_the_id(api, project):
    for moment in (1_750_000_000_000, 1_750_000_001_000, 1_750_000_002_000):
        api.write("traces", {**trace_row(project), "id": new_id(moment)})
    window = {"from_time": "2025-06-15T15:06:41Z", "to_time": "2025-06-15T15:06:42Z"}
    stats = api.get("traces/stats", project_name=project, **window)["stats"]
    assert stats[0] == {"name": "trace_count", "type": "COUNT", "value": 2}


@pytest.mark.parametrize("kind", ["traces", "spans"])
def test_figures_of_an_unknown_project_are_refused(api, kind):
    assert api.http.get(f"{kind}/stats", params={"project_name": "no such project"}).status_code == 404
    assert api.http.get(f"{kind}/stats").status_code == 400
    bad = json.dumps([{"field": "name", "operator": "around", "value": "x"}])
    assert api.http.get(f"{kind}/stats", params={"project_id": UNKNOWN_ID, "filters": bad}).status_code == 400


def test_names_of_scores_and_usage_are_those_of_the_project(client, project, project_id):
    rest = client.rest_client
    assert [score.name for score in rest.traces.find_feedback_score_names2(project_id=project_id).scores] == ["Quality"]
    assert [score.name for score in rest.spans.find_feedback_score_names1(project_id=project_id).scores] == ["Speed"]
    by_type = rest.spans.find_feedback_score_names1(project_id=project_id, type="tool")
    assert by_type.scores == []
    names = rest.projects.find_feedback_score_names_by_project_ids(project_ids=json.dumps([project_id]))
    assert [score.name for score in names.scores] == ["Quality"]
    usage = rest.projects.find_token_usage_names(project_id).names
    assert usage == ["completion_tokens", "prompt_tokens", "total_tokens"]
    with pytest.raises(ApiError) as refused:
        rest.projects.find_token_usage_names(UNKNOWN_ID)
    assert refused.value.status_code == 404


def test_it_is_told_whether_there_is_anything(client, api, project, project_id):
    rest = client.rest_client
    assert rest.traces.exist(project_id=project_id).exists is True
    assert rest.traces.exist(project_id=project_id, thread_only=True).exists is False
    assert rest.spans.exist(project_name=project, source="sdk").exists is True
    assert rest.spans.exist(project_name=project, source="experiment").exists is False
    api.send("POST", "projects", {"name": f"{project}-empty"})
    assert rest.traces.exist(project_name=f"{project}-empty").exists is False
