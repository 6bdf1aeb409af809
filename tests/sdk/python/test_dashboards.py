"""Dashboards and insights views: what people lay out comes back as they laid it out."""

import json

import pytest
from opik.api_objects.dashboard import types as dashboard_types
from opik.rest_api.core.api_error import ApiError

from api import UNKNOWN_ID, Api, instant, new_id, trace_row
from cairn_server import cairn

ADDRESSES = ["dashboards", "insights-views"]


@pytest.fixture
def project_id(api, project) -> str:
    api.write("traces", trace_row(project))
    return api.send("POST", "projects/retrieve", {"name": project}).json()["id"]


def made(api, address: str, name: str, **fields) -> dict:
    response = api.send("POST", address, {"name": name, "config": {"version": 4}, **fields})
    assert response.status_code == 201, response.text
    found = response.json()
    assert response.headers["location"].endswith(f"/v1/private/{address}/{found['id']}")
    return found


# Through the SDK.


def test_a_dashboard_is_made_filled_and_deleted(client, api, project):
    dashboard = client.create_dashboard(name=project, type="multi_project", description="what it costs", project_name=project)
    assert (dashboard.name, dashboard.type, dashboard.scope) == (project, "multi_project", "workspace")
    assert [section.title for section in dashboard.sections] == ["Overview"]
    widget = dashboard.add_widget(
        dashboard_types.DashboardWidget(type="text_markdown", title="Hello", config={"content": "**bold**"})
    )
    dashboard.add_section("More")
    dashboard.rename(f"{project} two")
    dashboard.set_description("changed")
    found = client.get_dashboard(dashboard.id)
    assert (found.name, found.description, found.project_id) == (f"{project} two", "changed", dashboard.project_id)
    assert found.config == dashboard.config
    assert [section.title for section in found.sections] == ["Overview", "More"]
    assert [known.id for section in found.sections for known in section.widgets] == [widget]
    assert [known.id for known in client.get_dashboards(name=project)] == [dashboard.id]
    assert [known.id for known in client.get_dashboards(project_id=dashboard.project_id)] == [dashboard.id]
    with pytest.raises(ApiError) as refusal:
        client.create_dashboard(name=f"{project} two", project_name=project)
    assert refusal.value.status_code == 409
    client.delete_dashboard(dashboard.id)
    with pytest.raises(ApiError) as refusal:
        client.get_dashboard(dashboard.id)
    assert refusal.value.status_code == 404


# Through plain HTTP.


def test_the_config_comes_back_to_the_letter(api, project):
    config = '{"version": 4,  "ünï": [1.50, 1e3, null], "deep": {"a": {"b": []}}, "n": 12345678901234567890}'
    body = f'{{"name": "{project}", "config": {config}, "unknown": 1}}'
    response = api.raw("POST", "dashboards", body.encode())
    assert response.status_code == 201 and config in response.text
    id = response.json()["id"]
    assert config in api.http.get(f"dashboards/{id}").text
    assert api.send("PATCH", f"dashboards/{id}", {"name": f"{project} 2"}).status_code == 200
    assert config in api.http.get(f"dashboards/{id}").text, "a change of the name leaves it alone"
    assert config in api.http.get("dashboards", params={"name": project}).text
    changed = api.send("PATCH", f"dashboards/{id}", {"config": {"version": 5}})
    assert (changed.status_code, changed.json()["config"]) == (200, {"version": 5})


@pytest.mark.parametrize("address", ADDRESSES)
def test_all_of_it_is_shown(api, project, project_id, address):
    found = made(api, address, f" Kosten & Zeit {project[-8:]} ", type="experiments", description="who", project_id=project_id)
    assert found["name"] == f"Kosten & Zeit {project[-8:]}"
    assert found["slug"] == f"kosten-zeit-{project[-8:]}"
    assert (found["type"], found["description"], found["project_id"]) == ("experiments", "who", project_id)
    assert found["scope"] == ("workspace" if address == "dashboards" else "insights")
    assert found["workspace_id"] == "0190babc-62a0-71d2-832a-0feffa4676eb"
    assert (found["created_by"], found["config"]) == ("admin", {"version": 4})
    assert api.get(f"{address}/{found['id']}") == found
    plain = made(api, address, f"plain {project}")
    assert plain["type"] == "multi_project" and "project_id" not in plain and "description" not in plain
    other = next(known for known in ADDRESSES if known != address)
    assert api.send("GET", f"{other}/{found['id']}").status_code == 404
    assert api.send("PATCH", f"{other}/{found['id']}", {"name": "x"}).status_code == 404
    assert api.send("DELETE", f"{other}/{found['id']}").status_code == 204
    assert api.send("DELETE", f"{address}/{found['id']}").status_code == 204
    assert api.send("GET", f"{address}/{found['id']}").status_code == 404
    assert api.send("POST", f"{address}/delete-batch", {"ids": [plain["id"], UNKNOWN_ID]}).status_code == 204
    assert api.send("GET", f"{address}/{plain['id']}").status_code == 404


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_name_is_used_once(api, project, project_id, address):
    first = made(api, address, project)
    second = made(api, address, f"{project} 2")
    taken = api.send("POST", address, {"name": f" {project}", "config": {}})
    assert taken.status_code == 409 and "already exists" in taken.json()["errors"][0]
    assert api.send("PATCH", f"{address}/{second['id']}", {"name": project}).status_code == 409
    assert api.send("PATCH", f"{address}/{first['id']}", {"name": project}).status_code == 200
    made(api, address, project, project_id=project_id)
    assert api.send("DELETE", f"{address}/{first['id']}").status_code == 204
    made(api, address, project)


def test_what_is_not_acceptable_is_refused(api, project):
    for fields, text in (
        ({"name": " "}, "name must not be blank"),
        ({"name": None}, "name must not be blank"),
        ({"name": "n" * 121}, "name size must be between 1 and 120"),
        ({"description": "d" * 1001}, "description size must be between 0 and 1000"),
        ({"config": None}, "config must not be null"),
    ):
        response = api.send("POST", "dashboards", {"name": project, "config": {}, **fields})
        assert (response.status_code, response.json()) == (422, {"errors": [text]})
    assert api.send("POST", "dashboards", {"name": project, "config": {}, "type": "other"}).status_code == 400
    assert api.send("POST", "dashboards", {"name": project, "config": {}, "project_id": UNKNOWN_ID}).status_code == 404
    assert api.send("PATCH", f"dashboards/{UNKNOWN_ID}", {"name": "x"}).status_code == 404
    assert api.send("POST", "dashboards/delete-batch", {"ids": []}).status_code == 422
    assert api.get("dashboards", name=project)["total"] == 0


def test_dashboards_are_listed_by_what_they_are(api, project, project_id):
    first = made(api, "dashboards", f"Aa {project}", type="experiments")["id"]
    second = made(api, "dashboards", f"b {project}", project_id=project_id)["id"]
    made(api, "insights-views", f"c {project}", project_id=project_id)

    def ids(path: str = "dashboards", **params) -> list[str]:
        return [row["id"] for row in api.get(path, name=project, **params)["content"]]

    assert ids() == [second, first]
    assert ids(project_id=project_id) == [second]
    assert ids(f"projects/{project_id}/dashboards") == [second]
    assert len(ids("insights-views", project_id=project_id)) == 1
    for field, operator, value in (("type", "=", "experiments"), ("name", "starts_with", "aa"), ("id", "=", first)):
        filters = json.dumps([{"field": field, "operator": operator, "value": value}])
        assert ids(filters=filters) == [first], field
    assert ids(sorting='[{"field":"name","direction":"ASC"}]') == [first, second]
    page = api.get("dashboards", name=project, page=2, size=1)
    assert (page["page"], page["size"], page["total"], page["content"][0]["id"]) == (2, 1, 2, first)
    assert "name" in page["sortable_by"]


def test_a_query_is_saved_as_it_is(api, client, project, project_id):
    sql = "SELECT count() FROM traces WHERE start_time >= {{window_start}}"
    saved = client.rest_client.dashboard_saved_queries.create_dashboard_saved_query(sql=sql, project_id=project_id)
    assert (saved.sql, saved.project_id, saved.created_by) == (sql, project_id, "admin")
    assert client.rest_client.dashboard_saved_queries.get_dashboard_saved_query(saved.id).sql == sql
    assert api.send("POST", "dashboard-saved-queries", {"sql": " "}).status_code == 422
    assert api.send("POST", "dashboard-saved-queries", {"sql": sql, "project_id": UNKNOWN_ID}).status_code == 404
    assert api.send("GET", f"dashboard-saved-queries/{UNKNOWN_ID}").status_code == 404
    assert api.get("toggles")["custom_charts_enabled_for_workspace"] is True


def chart(api, address: str, project: str, sql: str, project_id: str | None = None) -> str:
    """The id of a dashboard with a widget `w1` that asks so."""
    saved = api.send("POST", "dashboard-saved-queries", {"sql": sql, "project_id": project_id})
    assert saved.status_code == 201, saved.text
    widget = {"id": "w1", "type": "custom_chart", "config": {"saved_query_id": saved.json()["id"]}}
    config = {"version": 4, "sections": [{"id": "s1", "widgets": [{"id": "w0", "type": "text_markdown"}, widget]}]}
    return made(api, address, project, config=config)["id"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_widget_shows_what_its_query_asks(api, client, project, project_id, address):
    day = "2026-05-0{}T10:00:00Z"
    calls = [("gpt", 1, 0.5), ("gpt", 1, 0.25), ("claude", 2, 2)]
    spans = [
        {"id": new_id(), "project_name": project, "trace_id": new_id(), "name": "call", "type": "llm", "model": model}
        | {"start_time": day.format(at), "end_time": day.format(at), "total_estimated_cost": cost, "usage": {"total_tokens": 10 * at}}
        for model, at, cost in calls
    ]
    api.write("spans", *spans)
    api.write("traces", *[trace_row(project, error_info={"exception_type": "E", "traceback": "t"}, start_time=day.format(1))])
    sql = """
        SELECT toStartOfDay(start_time) AS day, model, count() AS calls, sum(total_estimated_cost) AS cost,
               sum(usage['total_tokens']) AS tokens, quantile(0.5)(duration) AS typical, max(ttft) AS ttft
        FROM spans WHERE start_time >= {{window_start}} AND start_time < {{window_end}} AND type = 'llm'
        GROUP BY day, model ORDER BY calls DESC, model
    """
    id = chart(api, address, project, sql, project_id)
    run = {"dashboards": client.rest_client.dashboards.run_dashboard_widget_query, "insights-views": client.rest_client.insights_views.run_insights_view_widget_query}[address]
    first = {"day": "2026-05-01T00:00:00Z", "model": "gpt", "calls": 2, "cost": 0.75, "tokens": 20, "typical": 0, "ttft": None}
    second = {"day": "2026-05-02T00:00:00Z", "model": "claude", "calls": 1, "cost": 2, "tokens": 20, "typical": 0, "ttft": None}
    assert run(id, "w1").results == [first, second]
    within = run(id, "w1", interval_start=instant("2026-05-02T00:00:00Z"), interval_end=instant("2026-05-03T00:00:00Z"))
    assert within.results == [second]
    assert run(id, "w1", interval_end=instant("2026-05-01T00:00:00Z")).results == []
    # Figures of the rest of the workspace are another question.
    figures = "SELECT count() n, countIf(error) failed, avg(span_count) FROM traces WHERE name IS NULL AND NOT environment = 'x'"
    other = chart(api, address, f"{project} more", figures, project_id)
    assert run(other, "w1").results == [{"n": 2, "failed": 1, "avg(span_count)": 0}]


def test_what_a_chart_cannot_ask_is_told_with_its_place(api, project, project_id):
    for sql, message in [
        ("DROP TABLE traces", "FROM is missing"),
        ("SELECT sum(name) FROM traces", "line 1, column 12: this field is no number"),
        ("SELECT count() FROM users", "line 1, column 21: there is no such table"),
    ]:
        id = chart(api, "dashboards", f"{project} {message}", sql)
        told = api.send("POST", f"dashboards/{id}/widgets/w1/query", {})
        assert told.status_code == 400 and message in told.json()["message"], told.text
    assert api.send("POST", f"dashboards/{id}/widgets/w9/query", {}).status_code == 404
    assert api.send("POST", f"dashboards/{id}/widgets/w0/query", {}).status_code == 400
    assert api.send("POST", f"insights-views/{id}/widgets/w1/query", {}).status_code == 404
    assert api.send("POST", f"dashboards/{UNKNOWN_ID}/widgets/w1/query", {}).status_code == 404


def test_queries_are_run_as_they_come(client, api, project, project_id):
    queries = client.rest_client.system_analytics_queries
    found = queries.execute_analytics_query(project_id, query="SELECT name, count() AS n FROM traces GROUP BY 1")
    assert found.results == [{"name": None, "n": 1}]
    sql = "SELECT count() AS n FROM traces"
    assert queries.execute_scoped_analytics_query(query=sql).results[0]["n"] >= 1
    assert queries.execute_scoped_analytics_query(query=sql, project_id=project_id).results == [{"n": 1}]
    path = f"/api/v1/internal/analytics-queries/projects/{UNKNOWN_ID}"
    assert api.root.post(path, json={"query": "SELECT count() FROM traces"}).status_code == 404
    assert api.root.post(path, json={"query": " "}).status_code == 422


def test_dashboards_are_the_same_after_a_rebuild(own_server):
    own_server.start()
    paths = ["dashboards", "insights-views"]
    with Api(own_server.root_url) as api:
        for address in ADDRESSES:
            ids = [made(api, address, f"n{n}", description="d")["id"] for n in range(3)]
            api.send("PATCH", f"{address}/{ids[0]}", {"config": {"a": 1.50}, "name": "renamed"})
            api.send("DELETE", f"{address}/{ids[1]}")
        saved = api.send("POST", "dashboard-saved-queries", {"sql": "select 1"}).json()["id"]
        paths.append(f"dashboard-saved-queries/{saved}")
        before = [api.http.get(path).content for path in paths]
    assert own_server.stop() == 0
    done = cairn("rebuild", "--data", str(own_server.data))
    assert done.returncode == 0, done.stderr
    own_server.start()
    with Api(own_server.root_url) as api:
        assert [api.http.get(path).content for path in paths] == before
