"""Retention rules as the published client makes them, and what they delete."""

import pytest
from opik.rest_api.core.api_error import ApiError

from api import UNKNOWN_ID, Api, trace_row


@pytest.fixture
def alone(own_server):
    """Rules hold for the whole workspace: these tests want one of their own."""
    own_server.start()
    with Api(own_server.root_url) as api:
        yield api
    assert own_server.stop() == 0


def record(api, project: str, start: str) -> str:
    trace = trace_row(project, start_time=start)
    api.write("traces", trace)
    return trace["id"]


def apply(api) -> int:
    answer = api.root.post("/graphql", json={"query": "mutation { applyRetentionRules }"})
    return answer.json()["data"]["applyRetentionRules"]


def test_the_client_makes_lists_replaces_and_ends_rules(client, project):
    rules = client.rest_client.retention_rules
    client.rest_client.projects.create_project(name=project)
    project_id = client.rest_client.projects.retrieve_project(name=project).id
    first = rules.create_retention_rule(retention="short_14d", project_id=project_id)
    assert (first.level, first.retention, first.enabled, first.apply_to_past) == ("project", "short_14d", True, False)
    assert (first.project_id, first.created_by) == (project_id, "admin")
    second = rules.create_retention_rule(retention="unlimited", project_id=project_id, apply_to_past=True)
    assert rules.get_retention_rule_by_id(first.id).enabled is False
    assert rules.get_retention_rule_by_id(second.id).apply_to_past is True
    active = [rule.id for rule in rules.find_retention_rules(size=1000).content]
    assert second.id in active and first.id not in active
    everything = rules.find_retention_rules(size=1000, include_inactive=True)
    assert {first.id, second.id} <= {rule.id for rule in everything.content}
    assert everything.total == len(everything.content)
    rules.deactivate_retention_rule(second.id)
    rules.deactivate_retention_rule(second.id)
    assert rules.get_retention_rule_by_id(second.id).enabled is False
    for ask in (rules.get_retention_rule_by_id, rules.deactivate_retention_rule):
        with pytest.raises(ApiError) as refused:
            ask(UNKNOWN_ID)
        assert refused.value.status_code == 404


def test_a_rule_that_says_nothing_clear_is_refused(client, project):
    rules = client.rest_client.retention_rules
    for fields, status in (
        ({"retention": "forever"}, 400),
        ({"retention": "short_14d", "project_id": UNKNOWN_ID}, 404),
        ({"retention": "short_14d", "organization_level": True, "project_id": UNKNOWN_ID}, 422),
    ):
        with pytest.raises(ApiError) as refused:
            rules.create_retention_rule(**fields)
        assert refused.value.status_code == status, fields


def test_what_is_too_old_goes_and_a_rule_of_a_project_comes_before_that_of_the_workspace(alone):
    api = alone
    old, kept, young = (
        record(api, "short", "2020-01-01T00:00:00Z"),
        record(api, "long", "2020-01-01T00:00:00Z"),
        record(api, "short", "2099-01-01T00:00:00Z"),
    )
    long = api.get("projects", name="long")["content"][0]["id"]
    api.send("POST", "retention/rules", {"retention": "short_14d", "organization_level": True})
    assert apply(api) == 0, "without the past"
    api.send("POST", "retention/rules", {"retention": "unlimited", "project_id": long})
    api.send("POST", "retention/rules", {"retention": "extended_400d", "apply_to_past": True})
    assert apply(api) == 1
    assert apply(api) == 0
    assert api.http.get(f"traces/{old}").status_code == 404
    for id in (kept, young):
        assert api.http.get(f"traces/{id}").status_code == 200
