"""A user looks at a project over time, and at a whole workspace, with the generated client of the SDK."""

import datetime
import json

import pytest
from opik.rest_api.core.api_error import ApiError
from opik.rest_api.types.breakdown_config_public import BreakdownConfigPublic
from opik.rest_api.types.span_filter_public import SpanFilterPublic
from opik.rest_api.types.trace_filter_public import TraceFilterPublic

from api import UNKNOWN_ID, new_id, span_row, trace_row

DAY = datetime.timedelta(days=1)
MONDAY = datetime.datetime(2026, 3, 2, tzinfo=datetime.timezone.utc)
# Within one week: two on Tuesday, an hour apart, and one on Thursday.
MOMENTS = [
    MONDAY + DAY + datetime.timedelta(hours=5, minutes=30),
    MONDAY + DAY + datetime.timedelta(hours=6, minutes=30),
    MONDAY + 3 * DAY,
]


def iso(moment: datetime.datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


@pytest.fixture
def project_id(api, project):
    for number, moment in enumerate(MOMENTS):
        seconds = number + 1
        times = {"start_time": iso(moment), "end_time": iso(moment + datetime.timedelta(seconds=seconds))}
        error = {"error_info": {"exception_type": "Timeout", "traceback": "here"}} if number == 1 else {}
        made_at = int(moment.timestamp() * 1000)
        trace = {**trace_row(project, name=f"run {number}", tags=["x", "y"][:seconds], **times, **error), "id": new_id(made_at)}
        trace["metadata"] = {"user": {"plan": ["free", "pro", "pro"][number]}}
        span = span_row(
            project,
            trace["id"],
            type="llm",
            model=["small", "large", "small"][number],
            usage={"total_tokens": 10 * seconds},
            total_estimated_cost=0.1 * seconds,
            **times,
        )
        api.write("traces", trace)
        api.write("spans", {**span, "id": new_id(made_at + 1)})
        api.score("traces", {"id": trace["id"], "name": "Quality", "value": number, "source": "sdk", "project_name": project})
    return api.send("POST", "projects/retrieve", {"name": project}).json()["id"]


@pytest.fixture
def metric(client, project_id):
    """One metric of the whole week, as the values of each series."""

    def ask(metric_type: str, interval: str = "DAILY", start=MONDAY, end=MONDAY + 7 * DAY, **more) -> dict:
        answer = client.rest_client.projects.get_project_metrics(
            project_id, metric_type=metric_type, interval=interval, interval_start=start, interval_end=end, **more
        )
        assert (answer.project_id, answer.metric_type, answer.interval) == (project_id, metric_type, interval)
        return {series.name: [point.value for point in series.data] for series in answer.results}

    return ask


def test_every_day_of_the_range_is_there_with_nulls_where_nothing_was(client, api, project_id):
    answer = client.rest_client.projects.get_project_metrics(
        project_id, metric_type="TRACE_COUNT", interval="DAILY", interval_start=MONDAY, interval_end=MONDAY + 7 * DAY
    )
    [series] = answer.results
    assert series.name == "traces"
    assert [point.time for point in series.data] == [MONDAY + day * DAY for day in range(7)]
    assert [point.value for point in series.data] == [None, 2, None, 1, None, None, None]
    body = {"metric_type": "TRACE_COUNT", "interval": "DAILY", "interval_start": iso(MONDAY), "interval_end": iso(MONDAY + DAY)}
    raw = api.send("POST", f"projects/{project_id}/metrics", body).json()
    assert raw["results"][0]["data"] == [{"time": "2026-03-02T00:00:00Z", "value": None}]


@pytest.mark.parametrize(
    "metric_type, expected",
    [
        ("SPAN_COUNT", {"spans": [2, 1]}),
        ("FEEDBACK_SCORES", {"Quality": [0.5, 2]}),
        ("SPAN_FEEDBACK_SCORES", {}),
        ("TOKEN_USAGE", {"total_tokens": [30, 30]}),
        ("SPAN_TOKEN_USAGE", {"total_tokens": [30, 30]}),
        ("COST", {"cost": [0.3, 0.3]}),
        ("SPAN_COST", {"span_cost": [0.3, 0.3]}),
        ("DURATION", {"duration.p50": [1500, 3000], "duration.p90": [1900, 3000], "duration.p99": [1990, 3000]}),
        ("TRACE_AVERAGE_DURATION", {"trace_average_duration": [1500, 3000]}),
        ("SPAN_AVERAGE_DURATION", {"span_average_duration": [1500, 3000]}),
        ("TRACE_ERROR_RATE", {"trace_error_rate": [50, 0]}),
        ("SPAN_ERROR_RATE", {"span_error_rate": [0, 0]}),
    ],
)
def test_each_metric_has_its_series(metric, metric_type, expected):
    shown = metric(metric_type)
    assert {name: [values[1], values[3]] for name, values in shown.items()} == expected
    assert all(value is None for values in shown.values() for day, value in enumerate(values) if day not in (1, 3))


def test_hours_weeks_and_the_whole_range(metric):
    hours = metric("TRACE_COUNT", "HOURLY", start=MOMENTS[0], end=MOMENTS[1])
    assert hours == {"traces": [1, None]}
    weeks = metric("TRACE_COUNT", "WEEKLY", start=MONDAY + 2 * DAY, end=MONDAY + 8 * DAY)
    assert weeks == {"traces": [1, None]}
    assert metric("COST", "TOTAL") == {"cost": [0.6]}


def test_a_metric_follows_filters(metric):
    errors = TraceFilterPublic(field="error_info", operator="is_not_empty", value="")
    assert metric("TRACE_COUNT", "TOTAL", trace_filters=[errors]) == {"traces": [1]}
    small = SpanFilterPublic(field="model", operator="=", value="small")
    assert metric("SPAN_COUNT", "TOTAL", span_filters=[small]) == {"spans": [2]}


@pytest.mark.parametrize(
    "metric_type, breakdown, expected",
    [
        ("TRACE_COUNT", {"field": "tags"}, {"x": [3], "y": [2]}),
        ("TRACE_COUNT", {"field": "none"}, {"traces": [3]}),
        ("TRACE_COUNT", {"field": "error_type"}, {"Timeout": [1], "Unknown": [2]}),
        ("TRACE_COUNT", {"field": "metadata", "metadata_key": "user.plan"}, {"free": [1], "pro": [2]}),
        ("SPAN_COST", {"field": "model"}, {"large": [0.2], "small": [0.4]}),
        ("SPAN_TOKEN_USAGE", {"field": "model", "sub_metric": "total_tokens"}, {"large": [20], "small": [40]}),
        ("DURATION", {"field": "name", "sub_metric": "p50"}, {"run 0": [1000], "run 1": [2000], "run 2": [3000]}),
        ("FEEDBACK_SCORES", {"field": "tags", "sub_metric": "Quality"}, {"x": [1], "y": [1.5]}),
    ],
)
def test_a_metric_is_broken_down_by_a_field(metric, metric_type, breakdown, expected):
    assert metric(metric_type, "TOTAL", breakdown=BreakdownConfigPublic(**breakdown)) == expected


@pytest.mark.parametrize(
    "metric_type, breakdown",
    [
        ("TRACE_COUNT", {"field": "model"}),
        ("TRACE_ERROR_RATE", {"field": "name"}),
        ("TRACE_COUNT", {"field": "metadata"}),
        ("FEEDBACK_SCORES", {"field": "tags"}),
        ("DURATION", {"field": "tags", "sub_metric": "p42"}),
    ],
)
def test_a_breakdown_that_does_not_fit_is_refused(metric, metric_type, breakdown):
    with pytest.raises(ApiError) as refused:
        metric(metric_type, breakdown=BreakdownConfigPublic(**breakdown))
    assert refused.value.status_code == 400


def test_ranges_and_projects_that_make_no_sense_are_refused(client, metric, api, project_id):
    with pytest.raises(ApiError) as refused:
        metric("TRACE_COUNT", start=MONDAY, end=MONDAY)
    assert refused.value.status_code == 400
    with pytest.raises(ApiError) as refused:
        metric("TRACE_COUNT", "HOURLY", start=MONDAY - 9000 * DAY)
    assert refused.value.status_code == 400
    with pytest.raises(ApiError) as missing:
        client.rest_client.projects.get_project_metrics(
            UNKNOWN_ID, metric_type="TRACE_COUNT", interval="DAILY", interval_start=MONDAY
        )
    assert missing.value.status_code == 404
    assert api.send("POST", f"projects/{project_id}/metrics", {"interval": "DAILY"}).status_code == 422
    unknown = {"metric_type": "MOON_PHASE", "interval": "DAILY", "interval_start": iso(MONDAY)}
    assert api.send("POST", f"projects/{project_id}/metrics", unknown).status_code == 400


def test_cards_compare_a_range_with_the_one_before(client, api, project_id):
    cards = client.rest_client.projects.get_project_kpi_cards(
        project_id, entity_type="traces", interval_start=MONDAY + 2 * DAY, interval_end=MONDAY + 4 * DAY
    )
    shown = {card.type: (card.current_value, card.previous_value) for card in cards.stats}
    assert shown == {"count": (1, 2), "avg_duration": (3000, 1500), "total_cost": (0.3, 0.3), "errors": (0, 50)}
    filters = json.dumps([{"field": "model", "operator": "=", "value": "large"}])
    cards = client.rest_client.projects.get_project_kpi_cards(
        project_id, entity_type="spans", filters=filters, interval_start=MONDAY, interval_end=MONDAY + 4 * DAY
    )
    shown = {card.type: (card.current_value, card.previous_value) for card in cards.stats}
    assert shown == {"count": (1, 0), "avg_duration": (2000, None), "total_cost": (0.2, None), "errors": (0, None)}
    body = {"entity_type": "spans", "interval_start": iso(MONDAY - 99 * DAY), "interval_end": iso(MONDAY - 98 * DAY)}
    raw = api.send("POST", f"projects/{project_id}/kpi-cards", body).json()["stats"]
    assert raw[1] == {"type": "avg_duration", "current_value": None, "previous_value": None}


def test_scores_and_costs_of_some_projects_of_the_workspace(api, project_id):
    week = {"project_ids": [project_id], "interval_start": iso(MONDAY), "interval_end": iso(MONDAY + 4 * DAY)}
    [scores] = api.send("POST", "workspaces/metrics", {**week, "name": "Quality"}).json()["results"]
    assert (scores["project_id"], scores["name"]) == (project_id, "Quality")
    assert [point["value"] for point in scores["data"]] == [None, 0.5, None, 2]
    [costs] = api.send("POST", "workspaces/costs", week).json()["results"]
    assert (costs["name"], [point["value"] for point in costs["data"]]) == ("cost", [None, 0.3, None, 0.3])


def test_summaries_compare_a_range_with_the_one_before(client, project_id):
    range = {"interval_start": MONDAY + 2 * DAY, "interval_end": MONDAY + 4 * DAY, "project_ids": [project_id]}
    [summary] = client.rest_client.workspaces.metrics_summary(**range).results
    assert (summary.name, summary.current, summary.previous) == ("Quality", 2, 0.5)
    cost = client.rest_client.workspaces.costs_summary(**range)
    assert (cost.name, cost.current, cost.previous) == ("cost", 0.3, 0.3)


def test_span_metrics_and_usage_names_reach_over_projects(client, api, project, project_id):
    other = f"{project}-other"
    api.write("spans", {**span_row(other, usage={"spiced_tokens": 5}), "id": new_id(int(MOMENTS[2].timestamp() * 1000))})
    other_id = api.send("POST", "projects/retrieve", {"name": other}).json()["id"]
    both = [project_id, other_id]
    names = client.rest_client.workspaces.get_workspace_token_usage_names(project_ids=both).names
    assert names == ["spiced_tokens", "total_tokens"]
    answer = client.rest_client.workspaces.get_workspace_span_metric(
        project_ids=both, metric_type="SPAN_COUNT", interval="TOTAL", interval_start=MONDAY, interval_end=MONDAY + 7 * DAY
    )
    [series] = answer.results
    assert (series.name, series.data[0]["value"]) == ("spans", 4)


def test_a_project_is_shown_with_its_figures(client, api, project, project_id):
    page = client.rest_client.projects.get_project_stats(name=project)
    [figures] = page.content
    assert (figures.project_id, figures.trace_count, figures.error_count.count) == (project_id, 3, 1)
    assert figures.duration.p50 == 2000
    assert (figures.total_estimated_cost, figures.total_estimated_cost_sum) == (0.2, 0.6)
    assert figures.usage == {"total_tokens": 20}
    assert [(score.name, score.value) for score in figures.feedback_scores] == [("Quality", 1)]
    detailed = client.rest_client.projects.retrieve_project(name=project, include_stats=True)
    assert (detailed.id, detailed.trace_count, detailed.total_estimated_cost_sum) == (project_id, 3, 0.6)
    assert "trace_count" not in api.send("POST", "projects/retrieve", {"name": project}).json()


def test_figures_of_projects_are_sorted_filtered_and_cut_to_a_time(client, api, project, project_id):
    for number in range(3):
        api.write("traces", *(trace_row(f"{project}-{number}", name="quick") for _ in range(number + 1)))
    sorting = json.dumps([{"field": "trace_count", "direction": "DESC"}])
    page = api.get("projects/stats", name=f"{project}-", sorting=sorting, size=2)
    assert (page["total"], [row["trace_count"] for row in page["content"]]) == (3, [3, 2])
    assert page["sortable_by"][-1] == "error_count"
    filters = json.dumps([{"field": "name", "operator": "=", "value": "run 1"}])
    [figures] = client.rest_client.projects.get_project_stats(name=project, filters=filters, size=1, sorting=json.dumps([{"field": "trace_count", "direction": "DESC"}])).content
    assert (figures.trace_count, figures.duration.p99) == (1, 2000)
    window = {"from_time": MOMENTS[2], "to_time": MOMENTS[2] + DAY}
    shown = client.rest_client.projects.get_project_stats(name=project, **window).content
    assert [row.trace_count for row in shown if row.project_id == project_id] == [1]


def test_usage_of_yesterday_is_counted_by_workspace(client, project_id):
    usage = client.rest_client.system_usage
    assert usage.get_traces_count_for_workspaces().workspaces_traces_count == []
    assert usage.get_spans_count_for_workspaces().workspaces_spans_count == []
    assert usage.get_traces_bi_info().bi_information == []
    assert usage.get_spans_bi_info().bi_information == []
    assert usage.get_dataset_bi_info().bi_information == []
    assert usage.get_experiment_bi_info().bi_information == []
    assert usage.get_spans_count_breakdown_for_workspaces().breakdown == []
    workspaces = ["0190babc-62a0-71d2-832a-0feffa4676eb"]
    assert usage.find_usage_projects(workspace_ids=workspaces, project_ids=[UNKNOWN_ID]).projects == []
