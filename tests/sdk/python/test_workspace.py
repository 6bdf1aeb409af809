"""A workspace sets a few things for itself, and tells what the server can do."""

import base64

import pytest
from opik.rest_api.core.api_error import ApiError

from api import UNKNOWN_ID, Api

CONFIGURATION = {
    "timeout_to_mark_thread_as_inactive": "PT30M",
    "truncation_on_tables": False,
    "color_map": {"accuracy": "#00ff00"},
}


@pytest.fixture
def alone(own_server):
    """The configuration belongs to the whole workspace: these tests want one of their own."""
    own_server.start()
    with Api(own_server.root_url) as api:
        yield api
    assert own_server.stop() == 0


def put(api, body: dict):
    return api.send("PUT", "workspaces/configurations", body)


def status(api) -> int:
    return api.send("GET", "workspaces/configurations").status_code


def test_the_configuration_is_set_read_and_cleared(alone):
    assert status(alone) == 404
    response = put(alone, CONFIGURATION)
    assert (response.status_code, response.json()) == (200, CONFIGURATION)
    assert alone.get("workspaces/configurations") == CONFIGURATION
    for _ in range(2):
        assert alone.send("DELETE", "workspaces/configurations").status_code == 204
    assert status(alone) == 404


def test_the_configuration_is_replaced_as_a_whole(alone):
    put(alone, CONFIGURATION)
    assert put(alone, {"truncation_on_tables": True}).json() == {"truncation_on_tables": True}
    assert alone.get("workspaces/configurations") == {"truncation_on_tables": True}
    assert put(alone, {"colorMap": {}}).json() == {"color_map": {}}


@pytest.mark.parametrize(("written", "shown"), [("P1D", "PT24H"), ("PT90S", "PT1M30S"), ("PT1H30M", "PT1H30M")])
def test_a_duration_is_told_in_its_shortest_form(alone, written, shown):
    body = {"timeout_to_mark_thread_as_inactive": written}
    assert put(alone, body).json() == {"timeout_to_mark_thread_as_inactive": shown}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"timeout_to_mark_thread_as_inactive": "half an hour"}, 400),
        ({"timeout_to_mark_thread_as_inactive": "PT0.5S"}, 400),
        ({"timeout_to_mark_thread_as_inactive": "PT-5M"}, 400),
        ({"timeout_to_mark_thread_as_inactive": "PT0S"}, 422),
        ({"timeout_to_mark_thread_as_inactive": "P400D"}, 422),
        ({"truncation_on_tables": "perhaps"}, 400),
        ({"color_map": {"accuracy": "a colour of very many words"}}, 422),
    ],
)
def test_what_cannot_be_set_changes_nothing(alone, change, expected):
    put(alone, CONFIGURATION)
    assert put(alone, {**CONFIGURATION, **change}).status_code == expected
    assert alone.get("workspaces/configurations") == CONFIGURATION


def test_the_sdk_sets_and_reads_the_configuration(client, api):
    workspaces = client.rest_client.workspaces
    set_to = workspaces.upsert_workspace_configuration(timeout_to_mark_thread_as_inactive="PT1H")
    assert set_to.timeout_to_mark_thread_as_inactive == "PT1H"
    assert workspaces.get_workspace_configuration().timeout_to_mark_thread_as_inactive == "PT1H"
    workspaces.delete_workspace_configuration()
    with pytest.raises(ApiError) as missing:
        workspaces.get_workspace_configuration()
    assert missing.value.status_code == 404


@pytest.mark.parametrize("path", ["toggles", "toggles/"])
def test_toggles_are_booleans_with_a_page_size(api, path):
    toggles = api.get(path)
    assert toggles.pop("default_page_size") == 10
    assert all(isinstance(value, bool) for value in toggles.values())
    assert all(name == name.lower() and name.endswith(("_enabled", "_workspace")) for name in toggles)
    assert len(toggles) == 29
    assert (toggles["ollie_enabled"], toggles["dataset_versioning_enabled"]) == (False, True)


def test_links_to_datasets_and_experiments_lead_to_their_pages(client, api, server, project):
    dataset = client.create_dataset(f"{project}-questions")
    dataset.insert([{"question": "why?"}])
    experiment = client.create_experiment(dataset_name=dataset.name, name=f"{project}-run")
    path = base64.urlsafe_b64encode(server.api_url.encode()).decode()

    def follow(kind: str, **params):
        place = f"/api/v1/session/redirect/{kind}"
        return api.root.get(place, params={"path": path, **params}, follow_redirects=False)

    answer = follow("datasets", dataset_id=dataset.id)
    assert answer.status_code == 303
    assert answer.headers["location"].endswith(f"/datasets/{dataset.id}/items")
    answer = follow("experiments", experiment_id=experiment.id, dataset_id=dataset.id)
    assert answer.status_code == 303
    assert f"/experiments/{dataset.id}/compare?experiments=" in answer.headers["location"]
    assert experiment.id in answer.headers["location"]
    for kind, name in (("datasets", "dataset_id"), ("experiments", "experiment_id")):
        assert follow(kind, **{name: UNKNOWN_ID}).status_code == 404
        assert follow(kind).status_code == 400
        assert follow(kind, **{name: UNKNOWN_ID, "path": ""}).status_code == 400


def test_every_workspace_is_of_the_newer_generation(api):
    assert api.get("workspaces/versions") == {"opik_version": "version_2"}
