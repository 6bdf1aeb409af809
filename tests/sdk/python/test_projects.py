"""Projects come to be by themselves when somebody logs to them, and can be listed, found and deleted."""

import concurrent.futures
import uuid

import pytest
from opik.rest_api.core.api_error import ApiError

from api import UNKNOWN_ID, instant, new_id, trace_row


def created(api, name: str, **fields) -> dict:
    response = api.send("POST", "projects", {"name": name, **fields})
    assert response.status_code == 201, response.text
    return api.get(f"projects/{response.headers['location'].rsplit('/', 1)[-1]}")


def test_a_project_is_created_with_a_location_and_read_back(api, project):
    response = api.send("POST", "projects", {"name": project, "description": "what we try"})
    assert (response.status_code, response.content) == (201, b"")
    found = api.get(f"projects/{response.headers['location'].rsplit('/', 1)[-1]}")
    assert uuid.UUID(found["id"]).version == 7
    assert (found["name"], found["description"], found["visibility"]) == (project, "what we try", "private")
    assert (found["created_by"], found["last_updated_by"]) == ("admin", "admin")
    assert instant(found["created_at"]) <= instant(found["last_updated_at"])
    assert "last_updated_trace_at" not in found


def test_retrieve_finds_a_project_by_its_exact_name(api, project):
    made = created(api, project)
    response = api.send("POST", "projects/retrieve", {"name": project})
    assert (response.status_code, response.json()["id"]) == (200, made["id"])
    assert api.send("POST", "projects/retrieve", {"name": project[:-1]}).status_code == 404


def test_retrieve_of_an_unknown_name_is_not_found(api, project):
    response = api.send("POST", "projects/retrieve", {"name": project})
    assert response.status_code == 404
    assert f"Project name: {project} not found" in response.text or "Project not found" in response.text


def test_reading_an_unknown_id_is_not_found(api):
    assert api.send("GET", f"projects/{UNKNOWN_ID}").status_code == 404


def test_the_sdk_reads_the_project_it_logged_to(client, api, project):
    client.trace(name="first")
    assert client.flush()
    known = client.rest_client.projects.retrieve_project(name=project)
    assert client.get_project(known.id).name == project
    assert client.get_project(known.id).last_updated_trace_at is not None


def test_the_sdk_raises_for_an_unknown_project(client):
    with pytest.raises(ApiError) as refused:
        client.get_project(UNKNOWN_ID)
    assert refused.value.status_code == 404


@pytest.mark.parametrize("name", ["Ünïcode 日本", "with / slash & more", "1", "x" * 150])
def test_names_of_any_kind_survive(api, project, name):
    full = f"{name} {project}"
    assert created(api, full)["name"] == full


def test_a_name_is_trimmed(api, project):
    assert created(api, f"  {project}\t")["name"] == project


def test_names_are_unique_whatever_their_case(api, project):
    created(api, f"{project}-Alpha")
    for again in (f"{project}-Alpha", f"{project}-ALPHA", f" {project}-alpha "):
        response = api.send("POST", "projects", {"name": again})
        assert response.status_code == 409
        assert "Project already exists" in response.text


def test_a_write_in_another_case_goes_to_the_same_project(api, project):
    api.write("traces", trace_row(f"{project}-Mixed"))
    api.write("traces", trace_row(f"{project}-mIXED"))
    assert api.page("traces", f"{project}-MIXED")["total"] == 2
    assert api.get("projects", name=project)["total"] == 1


def test_the_list_filters_by_a_part_of_the_name_in_any_case(api, project):
    names = [f"{project}-{end}" for end in ("Red", "green", "BLUE")]
    for name in names:
        created(api, name)
    assert [row["name"] for row in api.get("projects", name=project.upper())["content"]] == names[::-1]
    assert [row["name"] for row in api.get("projects", name=f"{project}-gre")["content"]] == [names[1]]
    assert api.get("projects", name=f"{project}-nothing")["content"] == []


@pytest.mark.parametrize("field", ["name", "created_at", "last_updated_at", "id"])
def test_the_list_is_sorted_as_asked(api, project, field):
    names = [f"{project}-{end}" for end in ("b", "a", "c")]
    for name in names:
        created(api, name)
    expected = sorted(names) if field == "name" else names
    for direction, order in (("ASC", expected), ("DESC", expected[::-1])):
        page = api.get("projects", name=project, sorting=f'[{{"field":"{field}","direction":"{direction}"}}]')
        assert [row["name"] for row in page["content"]] == order
    assert field in page["sortable_by"]


def test_the_list_knows_when_a_trace_was_last_written(api, project):
    older, newer = f"{project}-older", f"{project}-newer"
    api.write("traces", trace_row(newer))
    api.write("traces", trace_row(older))
    api.write("traces", trace_row(newer))
    page = api.get("projects", name=project, sorting='[{"field":"last_updated_trace_at","direction":"DESC"}]')
    assert [row["name"] for row in page["content"]] == [newer, older]
    times = [instant(row["last_updated_trace_at"]) for row in page["content"]]
    assert times[0] > times[1]


def test_configure_lists_one_project_by_creation(api, project):
    created(api, project)
    page = api.get("projects", page=1, size=1, sorting='[{"field":"created_at","direction":"DESC"}]')
    assert [row["name"] for row in page["content"]] == [project]


def test_deleting_hides_the_project_and_is_repeatable(api, project):
    api.write("traces", trace_row(project))
    known = api.send("POST", "projects/retrieve", {"name": project}).json()
    for _ in range(2):
        assert api.send("DELETE", f"projects/{known['id']}").status_code == 204
    assert api.send("GET", f"projects/{known['id']}").status_code == 404
    assert not api.project_exists(project)
    assert api.http.get("traces", params={"project_name": project}).status_code == 404


def test_a_deleted_name_can_be_used_again_and_starts_empty(api, project):
    api.write("traces", trace_row(project))
    known = api.send("POST", "projects/retrieve", {"name": project}).json()
    assert api.send("DELETE", f"projects/{known['id']}").status_code == 204
    fresh = trace_row(project)
    api.write("traces", fresh)
    assert api.ids("traces", project) == [fresh["id"]]


def test_a_write_without_project_goes_to_the_default_project(api):
    row = trace_row("unused")
    del row["project_name"]
    api.write("traces", row)
    default = api.send("POST", "projects/retrieve", {"name": "Default Project"}).json()
    assert api.get(f"traces/{row['id']}")["project_id"] == default["id"]


def test_reading_never_creates_a_project(api, project):
    for kind in ("traces", "spans"):
        assert api.http.get(kind, params={"project_name": project}).status_code == 404
        assert api.http.get(kind, params={"project_id": new_id()}).status_code == 404
        assert api.stream(kind, project_name=project).status_code == 404
    assert not api.project_exists(project)


def test_first_writes_at_the_same_moment_make_one_project(api, project):
    rows = [trace_row(project if index % 2 else project.upper()) for index in range(24)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda row: api.write("traces", row), rows))
    assert api.get("projects", name=project)["total"] == 1
    assert sorted(api.ids("traces", project)) == sorted(row["id"] for row in rows)


def test_what_happened_in_a_project_is_told_newest_first(client, api, project):
    trace = client.trace(name="t", input={"q": 1})
    trace.end()
    client.flush()
    dataset = client.create_dataset(f"set-{project}", project_name=project)
    dataset.insert([{"q": "a"}])
    dataset.insert([{"q": "b"}])
    client.create_prompt(name=f"greet-{project}", prompt="Hello", project_name=project)
    client.create_experiment(dataset_name=f"set-{project}", name=f"run-{project}", project_name=project)
    id = api.send("POST", "projects/retrieve", {"name": project}).json()["id"]
    page = client.rest_client.projects.get_recent_activity(id)
    assert (page.page, page.size, page.total) == (1, 5, 5)
    kinds = [(activity.type, activity.name) for activity in page.content]
    assert kinds == [
        ("experiment", f"run-{project}"),
        ("prompt_version", f"greet-{project}"),
        ("dataset_version", f"set-{project}"),
        ("dataset_version", f"set-{project}"),
        ("trace_daily", "1 trace"),
    ]
    assert [activity.resource_id for activity in page.content[2:]] == [dataset.id, dataset.id, id]
    assert {activity.created_by for activity in page.content[:4]} == {"admin"}
    second = client.rest_client.projects.get_recent_activity(id, page=2, size=2)
    assert [activity.id for activity in second.content] == [activity.id for activity in page.content[2:4]]
    assert (second.size, second.total) == (2, 5)
    assert api.send("GET", f"projects/{id}/activities?size=101").status_code == 422
    assert api.send("GET", f"projects/{UNKNOWN_ID}/activities").status_code == 404
