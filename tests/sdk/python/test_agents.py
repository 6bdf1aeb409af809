"""Agent configurations: programs ask for their settings, and people change them without a new program."""

import opik
import pytest
from opik import exceptions
from opik.api_objects.agent_config import cache
from opik.rest_api.core.api_error import ApiError
from opik.rest_api.types.agent_blueprint_write import AgentBlueprintWrite
from opik.rest_api.types.agent_config_value_write import AgentConfigValueWrite

from api import UNKNOWN_ID, instant, new_id

BLUEPRINTS = "agent-configs/blueprints"


class Settings(opik.Config):
    model: str = "small"
    temperature: float = 0.5
    steps: int = 3
    loud: bool = False
    hint: str = None


@pytest.fixture(autouse=True)
def forget():
    """The client keeps configurations for minutes: a test must not see those of another."""
    cache.get_global_registry().clear()
    yield
    cache.get_global_registry().clear()


def value(key: str, text: str | None = "x", kind: str = "string", **fields) -> dict:
    return {"key": key, "type": kind, **({} if text is None else {"value": text}), **fields}


def values(**texts: str) -> list[dict]:
    return [value(key, text) for key, text in texts.items()]


def body(project: str, all: list[dict], kind: str = "blueprint", **fields) -> dict:
    return {"project_name": project, "blueprint": {"id": new_id(), "type": kind, "values": all, **fields}}


def begin(api, project: str, **texts: str) -> dict:
    response = api.send("POST", BLUEPRINTS, body(project, values(**texts)))
    assert response.status_code == 201, response.text
    return response.json()


def add(api, project: str, kind: str = "blueprint", **texts: str) -> str:
    """The id of a further version, or of a mask."""
    wanted = body(project, values(**texts), kind)
    response = api.send("PATCH", BLUEPRINTS, wanted)
    assert (response.status_code, response.content) == (201, b""), response.text
    assert response.headers["location"].endswith(f"/{wanted['blueprint']['id']}")
    return wanted["blueprint"]["id"]


def project_id(api, project: str) -> str:
    return api.send("POST", "projects/retrieve", {"name": project}).json()["id"]


def texts(blueprint: dict) -> dict:
    return {row["key"]: row.get("value") for row in blueprint["values"]}


# What a program does with the SDK.


def read_settings(client, project: str, fallback: Settings | None = None, **which) -> Settings:
    """Settings as a tracked function reads them; the client wants it inside one."""

    @opik.track(project_name=project)
    def answer():
        found = client.get_or_create_config(fallback=fallback, project_name=project, **which)
        names = type(found).__field_names__ or ("model",)
        return found, {name: getattr(found, name) for name in names}

    return answer()


def test_the_first_run_makes_the_configuration_of_its_fallback(tracked, client, api):
    found, read = read_settings(client, tracked, Settings(temperature=0.25))
    assert not found.is_fallback
    assert read == {"model": "small", "temperature": 0.25, "steps": 3, "loud": False, "hint": None}
    made = api.get(f"{BLUEPRINTS}/latest/projects/{project_id(api, tracked)}")
    assert (made["name"], made["type"], made["envs"]) == ("v1", "blueprint", ["prod"])
    assert {row["key"]: row["type"] for row in made["values"]} == {
        "model": "string",
        "temperature": "float",
        "steps": "integer",
        "loud": "boolean",
        "hint": "string",
    }


def test_a_later_run_gets_what_is_in_its_environment(tracked, client):
    assert client.create_config(Settings(model="first"), project_name=tracked) == "v1"
    assert client.create_config(Settings(model="second"), project_name=tracked) == "v2"
    assert read_settings(client, tracked, Settings(), env="prod")[1]["model"] == "first"
    client.set_config_env(project_name=tracked, version="v2", env="prod")
    cache.get_global_registry().clear()
    assert read_settings(client, tracked, Settings(), env="prod")[1]["model"] == "second"


def test_a_program_asks_for_a_version_by_name(tracked, client):
    client.create_config(Settings(model="first"), project_name=tracked)
    client.create_config(Settings(model="second"), project_name=tracked)
    assert read_settings(client, tracked, Settings(), version="v1")[1]["model"] == "first"
    with pytest.raises(exceptions.ConfigNotFound):
        read_settings(client, tracked, Settings(), version="v9")


def test_a_mask_lies_over_the_settings_for_one_run(tracked, client, api):
    client.create_config(Settings(model="first", steps=7), project_name=tracked)
    mask = add(api, tracked, "mask", model="masked")
    with opik.agent_config_context(mask):
        read = read_settings(client, tracked, Settings(), version="v1")[1]
    assert (read["model"], read["steps"]) == ("masked", 7)


def test_the_settings_that_were_read_stand_in_the_trace(tracked, client, api):
    client.create_config(Settings(model="first"), project_name=tracked)
    read_settings(client, tracked, Settings(), version="v1")
    opik.flush_tracker()
    said = api.page("traces", tracked)["content"][0]["metadata"]["agent_configuration"]
    assert (said["blueprint_version"], said["values"]["model"]["value"]) == ("v1", "first")


def test_a_prompt_is_a_setting(tracked, client):
    class WithPrompt(opik.Config):
        greeting: opik.Prompt = None

    prompt = client.create_prompt(name=f"{tracked}-greet", prompt="Hello {{name}}", project_name=tracked)
    client.create_config(WithPrompt(greeting=prompt), project_name=tracked)
    found, read = read_settings(client, tracked, WithPrompt(greeting=prompt), version="v1")
    assert not found.is_fallback
    assert (read["greeting"].commit, read["greeting"].format(name="Ann")) == (prompt.commit, "Hello Ann")


def test_who_comes_second_is_told_that_it_is_there(client, project):
    blueprint = AgentBlueprintWrite(
        type="blueprint", values=[AgentConfigValueWrite(key="model", type="string", value="a")]
    )
    client.rest_client.agent_configs.create_agent_config(blueprint=blueprint, project_name=project)
    with pytest.raises(ApiError) as conflict:
        client.rest_client.agent_configs.create_agent_config(blueprint=blueprint, project_name=project)
    assert conflict.value.status_code == 409


# The wire.


def test_the_first_version_is_told_as_it_is(api, project):
    wanted = body(project, [value("model", "a", description="which one"), value("hint", None)])
    response = api.send("POST", BLUEPRINTS, wanted)
    id = wanted["blueprint"]["id"]
    assert response.status_code == 201
    assert response.headers["location"].endswith(f"/{id}")
    made = response.json()
    assert made == api.get(f"{BLUEPRINTS}/{id}")
    assert made["values"] == [value("model", "a", description="which one"), value("hint", None)]
    assert (made["description"], made["created_by"]) == ("Added model, hint.", "admin")
    assert instant(made["created_at"]) == instant(made["last_updated_at"])


def test_a_version_is_exactly_what_was_given(api, project):
    begin(api, project, model="a", prompt="p", same="s")
    id = add(api, project, model="b", same="s", size="1")
    second = api.get(f"{BLUEPRINTS}/{id}")
    assert texts(second) == {"model": "b", "same": "s", "size": "1"}
    assert (second["name"], second["envs"]) == ("v2", [])
    assert second["description"] == "Added size. Modified model. Removed prompt."
    assert texts(api.get(f"{BLUEPRINTS}/{id}/deltas")) == {"model": "b", "size": "1"}


def test_a_version_needs_a_configuration_and_makes_no_project(api, project):
    response = api.send("PATCH", BLUEPRINTS, body(project, values(model="a")))
    assert response.status_code == 404
    assert not api.project_exists(project)


def test_ids_are_kept_and_not_used_twice(api, project):
    first = begin(api, project, model="a")
    again = body(project, values(model="b"))
    again["blueprint"]["id"] = first["id"]
    assert api.send("PATCH", BLUEPRINTS, again).status_code == 409


def test_a_mask_is_no_version(api, project):
    begin(api, project, model="a", steps="3")
    mask = add(api, project, "mask", model="m", extra="e")
    id = project_id(api, project)
    shown = api.get(f"{BLUEPRINTS}/{mask}")
    assert (shown["type"], "name" in shown, texts(shown)) == ("mask", False, {"model": "m", "extra": "e"})
    assert api.get(f"{BLUEPRINTS}/latest/projects/{id}")["name"] == "v1"
    for path in (f"latest/projects/{id}", f"projects/{id}/names/v1", f"environments/prod/projects/{id}"):
        assert texts(api.get(f"{BLUEPRINTS}/{path}", mask_id=mask)) == {"model": "m", "steps": "3", "extra": "e"}
        assert api.send("GET", f"{BLUEPRINTS}/{path}?mask_id={UNKNOWN_ID}").status_code == 404


def test_a_mask_of_another_project_lies_over_nothing(api, project):
    first = begin(api, project, model="a")
    begin(api, f"{project}-other", model="b")
    mask = add(api, f"{project}-other", "mask", model="m")
    assert api.send("GET", f"{BLUEPRINTS}/{first['id']}?mask_id={mask}").status_code == 404
    path = f"{BLUEPRINTS}/projects/{project_id(api, project)}/masks/{mask}"
    assert api.send("POST", path).status_code == 404


def test_a_mask_becomes_a_version(api, project):
    begin(api, project, model="a", steps="3")
    mask = add(api, project, "mask", model="m")
    id = project_id(api, project)
    response = api.send("POST", f"{BLUEPRINTS}/projects/{id}/masks/{mask}")
    assert (response.status_code, response.content) == (201, b"")
    latest = api.get(f"{BLUEPRINTS}/latest/projects/{id}")
    assert response.headers["location"].endswith(f"/{latest['id']}")
    assert (latest["name"], texts(latest)) == ("v2", {"model": "m", "steps": "3"})
    assert api.send("POST", f"{BLUEPRINTS}/projects/{id}/masks/{latest['id']}").status_code == 404


def test_an_environment_is_at_one_version_at_a_time(api, project):
    first = begin(api, project, model="a")
    second = add(api, project, model="b")
    id = project_id(api, project)
    labels = [{"env_name": "prod", "blueprint_id": second}, {"env_name": "staging", "blueprint_id": first["id"]}]
    response = api.send("POST", f"{BLUEPRINTS}/environments", {"project_id": id, "envs": labels})
    assert response.status_code == 204
    assert api.get(f"{BLUEPRINTS}/{first['id']}")["envs"] == ["staging"]
    assert api.get(f"{BLUEPRINTS}/{second}")["envs"] == ["prod"]
    staging = f"{BLUEPRINTS}/environments/staging/projects/{id}"
    assert api.send("PUT", staging, {"blueprint_name": "v2"}).status_code == 204
    assert api.get(staging)["id"] == second
    assert api.send("PUT", staging, {"blueprint_name": "v3"}).status_code == 404
    assert api.send("DELETE", staging).status_code == 204
    assert api.send("DELETE", staging).status_code == 204
    assert api.send("GET", staging).status_code == 404


def test_environments_are_set_all_or_none(api, project):
    first = begin(api, project, model="a")
    mask = add(api, project, "mask", model="m")
    id = project_id(api, project)
    for other, status in ((UNKNOWN_ID, 404), (mask, 400)):
        labels = [{"env_name": "dev", "blueprint_id": first["id"]}, {"env_name": "prod", "blueprint_id": other}]
        response = api.send("POST", f"{BLUEPRINTS}/environments", {"project_id": id, "envs": labels})
        assert response.status_code == status
    assert api.get(f"{BLUEPRINTS}/{first['id']}")["envs"] == ["prod"]
    for labels in ([], [{"env_name": "", "blueprint_id": mask}], [{"env_name": "e" * 51, "blueprint_id": mask}]):
        response = api.send("POST", f"{BLUEPRINTS}/environments", {"project_id": id, "envs": labels})
        assert response.status_code == 422


def test_keys_are_removed_once(api, project):
    begin(api, project, model="a", steps="3")
    id = project_id(api, project)
    wanted = {"project_id": id, "keys": ["steps", "never"]}
    response = api.send("POST", f"{BLUEPRINTS}/remove-keys", wanted)
    assert response.status_code == 201
    latest = api.get(f"{BLUEPRINTS}/latest/projects/{id}")
    assert response.headers["location"].endswith(f"/{latest['id']}")
    assert (latest["name"], texts(latest)) == ("v2", {"model": "a"})
    assert api.send("POST", f"{BLUEPRINTS}/remove-keys", wanted).status_code == 204
    assert api.send("POST", f"{BLUEPRINTS}/remove-keys", {"project_id": id, "keys": []}).status_code == 204
    assert api.send("POST", f"{BLUEPRINTS}/remove-keys", {"keys": ["model"]}).status_code == 400
    nobody = {"project_name": f"{project}-nobody", "keys": ["model"]}
    assert api.send("POST", f"{BLUEPRINTS}/remove-keys", nobody).status_code == 204
    assert not api.project_exists(f"{project}-nobody")


def test_the_history_is_paged_newest_first(api, project):
    begin(api, project, model="1")
    for number in range(2, 6):
        add(api, project, model=str(number))
    add(api, project, "mask", model="m")
    id = project_id(api, project)
    history = f"{BLUEPRINTS}/history/projects/{id}"
    page = api.get(history, size=2)
    assert ([row["name"] for row in page["content"]], page["total"], page["size"]) == (["v5", "v4"], 5, 2)
    last = api.get(history, page=3, size=2)
    assert ([row["name"] for row in last["content"]], last["page"], last["size"]) == (["v1"], 3, 1)
    assert api.get(history, page=4, size=2)["content"] == []
    assert texts(page["content"][0]) == {"model": "5"}
    assert api.send("GET", f"{history}?page=0").status_code == 422
    assert api.send("GET", f"{BLUEPRINTS}/history/projects/{UNKNOWN_ID}").status_code == 404


@pytest.mark.parametrize(
    ("blueprint", "status"),
    [
        ({"type": "blueprint", "values": []}, 422),
        ({"type": "blueprint", "values": [value("a"), value("a")]}, 422),
        ({"type": "blueprint", "values": [value("k" * 256)]}, 422),
        ({"type": "blueprint", "values": [value("")]}, 422),
        ({"type": "blueprint", "values": [value(f"k{number}") for number in range(251)]}, 422),
        ({"type": "blueprint", "values": [value("a")], "description": "d" * 256}, 422),
        ({"type": "blueprint", "values": [value("a", kind="list")]}, 400),
        ({"type": "other", "values": [value("a")]}, 400),
        ({"values": [value("a")]}, 422),
        ({"type": "mask", "values": [value("a")]}, 400),
        ({"type": "blueprint", "values": [value("a")], "id": "5f2f1e0e-0000-4000-8000-000000000000"}, 400),
    ],
)
def test_a_version_of_another_form_is_refused(api, project, blueprint, status):
    response = api.send("POST", BLUEPRINTS, {"project_name": project, "blueprint": blueprint})
    assert response.status_code == status, response.text
    assert not api.project_exists(project)


def test_a_configuration_belongs_to_a_project_that_is_named(api):
    blueprint = {"type": "blueprint", "values": [value("a")]}
    assert api.send("POST", BLUEPRINTS, {"blueprint": blueprint}).status_code == 400
    unknown = {"project_id": UNKNOWN_ID, "blueprint": blueprint}
    assert api.send("POST", BLUEPRINTS, unknown).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        UNKNOWN_ID,
        f"{UNKNOWN_ID}/deltas",
        f"latest/projects/{UNKNOWN_ID}",
        f"projects/{UNKNOWN_ID}/names/v1",
        f"environments/prod/projects/{UNKNOWN_ID}",
        "latest/projects/none",
    ],
)
def test_what_is_not_there_is_not_found(api, path):
    assert api.send("GET", f"{BLUEPRINTS}/{path}").status_code == 404


def test_configurations_are_there_after_a_restart(own_server):
    from api import Api

    own_server.start()
    with Api(own_server.root_url) as api:
        begin(api, "shop", model="a")
        add(api, "shop", model="b")
        before = api.get(f"{BLUEPRINTS}/latest/projects/{project_id(api, 'shop')}")
    own_server.kill()
    own_server.start()
    with Api(own_server.root_url) as api:
        assert api.get(f"{BLUEPRINTS}/{before['id']}") == before
    assert own_server.stop() == 0
