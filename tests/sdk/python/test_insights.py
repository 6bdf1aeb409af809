"""Agent insights: somebody looks through the traces of a project and reports what is wrong with its agent."""

import datetime
import json

import pytest
from opik.rest_api.core.api_error import ApiError
from opik.rest_api.types.reported_issue import ReportedIssue

from api import UNKNOWN_ID, Api, new_id

JOBS = "agent-insights/jobs"
ISSUES = "agent-insights/issues"


def found(name: str, count: int = 2, **fields) -> dict:
    return {
        "name": name,
        "severity": "high",
        "count": count,
        "total_count": 10,
        "users_impacted": 1,
        "total_users": 4,
        **fields,
    }


def report(api, project_id: str, day: str, *issues: dict):
    return api.send("POST", ISSUES, {"project_id": project_id, "report_day": day, "issues": list(issues)})


def listed(api, project_id: str, **params) -> list[dict]:
    return api.get(ISSUES, project_id=project_id, **params)["content"]


def names(api, project_id: str, **params) -> list[str]:
    return [issue["name"] for issue in listed(api, project_id, **params)]


def by(field: str, direction: str = "DESC") -> str:
    return json.dumps([{"field": field, "direction": direction}])


def test_the_client_reports_lists_and_closes_issues(client, project_id):
    insights = client.rest_client.agent_insights
    issue = ReportedIssue(
        name="slow", severity="critical", count=3, total_count=100, users_impacted=2, total_users=40, cause="too much"
    )
    for day in (4, 5):
        insights.report_agent_insights_issues(
            project_id=project_id, report_day=datetime.date(2026, 3, day), issues=[issue]
        )
    [listed] = insights.find_agent_insights_issues(project_id=project_id).content
    assert (listed.name, listed.severity, listed.status, listed.cause) == ("slow", "critical", "open", "too much")
    assert (listed.total_occurrences, listed.latest_count, listed.total, listed.days_reported) == (6, 3, 200, 2)
    assert (listed.users_impacted, listed.total_users) == (4, 80)
    assert (listed.first_seen, listed.last_seen) == (datetime.date(2026, 3, 4), datetime.date(2026, 3, 5))
    insights.update_agent_insights_issue(listed.id, project_id=project_id, status="closed", close_note="no harm")
    detailed = insights.get_agent_insights_issue_by_id(listed.id, project_id=project_id)
    assert (detailed.status, detailed.close_note, detailed.status_changed_by) == ("closed", "no harm", "admin")
    assert [row.report_day.day for row in detailed.details] == [4, 5]


def test_the_client_makes_and_guides_the_job_of_a_project(client, project_id):
    jobs = client.rest_client.agent_insights_jobs
    with pytest.raises(ApiError) as missing:
        jobs.get_agent_insights_job(project_id)
    assert missing.value.status_code == 404
    made = jobs.create_agent_insights_job(project_id)
    assert (made.project_id, made.status, made.guidance_version) == (project_id, "disabled", 0)
    assert jobs.update_agent_insights_job(project_id, status="enabled").status == "enabled"
    guided = jobs.update_agent_insights_guidance(project_id, guidance=" mind the costs ")
    assert (guided.guidance, guided.guidance_version, guided.guidance_updated_by) == ("mind the costs", 1, "admin")
    assert jobs.update_agent_insights_guidance(project_id, guidance="mind the costs").guidance_version == 1
    cleared = jobs.update_agent_insights_guidance(project_id, guidance=" ")
    assert (cleared.guidance, cleared.guidance_version) == (None, 2)
    jobs.trigger_agent_insights_job(project_id)
    assert jobs.get_agent_insights_job(project_id).id == made.id


def test_a_job_is_made_once(api, project_id):
    path = f"{JOBS}/{project_id}"
    response = api.send("POST", path)
    assert (response.status_code, response.json()) == (201, api.get(path))
    assert response.headers["location"].endswith(path)
    assert api.send("POST", path).status_code == 409
    assert api.send("POST", f"{path}/trigger").status_code == 202
    assert api.send("PATCH", path, {"status": "paused"}).status_code == 400
    assert api.send("PATCH", path, {}).status_code == 422


def test_guidance_makes_the_job_that_is_missing(api, project_id):
    response = api.send("PUT", f"{JOBS}/{project_id}/guidance", {"guidance": "mind the costs"})
    assert (response.status_code, response.json()["status"]) == (200, "disabled")
    assert report(api, project_id, "2026-03-04").status_code == 204
    job = api.get(f"{JOBS}/{project_id}")
    assert (job["results_guidance_version"], "last_scan_at" in job) == (1, True)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("POST", "", None),
        ("PATCH", "", {"status": "enabled"}),
        ("POST", "/trigger", None),
        ("PUT", "/guidance", {"guidance": "x"}),
    ],
)
def test_a_project_that_is_not_there_has_no_job(api, method, path, body):
    assert api.send(method, f"{JOBS}/{UNKNOWN_ID}{path}", body).status_code == 404


def test_an_issue_is_known_by_its_name_or_its_id(api, project_id):
    report(api, project_id, "2026-03-04", found("slow", description="first"), found("wrong"))
    [wrong, slow] = sorted(listed(api, project_id), key=lambda issue: issue["name"], reverse=True)
    renamed = found("very slow", id=slow["id"], severity="low")
    assert report(api, project_id, "2026-03-05", renamed, found("wrong")).status_code == 204
    after = {issue["id"]: issue for issue in listed(api, project_id)}
    assert set(after) == {slow["id"], wrong["id"]}
    assert (after[slow["id"]]["name"], after[slow["id"]]["severity"]) == ("very slow", "low")
    assert after[slow["id"]]["description"] == "first", "what is not said again stays"
    own = new_id()
    report(api, project_id, "2026-03-05", found("new", id=own))
    assert own in [issue["id"] for issue in listed(api, project_id)]


def test_a_day_is_reported_again_in_place_of_what_it_was(api, project_id):
    for count in (2, 5):
        report(api, project_id, "2026-03-04", found("slow", count, metadata={"traces": [count]}))
    [issue] = listed(api, project_id)
    assert (issue["total_occurrences"], issue["days_reported"]) == (5, 1)
    [day] = api.get(f"{ISSUES}/{issue['id']}", project_id=project_id)["details"]
    assert (day["count"], day["metadata"]) == (5, {"traces": [5]})


def test_only_what_was_met_in_the_window_is_listed(api, project_id):
    report(api, project_id, "2026-03-04", found("early"), found("both", 1))
    report(api, project_id, "2026-03-06", found("both", 5))
    assert names(api, project_id, from_date="2026-03-05") == ["both"]
    assert sorted(names(api, project_id, to_date="2026-03-04")) == ["both", "early"]
    assert names(api, project_id, from_date="2026-03-07") == []
    [issue] = listed(api, project_id, from_date="2026-03-05", to_date="2026-03-06")
    assert (issue["total_occurrences"], issue["latest_count"], issue["first_seen"]) == (5, 5, "2026-03-06")
    details = api.get(f"{ISSUES}/{issue['id']}", project_id=project_id, to_date="2026-03-05")["details"]
    assert [day["report_day"] for day in details] == ["2026-03-04"]


def test_issues_are_filtered_sorted_and_paged(api, project_id):
    severities = {"a": "low", "b": "critical", "c": "medium"}
    report(api, project_id, "2026-03-04", *(found(name, ord(name), severity=severities[name]) for name in "abc"))
    assert names(api, project_id, severity="critical") == ["b"]
    assert names(api, project_id, sorting=by("severity")) == ["b", "c", "a"]
    assert names(api, project_id, sorting=by("total_occurrences", "ASC")) == ["a", "b", "c"]
    page = api.get(ISSUES, project_id=project_id, sorting=by("name", "ASC"), page=2, size=2)
    assert ([issue["name"] for issue in page["content"]], page["total"], page["size"]) == (["c"], 3, 1)
    closed = listed(api, project_id)[0]
    change = {"project_id": project_id, "status": "resolved"}
    assert api.send("PATCH", f"{ISSUES}/{closed['id']}", change).status_code == 204
    assert names(api, project_id, status="resolved") == [closed["name"]]
    assert len(names(api, project_id, status="open")) == 2


def test_a_report_leaves_the_status_alone(api, project_id):
    report(api, project_id, "2026-03-04", found("slow"))
    [issue] = listed(api, project_id)
    change = {"project_id": project_id, "status": "closed", "close_note": "no harm"}
    assert api.send("PATCH", f"{ISSUES}/{issue['id']}", change).status_code == 204
    report(api, project_id, "2026-03-05", found("slow"))
    [closed] = listed(api, project_id)
    assert (closed["status"], closed["close_note"]) == ("closed", "no harm")
    reopened = {"project_id": project_id, "status": "open", "close_note": "again"}
    assert api.send("PATCH", f"{ISSUES}/{issue['id']}", reopened).status_code == 204
    [opened] = listed(api, project_id)
    assert (opened["status"], "close_note" in opened) == ("open", False)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"name": ""}, 422),
        ({"name": "x" * 256}, 422),
        ({"severity": "awful"}, 400),
        ({"severity": None}, 422),
        ({"count": -1}, 422),
        ({"total_users": None}, 422),
    ],
)
def test_issues_of_another_form_are_refused_together(api, project_id, fields, status):
    response = report(api, project_id, "2026-03-04", found("fine"), found("wrong") | fields)
    assert response.status_code == status, response.text
    assert listed(api, project_id) == []


def test_what_is_not_there_is_not_found(api, project_id):
    assert api.send("GET", f"{ISSUES}/{UNKNOWN_ID}?project_id={project_id}").status_code == 404
    change = {"project_id": project_id, "status": "open"}
    assert api.send("PATCH", f"{ISSUES}/{UNKNOWN_ID}", change).status_code == 404
    assert report(api, UNKNOWN_ID, "2026-03-04", found("slow")).status_code == 404
    assert api.send("GET", ISSUES).status_code == 400
    for query in ("from_date=yesterday", "status=lost", "severity=awful", "from_date=2026-03-05&to_date=2026-03-04"):
        assert api.send("GET", f"{ISSUES}?project_id={project_id}&{query}").status_code == 400
    assert api.send("GET", f"{ISSUES}?project_id={project_id}&size=101").status_code == 422
    assert report(api, project_id, "4.3.2026", found("slow")).status_code == 400


def test_insights_are_there_after_a_restart(own_server):
    own_server.start()
    with Api(own_server.root_url) as api:
        api.send("POST", "projects", {"name": "shop"})
        project_id = api.send("POST", "projects/retrieve", {"name": "shop"}).json()["id"]
        api.send("POST", f"{JOBS}/{project_id}")
        report(api, project_id, "2026-03-04", found("slow"))
        before = (api.get(f"{JOBS}/{project_id}"), listed(api, project_id))
    own_server.kill()
    own_server.start()
    with Api(own_server.root_url) as api:
        assert (api.get(f"{JOBS}/{project_id}"), listed(api, project_id)) == before
    assert own_server.stop() == 0
