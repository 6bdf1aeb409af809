"""Prompts live on the server: versions never change, and programs ask for the one they want."""

import json

import opik
import pytest
from opik import exceptions
from opik.api_objects.prompt.types import PromptType
from opik.rest_api.core.api_error import ApiError
from opik.rest_api.types.prompt_version_detail import PromptVersionDetail

from api import UNKNOWN_ID, Api, new_id, trace_row

VERSIONS = "prompts/versions"


def version(api, project: str, name: str, template: str = "hello", **fields) -> dict:
    """A new version of a prompt, which is made if it is missing."""
    body = {"name": name, "project_name": project, "version": {"template": template, **fields}}
    response = api.send("POST", VERSIONS, body)
    assert response.status_code == 200, response.text
    return response.json()


def refused(api, project: str, name: str, **fields) -> int:
    body = {"name": name, "project_name": project, "version": {"template": "hello", **fields}}
    return api.send("POST", VERSIONS, body).status_code


def retrieve(api, name: str, **fields):
    return api.send("POST", f"{VERSIONS}/retrieve", {"name": name, **fields})


def prompt_of(api, made: dict) -> dict:
    return api.get(f"prompts/{made['prompt_id']}")


def numbers(api, prompt_id: str, **params) -> list[str]:
    return [row["version_number"] for row in api.get(f"prompts/{prompt_id}/versions", **params)["content"]]


def names(api, **params) -> list[str]:
    return [row["name"] for row in api.get("prompts", **params)["content"]]


def filters(*conditions: dict) -> str:
    return json.dumps(list(conditions))


# What a program does with the SDK.


def test_the_same_prompt_is_one_version(client, project):
    first = client.create_prompt(name=f"{project}-greet", prompt="Hello {{name}}")
    again = client.create_prompt(name=f"{project}-greet", prompt="Hello {{name}}")
    assert (first.version_id, first.commit, first.version) == (again.version_id, again.commit, again.version)
    assert first.version == "v1"
    assert first.commit == first.version_id[-8:]
    assert first.format(name="Ann") == "Hello Ann"


def test_new_content_is_a_new_version(client, project):
    name = f"{project}-greet"
    made = [
        client.create_prompt(name=name, prompt="one"),
        client.create_prompt(name=name, prompt="two"),
        client.create_prompt(name=name, prompt="two", metadata={"temperature": 0.5}),
        client.create_prompt(name=name, prompt="two", metadata={"temperature": 0.5}, type=PromptType.JINJA2),
        client.create_prompt(name=name, prompt="one"),
    ]
    assert [prompt.version for prompt in made] == ["v1", "v2", "v3", "v4", "v5"]
    assert client.get_prompt(name, no_cache=True).prompt == "one"


def test_no_metadata_is_not_empty_metadata(client, api, project):
    name = f"{project}-greet"
    without = client.create_prompt(name=name, prompt="hi")
    empty = client.create_prompt(name=name, prompt="hi", metadata={})
    assert (without.version, empty.version) == ("v1", "v2")
    assert "metadata" not in api.get(f"{VERSIONS}/{without.version_id}")
    assert api.get(f"{VERSIONS}/{empty.version_id}")["metadata"] == {}
    assert client.create_prompt(name=name, prompt="hi", metadata={}).version == "v2"


def test_metadata_comes_back_as_it_was_sent(client, project):
    metadata = {"z": 1, "a": {"ünï": [1.5, None, True]}, "empty": {}}
    client.create_prompt(name=f"{project}-greet", prompt="hi", metadata=metadata)
    assert client.get_prompt(f"{project}-greet", no_cache=True).metadata == metadata


def test_a_version_is_got_by_number_and_by_commit(client, project):
    name = f"{project}-greet"
    first = client.create_prompt(name=name, prompt="one")
    client.create_prompt(name=name, prompt="two")
    assert client.get_prompt(name, commit=first.commit, no_cache=True).prompt == "one"
    assert client.get_prompt(name, version="v1", no_cache=True).prompt == "one"
    assert client.get_prompt(name, version="v2", no_cache=True).prompt == "two"
    assert client.get_prompt(name, version="v3", no_cache=True) is None
    assert client.get_prompt(name, commit="00000000", no_cache=True) is None
    assert client.get_prompt(f"{project}-unknown", no_cache=True) is None


def test_the_history_is_newest_first_and_can_be_searched(client, project):
    name = f"{project}-greet"
    for number in range(12):
        client.create_prompt(name=name, prompt=f"text {number}", metadata={"odd": number % 2})
    history = client.get_prompt_history(name)
    assert [prompt.prompt for prompt in history] == [f"text {number}" for number in reversed(range(12))]
    found = client.get_prompt_history(name, search="TEXT 1")
    assert [prompt.prompt for prompt in found] == ["text 11", "text 10", "text 1"]
    found = client.get_prompt_history(name, filter_string='template contains "text 1" AND metadata.odd = 1')
    assert [prompt.prompt for prompt in found] == ["text 11", "text 1"]
    assert client.get_prompt_history(name, filter_string='version_number = "v3"')[0].prompt == "text 2"


def test_a_chat_prompt_is_kept_as_messages(client, api, project):
    name = f"{project}-chat"
    messages = [{"role": "system", "content": "You help {{user}}"}, {"role": "user", "content": "{{question}}"}]
    made = client.create_chat_prompt(name=name, messages=messages)
    assert client.create_chat_prompt(name=name, messages=messages).version == made.version == "v1"
    found = client.get_chat_prompt(name, no_cache=True)
    assert found.template == messages
    detail = api.get(f"{VERSIONS}/{made.version_id}")
    assert (detail["template_structure"], detail["variables"]) == ("chat", ["question", "user"])


def test_the_structure_of_a_prompt_is_settled_once(client, api, project):
    name = f"{project}-greet"
    client.create_prompt(name=name, prompt="hi")
    with pytest.raises(exceptions.PromptTemplateStructureMismatch):
        client.create_chat_prompt(name=name, messages=[{"role": "user", "content": "hi"}])
    body = {"name": name, "project_name": project, "template_structure": "chat", "version": {"template": "[]"}}
    assert api.send("POST", VERSIONS, body).json()["template_structure"] == "text"


def test_a_prompt_has_a_description_and_tags(client, api, project):
    name = f"{project}-greet"
    id = new_id()
    made = client.create_prompt(
        name=name, prompt="hi", id=id, description="says hello", change_description="the first", tags=["a", "b"]
    )
    found = api.get(f"prompts/{id}")
    assert (found["name"], found["description"], found["tags"]) == (name, "says hello", ["a", "b"])
    assert (found["version_count"], found["template_structure"], found["created_by"]) == (1, "text", "admin")
    latest = found["latest_version"]
    assert (latest["commit"], latest["change_description"]) == (made.commit, "the first")
    assert "requested_version" not in found


def test_prompts_are_found_by_filters(client, project):
    for end, tags in (("one", ["red"]), ("two", ["red", "blue"]), ("three", ["green"])):
        client.create_prompt(name=f"{project}-{end}", prompt=end, tags=tags)
    client.create_chat_prompt(name=f"{project}-chat", messages=[{"role": "user", "content": "hi"}])
    found = client.search_prompts(filter_string='tags contains "red"')
    assert sorted(prompt.prompt for prompt in found) == ["one", "two"]
    found = client.search_prompts(filter_string='tags contains "red" AND tags contains "blue"')
    assert [prompt.prompt for prompt in found] == ["two"]
    found = client.search_prompts(filter_string='template_structure = "chat"')
    assert [prompt.name for prompt in found] == [f"{project}-chat"]


def test_tags_of_versions_are_set_added_and_cleared(client, project):
    name = f"{project}-greet"
    ids = [client.create_prompt(name=name, prompt=text).version_id for text in ("one", "two")]
    prompts = client.get_prompts_client()
    tags = lambda: [prompt.tags for prompt in client.get_prompt_history(name)]  # noqa: E731
    prompts.batch_update_prompt_version_tags(version_ids=ids, tags=["a"])
    assert tags() == [["a"], ["a"]]
    prompts.batch_update_prompt_version_tags(version_ids=ids[1:], tags=["b", "a"], merge=True)
    assert tags() == [["a", "b"], ["a"]]
    assert [prompt.prompt for prompt in client.get_prompt_history(name, filter_string='tags contains "b"')] == ["two"]
    prompts.batch_update_prompt_version_tags(version_ids=ids)
    assert tags() == [["a", "b"], ["a"]]
    prompts.batch_update_prompt_version_tags(version_ids=ids, tags=[])
    assert tags() == [[], []]


def test_an_environment_leads_to_one_version(client, project):
    name, production = f"{project}-greet", f"env-{project[-8:]}"
    client.create_prompt(name=name, prompt="one")
    client.create_prompt(name=name, prompt="two")
    with pytest.raises(exceptions.EnvironmentNotFoundError):
        client.set_prompt_environments(name, [production])
    client.create_environment(production)
    client.set_prompt_environments(name, [production], version="v1")
    found = client.get_prompt(name, environment=production, no_cache=True)
    assert (found.prompt, found.environments) == ("one", [production])
    client.set_prompt_environments(name, [production])
    assert client.get_prompt(name, environment=production, no_cache=True).prompt == "two"
    assert client.get_prompt(name, version="v1", no_cache=True).environments is None
    client.set_prompt_environments(name, [])
    assert client.get_prompt(name, environment=production, no_cache=True) is None
    client.delete_environment(production)


def test_a_mask_stands_beside_the_versions(client, api, project):
    name = f"{project}-greet"
    made = client.create_prompt(name=name, prompt="one")
    rest_prompts = client.rest_client.prompts
    masked = rest_prompts.create_prompt_version(
        name=name,
        project_name=project,
        version=PromptVersionDetail(template="masked", type="mustache", version_type="mask"),
    )
    assert (masked.version_type, masked.version_number, masked.template) == ("mask", None, "masked")
    prompt_id = made.__internal_api__prompt_id__
    assert numbers(api, prompt_id) == ["v1"]
    assert client.get_prompt(name, no_cache=True).prompt == "one"
    assert client.create_prompt(name=name, prompt="two").version == "v2"
    found = api.get(f"prompts/{prompt_id}", mask_id=masked.id)
    assert (found["requested_version"]["template"], found["version_count"]) == ("masked", 2)
    assert api.get(f"{VERSIONS}/{masked.id}")["version_type"] == "mask"


def test_a_prompt_is_attached_to_the_trace_that_used_it(tracked, api):
    client = opik.Opik(project_name=tracked)
    made = client.create_prompt(name=f"{tracked}-greet", prompt="Hello {{name}}")

    @opik.track
    def answer():
        return client.get_prompt(f"{tracked}-greet").format(name="Ann")

    answer()
    opik.flush_tracker()
    trace = api.page("traces", tracked)["content"][0]
    used = trace["metadata"]["opik_prompts"][0]
    assert (used["name"], used["version"]["commit"], used["version"]["id"]) == (
        f"{tracked}-greet",
        made.commit,
        made.version_id,
    )


# What the API promises beyond.


def test_creating_a_prompt_answers_with_its_place(api, project):
    id = new_id()
    response = api.send("POST", "prompts", {"id": id, "name": project, "project_name": project})
    assert (response.status_code, response.content) == (201, b"")
    assert response.headers["location"].endswith(f"/prompts/{id}")
    found = api.get(f"prompts/{id}")
    assert (found["version_count"], "latest_version" in found) == (0, False)
    assert api.get(f"prompts/{id}/versions")["content"] == []
    assert version(api, project, project)["version_number"] == "v1"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"name": " "}, 422),
        ({"template": " "}, 422),
        ({"description": "x" * 256}, 422),
        ({"type": "handlebars"}, 400),
        ({"template_structure": "poem"}, 400),
        ({"id": "11111111-1111-4111-8111-111111111111"}, 400),
        ({"project_name": " "}, 422),
        ({"project_id": UNKNOWN_ID}, 404),
        ({"tags": ["x"] * 2 + [""]}, 422),
        ({"tags": [str(number) for number in range(51)]}, 422),
    ],
)
def test_what_makes_no_prompt_is_refused(api, project, change, status):
    body = {"name": project, "project_name": project, "template": "hi", **change}
    if "project_id" in change:
        del body["project_name"]
    assert api.send("POST", "prompts", body).status_code == status
    assert names(api, name=project) == []
    assert not api.project_exists(project)


def test_a_name_is_unique_in_its_project(api, project):
    made = version(api, project, project)
    body = {"name": project, "project_name": project}
    again = api.send("POST", "prompts", body)
    assert (again.status_code, again.json()["errors"]) == (409, ["Prompt id or name already exists"])
    assert api.send("POST", "prompts", {**body, "name": "other", "id": made["prompt_id"]}).status_code == 409
    assert api.send("POST", "prompts", {**body, "project_name": f"{project}-other"}).status_code == 201


def test_a_version_says_all_of_itself(api, project):
    id = new_id()
    made = version(
        api,
        project,
        project,
        "Hi {{ name }}",
        id=id,
        type="mustache",
        change_description="first",
        tags=["a", "a"],
        metadata={"a": 1},
        environments=[f"env-{project[-8:]}"],
    )
    assert made.pop("created_at")
    assert made == {
        "id": id,
        "prompt_id": made["prompt_id"],
        "commit": id[-8:],
        "version_number": "v1",
        "template": "Hi {{ name }}",
        "metadata": {"a": 1},
        "type": "mustache",
        "version_type": "prompt_version",
        "change_description": "first",
        "tags": ["a"],
        "environment": f"env-{project[-8:]}",
        "environments": [f"env-{project[-8:]}"],
        "variables": ["name"],
        "template_structure": "text",
        "created_by": "admin",
    }


@pytest.mark.parametrize(
    ("syntax", "template", "expected"),
    [
        ("mustache", "{{a}} {{#b}}{{/b}}", ["a", "b"]),
        ("jinja2", "{% for x in xs %}{{ x }}{{ y.z }}{% endfor %}", ["xs", "y"]),
        ("python", "{a} {{b}} {c:>10}", ["a", "c"]),
    ],
)
def test_variables_are_read_from_the_template(api, project, syntax, template, expected):
    made = version(api, project, project, template, type=syntax)
    assert made["variables"] == expected
    assert "variables" not in api.get(f"prompts/{made['prompt_id']}/versions")["content"][0]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"template": " "}, 422),
        ({"commit": "short"}, 422),
        ({"commit": "not-good"}, 422),
        ({"version_type": "draft"}, 400),
        ({"environments": ["no way"]}, 422),
        ({"version_type": "mask", "environments": ["production"]}, 400),
        ({"version_type": "mask"}, 404),
        ({"id": "11111111-1111-4111-8111-111111111111"}, 400),
        ({"template": "x" * (1 << 20) + "x"}, 422),
    ],
)
def test_what_makes_no_version_is_refused(api, project, fields, status):
    assert refused(api, project, project, **fields) == status
    assert names(api, name=project) == []


def test_a_commit_is_unique_in_its_prompt(api, project):
    made = version(api, project, "one", commit="Ab12Cd34")
    assert made["commit"] == "Ab12Cd34"
    assert refused(api, project, "one", commit="Ab12Cd34") == 409
    assert refused(api, project, "one", id=made["id"]) == 409
    assert refused(api, project, "two", id=made["id"]) == 409
    version(api, project, "two", commit="Ab12Cd34")
    assert numbers(api, made["prompt_id"]) == ["v1"]


def test_a_commit_leads_to_its_prompt_unless_several_have_it(api, project):
    first, second = version(api, project, "one"), version(api, project, "one", "two")
    found = api.get(f"prompts/by-commit/{first['commit']}")
    assert (found["requested_version"]["id"], found["latest_version"]["id"]) == (first["id"], second["id"])
    shared = f"S{project[-7:]}"
    version(api, project, "two", commit=shared)
    assert api.send("GET", f"prompts/by-commit/{shared}").status_code == 200
    version(api, project, "three", commit=shared)
    assert api.send("GET", f"prompts/by-commit/{shared}").status_code == 409
    assert api.send("GET", "prompts/by-commit/00000000").status_code == 404
    assert api.send("GET", "prompts/by-commit/short").status_code == 400
    links = api.send("POST", "prompts/retrieve-by-commits", {"commits": [first["commit"], "00000000", shared]}).json()
    assert [link["prompt_name"] for link in links] == ["one", "two", "three"]
    assert links[0] == {
        "prompt_version_id": first["id"],
        "commit": first["commit"],
        "prompt_id": first["prompt_id"],
        "prompt_name": "one",
    }
    assert api.send("POST", "prompts/retrieve-by-commits", {"commits": []}).status_code == 422


def test_versions_are_read_by_number_and_by_ids(api, project):
    made = [version(api, project, "one", f"text {number}") for number in range(3)]
    place = f"prompts/{made[0]['prompt_id']}/versions/by-number"
    assert api.get(f"{place}/v2")["template"] == "text 1"
    assert api.send("GET", f"{place}/v4").status_code == 404
    assert api.send("GET", f"{place}/v0").status_code == 404
    assert api.send("GET", f"{place}/2").status_code == 400
    assert api.send("GET", f"prompts/{UNKNOWN_ID}/versions/by-number/v1").status_code == 404
    ids = [made[2]["id"], UNKNOWN_ID, made[0]["id"]]
    found = api.send("POST", f"{VERSIONS}/retrieve-by-ids", {"ids": ids}).json()
    assert [row["version_number"] for row in found] == ["v3", "v1"]
    assert api.send("POST", f"{VERSIONS}/retrieve-by-ids", {"ids": []}).status_code == 422
    assert api.send("GET", f"{VERSIONS}/{UNKNOWN_ID}").status_code == 404


def test_only_one_version_can_be_asked_for(api, project):
    version(api, project, project)
    for fields in (
        {"commit": "12345678", "environment": "production"},
        {"commit": "12345678", "version_number": "v1"},
        {"environment": "production", "version_number": "v1"},
        {"version_number": "one"},
        {"project_name": " "},
    ):
        assert retrieve(api, project, **fields).status_code == 422
    assert retrieve(api, " ").status_code == 422
    assert retrieve(api, project, version_number="v1").status_code == 200
    assert retrieve(api, f"{project}-unknown").status_code == 404


def test_a_prompt_of_another_project_is_found_with_a_warning(api, project):
    version(api, f"{project}-here", project, "here")
    found = retrieve(api, project, project_name=f"{project}-here")
    assert (found.json()["template"], found.headers.get("x-opik-deprecation")) == ("here", None)
    assert retrieve(api, project).json()["template"] == "here"
    found = retrieve(api, project, project_name=f"{project}-elsewhere")
    assert (found.status_code, found.json()["template"]) == (200, "here")
    assert found.headers["x-opik-deprecation"]
    version(api, f"{project}-elsewhere", project, "elsewhere")
    found = retrieve(api, project, project_name=f"{project}-elsewhere")
    assert (found.json()["template"], found.headers.get("x-opik-deprecation")) == ("elsewhere", None)


def test_an_unknown_environment_is_made_on_creation_only(api, project):
    one, two = f"one-{project[-8:]}", f"two-{project[-8:]}"
    made = version(api, project, project, environments=[one, two])
    assert made["environments"] == sorted([one, two])
    taken = api.send(
        "POST", VERSIONS, {"name": project, "project_name": project, "version": {"template": "b", "environments": [two]}}
    )
    assert taken.status_code == 409
    assert "Environments already mapped to another version" in taken.text
    assert numbers(api, made["prompt_id"]) == ["v1"]
    other = version(api, project, f"{project}-other", environments=[two])
    assert other["environments"] == [two], "another prompt has its own"
    place = f"{VERSIONS}/{made['id']}/environments"
    assert api.send("PATCH", place, {"environments": [one, f"new-{project[-8:]}"]}).status_code == 404
    assert api.send("PATCH", place, {}).status_code == 422
    assert api.send("PATCH", f"{VERSIONS}/{UNKNOWN_ID}/environments", {"environments": []}).status_code == 404
    assert api.get(f"{VERSIONS}/{made['id']}")["environments"] == sorted([one, two])
    found = api.get(f"prompts/{made['prompt_id']}", environment=one)
    assert found["requested_version"]["id"] == made["id"]
    missing = api.http.get(f"prompts/{made['prompt_id']}", params={"environment": "nowhere"})
    assert missing.status_code == 404
    both = api.http.get(f"prompts/{made['prompt_id']}", params={"environment": one, "mask_id": UNKNOWN_ID})
    assert both.status_code == 400
    assert api.http.get(f"prompts/{made['prompt_id']}", params={"mask_id": made["id"]}).status_code == 404


def test_a_prompt_follows_its_renamed_environment(api, project):
    name = f"env-{project[-8:]}"
    made = version(api, project, project, environments=[name])
    environment = next(row for row in api.get("environments")["content"] if row["name"] == name)
    assert api.patch("environments", environment["id"], name=f"{name}-new").status_code == 204
    assert api.get(f"{VERSIONS}/{made['id']}")["environments"] == [f"{name}-new"]
    assert api.send("POST", "environments/delete", {"ids": [environment["id"]]}).status_code == 204
    assert "environments" not in api.get(f"{VERSIONS}/{made['id']}")


def test_a_mask_is_in_no_environment_and_is_not_restored(api, project):
    made = version(api, project, project)
    mask = version(api, project, project, "masked", version_type="mask")
    assert "version_number" not in mask
    assert api.send("PATCH", f"{VERSIONS}/{mask['id']}/environments", {"environments": []}).status_code == 400
    place = f"prompts/{made['prompt_id']}/versions"
    assert api.send("POST", f"{place}/{mask['id']}/restore").status_code == 400
    assert api.send("GET", f"prompts/by-commit/{mask['commit']}").status_code == 404


def test_restoring_makes_a_new_version_of_the_old_content(api, project):
    first = version(api, project, project, "one", metadata={"a": 1}, tags=["x"])
    version(api, project, project, "two")
    place = f"prompts/{first['prompt_id']}/versions"
    response = api.send("POST", f"{place}/{first['id']}/restore")
    assert response.status_code == 200
    restored = response.json()
    assert (restored["version_number"], restored["template"], restored["metadata"]) == ("v3", "one", {"a": 1})
    assert restored["id"] != first["id"]
    assert prompt_of(api, first)["latest_version"]["id"] == restored["id"]
    other = version(api, project, f"{project}-other")
    assert api.send("POST", f"{place}/{other['id']}/restore").status_code == 404
    assert api.send("POST", f"prompts/{UNKNOWN_ID}/versions/{first['id']}/restore").status_code == 404


def test_a_prompt_is_changed_in_what_is_sent(api, project):
    made = version(api, project, project)
    place = f"prompts/{made['prompt_id']}"
    body = {"name": f"{project}-new", "description": "now with words", "tags": ["a"]}
    assert api.send("PUT", place, body).status_code == 204
    assert api.send("PUT", place, {"name": f"{project}-new"}).status_code == 204
    found = api.get(place)
    assert {key: found[key] for key in body} == body
    assert retrieve(api, project).status_code == 404
    assert retrieve(api, f"{project}-new").json()["id"] == made["id"]
    version(api, project, f"{project}-other")
    assert api.send("PUT", place, {"name": f"{project}-other"}).status_code == 409
    assert api.send("PUT", place, {"description": "no name"}).status_code == 422
    assert api.send("PUT", f"prompts/{UNKNOWN_ID}", {"name": "x"}).status_code == 404


def test_deleting_takes_the_versions_along_and_is_repeatable(api, project):
    made = [version(api, project, f"{project}-{end}", environments=[f"{end}-{project[-8:]}"]) for end in "abc"]
    mask = version(api, project, f"{project}-a", version_type="mask")
    for _ in range(2):
        assert api.send("DELETE", f"prompts/{made[0]['prompt_id']}").status_code == 204
        ids = [row["prompt_id"] for row in made[1:]]
        assert api.send("POST", "prompts/delete", {"ids": ids}).status_code == 204
    assert names(api, name=project) == []
    for row in (*made, mask):
        assert api.send("GET", f"{VERSIONS}/{row['id']}").status_code == 404
    assert api.send("GET", f"prompts/{made[0]['prompt_id']}").status_code == 404
    assert api.send("GET", f"prompts/by-commit/{made[0]['commit']}").status_code == 404
    assert retrieve(api, f"{project}-a").status_code == 404
    assert version(api, project, f"{project}-a")["version_number"] == "v1"


def test_the_list_is_paged_filtered_and_sorted(api, project):
    for end in ("b", "a", "c"):
        for _ in range({"a": 1, "b": 2, "c": 3}[end]):
            version(api, project, f"{project}-{end}")
    version(api, f"{project}-other", f"{project}-d")
    project_id = api.send("POST", "projects/retrieve", {"name": project}).json()["id"]
    assert names(api, name=project) == [f"{project}-{end}" for end in "dcab"]
    assert names(api, project_id=project_id) == [f"{project}-{end}" for end in "cab"]
    assert names(api, project_id=UNKNOWN_ID) == []
    page = api.get(f"projects/{project_id}/prompts", size=2, page=2)
    assert (page["page"], page["size"], page["total"]) == (2, 1, 3)
    by = lambda field, direction: json.dumps([{"field": field, "direction": direction}])  # noqa: E731
    assert names(api, project_id=project_id, sorting=by("name", "ASC")) == [f"{project}-{end}" for end in "abc"]
    assert names(api, project_id=project_id, sorting=by("version_count", "DESC"))[0] == f"{project}-c"
    assert names(api, project_id=project_id, sorting=by("colour", "ASC")) == names(api, project_id=project_id)
    few = filters({"field": "version_count", "operator": "<", "value": "3"})
    assert names(api, project_id=project_id, filters=few) == [f"{project}-a", f"{project}-b"]
    for params in (
        {"filters": "nonsense"},
        {"filters": filters({"field": "colour", "operator": "=", "value": "x"})},
        {"filters": filters({"field": "version_count", "operator": "contains", "value": "x"})},
        {"sorting": "nonsense"},
    ):
        assert api.http.get("prompts", params=params).status_code == 400
    assert api.http.get("prompts", params={"page": 0}).status_code == 422
    assert "name" in page["sortable_by"]


def test_versions_are_sorted_as_asked(api, project):
    made = [version(api, project, project, text) for text in ("b", "a", "c")]
    place = f"prompts/{made[0]['prompt_id']}/versions"
    page = api.get(place, sorting='[{"field":"template","direction":"ASC"}]', size=2)
    assert [row["template"] for row in page["content"]] == ["a", "b"]
    assert (page["size"], page["total"]) == (2, 3)
    assert numbers(api, made[0]["prompt_id"]) == ["v3", "v2", "v1"]
    assert api.get(f"prompts/{UNKNOWN_ID}/versions")["total"] == 0


def test_an_unknown_prompt_is_an_error_in_the_sdk(client):
    with pytest.raises(ApiError) as missing:
        client.rest_client.prompts.get_prompt_by_id(UNKNOWN_ID)
    assert missing.value.status_code == 404


def test_prompts_outlive_the_server(own_server):
    own_server.start()
    with Api(own_server.root_url) as api:
        made = [version(api, "shop", "greet", text, environments=[f"e{text}"]) for text in ("one", "two")]
        api.write("traces", trace_row("shop"))
        before = api.get(f"prompts/{made[0]['prompt_id']}")
    assert own_server.stop() == 0
    own_server.start()
    with Api(own_server.root_url) as api:
        assert api.get(f"prompts/{made[0]['prompt_id']}") == before
        assert version(api, "shop", "greet", "three")["version_number"] == "v3"
        assert refused(api, "shop", "greet", environments=["eone"]) == 409
