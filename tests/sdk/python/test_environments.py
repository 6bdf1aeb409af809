"""Environments are made by hand, or by the first trace or span that names them."""

import pytest
from opik import exceptions
from opik.rest_api.core.api_error import ApiError

from api import START, UNKNOWN_ID, Api, instant, new_id, span_row, trace_row


@pytest.fixture
def alone(own_server):
    """Environments belong to the whole workspace: these tests want one of their own."""
    own_server.start()
    with Api(own_server.root_url) as api:
        yield api
    assert own_server.stop() == 0


def names(api) -> list[str]:
    return [row["name"] for row in api.get("environments")["content"]]


def create(api, name: str, **fields):
    return api.send("POST", "environments", {"name": name, **fields})


def test_the_sdk_makes_changes_and_deletes_an_environment(client, project):
    name = f"env-{project[-8:]}"
    made = client.create_environment(name, description="try it here", color="#00ff00")
    assert (made.name, made.description, made.color) == (name, "try it here", "#00ff00")
    changed = client.update_environment(name, description="still here")
    assert (changed.id, changed.description, changed.color) == (made.id, "still here", "#00ff00")
    assert changed.last_updated_at > made.last_updated_at
    assert name in [row.name for row in client.get_environments()]
    client.delete_environment(name)
    assert name not in [row.name for row in client.get_environments()]
    client.delete_environment(name)


def test_the_sdk_is_told_that_a_name_is_taken(client, project):
    name = f"env-{project[-8:]}"
    client.create_environment(name)
    with pytest.raises(exceptions.EnvironmentAlreadyExists):
        client.create_environment(name)
    client.delete_environment(name)


def test_the_id_of_the_client_is_kept_and_told(alone):
    id = new_id()
    response = create(alone, "production", id=id, position=3)
    assert (response.status_code, response.content) == (201, b"")
    assert response.headers["location"].endswith(f"/{id}")
    found = alone.get(f"environments/{id}")
    assert (found["name"], found["position"], found["created_by"]) == ("production", 3, "admin")
    assert "color" not in found
    assert "description" not in found


def test_the_list_is_complete_and_oldest_first(alone):
    wanted = [f"e{number}" for number in (3, 1, 2, *range(10, 30))]
    for name in wanted:
        assert create(alone, name).status_code == 201
    page = alone.get("environments")
    assert [row["name"] for row in page["content"]] == wanted
    assert (page["page"], page["size"], page["total"]) == (1, len(wanted), len(wanted))


@pytest.mark.parametrize("name", ["", "with space", "a/b", "ünï", "x" * 151, None])
def test_a_name_of_another_form_is_refused(api, name):
    assert create(api, name).status_code == 422


def test_lengths_are_bounded(api, project):
    name = f"env-{project[-8:]}"
    assert create(api, name, description="x" * 501).status_code == 422
    assert create(api, name, color="x" * 21).status_code == 422
    assert name not in names(api)


def test_a_taken_name_is_refused_and_left_alone(alone):
    assert create(alone, "production").status_code == 201
    assert create(alone, "staging").status_code == 201
    again = create(alone, "production")
    assert (again.status_code, again.json()["errors"]) == (
        409,
        ["Environment with name 'production' already exists in the workspace"],
    )
    staging = alone.get("environments")["content"][1]
    assert alone.patch("environments", staging["id"], name="production").status_code == 409
    assert alone.patch("environments", staging["id"], name="staging", position=1).status_code == 204
    assert names(alone) == ["production", "staging"]


def test_a_change_leaves_the_rest_alone(alone):
    create(alone, "production", color="red", description="the real thing")
    before = alone.get("environments")["content"][0]
    assert alone.patch("environments", before["id"], name="live").status_code == 204
    after = alone.get(f"environments/{before['id']}")
    assert instant(after.pop("last_updated_at")) > instant(before.pop("last_updated_at"))
    assert after == {**before, "name": "live"}


def test_what_is_not_there_is_not_found(api):
    assert api.send("GET", f"environments/{UNKNOWN_ID}").status_code == 404
    assert api.patch("environments", UNKNOWN_ID, name="x").status_code == 404
    assert api.send("POST", "environments/delete", {"ids": [UNKNOWN_ID]}).status_code == 204
    assert api.send("POST", "environments/delete", {"ids": []}).status_code == 422


def test_traces_and_spans_make_the_environments_that_they_name(alone):
    alone.write(
        "traces",
        trace_row("shop", environment="staging"),
        trace_row("shop", environment="staging"),
        trace_row("shop", environment="no environment"),
        trace_row("shop"),
    )
    alone.write("spans", span_row("shop", environment="production"))
    assert alone.post("traces", trace_row("shop", environment="by-one")).status_code == 201
    assert alone.post("spans", span_row("shop", environment="by-span")).status_code == 201
    trace = trace_row("shop")
    alone.write("traces", trace)
    assert alone.patch("traces", trace["id"], project_name="shop", environment="later").status_code == 204
    assert names(alone) == ["staging", "production", "by-one", "by-span", "later"]
    found = alone.get("environments")["content"][0]
    assert found["created_by"] == "admin"
    alone.write("traces", trace_row("shop", environment="staging"))
    assert len(names(alone)) == 5


def test_a_refused_trace_makes_no_environment(alone):
    trace = trace_row("shop")
    assert alone.post("traces", trace).status_code == 201
    assert alone.post("traces", {**trace, "environment": "new"}).status_code == 409
    assert alone.post("traces", {"project_name": "shop", "environment": "new"}).status_code == 422
    assert names(alone) == []


def test_the_sdk_names_an_environment(client, api, project):
    name = f"env-{project[-8:]}"
    client.trace(name="run", environment=name)
    assert client.flush()
    assert name in names(api)


def test_beyond_the_limit_writes_go_on_without_new_environments(alone):
    alone.write("traces", *(trace_row("shop", environment=f"e{number}") for number in range(99)))
    assert create(alone, "last").status_code == 201
    refusal = create(alone, "more")
    assert (refusal.status_code, refusal.json()["errors"]) == (
        409,
        ["Workspace already has the maximum of 100 environments"],
    )
    alone.write("traces", {"id": new_id(), "project_name": "shop", "start_time": START, "environment": "more"})
    assert (len(names(alone)), "more" in names(alone)) == (100, False)
    assert alone.page("traces", "shop")["content"][0]["environment"] == "more"


def test_an_unknown_environment_is_an_error_in_the_sdk(client):
    with pytest.raises(ApiError) as missing:
        client.rest_client.environments.get_environment_by_id(UNKNOWN_ID)
    assert missing.value.status_code == 404
