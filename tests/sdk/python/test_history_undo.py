"""Changes are taken back, whoever made them; what was deleted comes back with all that belonged to it."""

import pytest

from api import UNKNOWN_ID, Api, eventually, new_id, span_row, trace_row
from cairn_server import cairn
from historic import (
    RESTORE,
    UNDO,
    UNDO_REQUEST,
    ask,
    changes,
    history,
    refusal,
    restore,
    said,
    trash,
    undo,
)


def rename(api, project_id: str, **fields):
    assert api.send("PATCH", f"projects/{project_id}", fields).status_code == 204


def test_a_field_goes_back_to_what_it_was_and_others_stay(api, project, project_id):
    rename(api, project_id, description="first")
    rename(api, project_id, description="second")
    rename(api, project_id, visibility="public")
    _, second, first, _ = history(api, project_id)
    undo(api, second)
    shown = api.get(f"projects/{project_id}")
    assert (shown["description"], shown["visibility"], shown["name"]) == ("first", "public", project)
    newest, _, undone, *_ = history(api, project_id)
    assert (newest["kind"], newest["undoes"], undone["isUndone"]) == ("change_undone", second["position"], True)
    assert changes(newest) == {"description": ("second", "first")}
    undo(api, first)
    assert api.get(f"projects/{project_id}").get("description") is None


def test_what_was_changed_again_since_is_not_overwritten(api, project_id):
    rename(api, project_id, description="first")
    rename(api, project_id, description="second", visibility="public")
    second, first, _ = history(api, project_id)
    message = f"it was changed again since: `description` at position {second['position']}: undo what is newer first"
    assert refusal(api, UNDO, position=first["position"]) == message
    assert api.get(f"projects/{project_id}")["description"] == "second"


def test_an_undo_is_undone_and_nothing_is_undone_twice(api, project_id):
    rename(api, project_id, description="first")
    change = history(api, project_id)[0]
    undo(api, change)
    assert refusal(api, UNDO, position=change["position"]).endswith("is undone already")
    undo(api, history(api, project_id)[0])
    assert api.get(f"projects/{project_id}")["description"] == "first"
    undo(api, change)
    assert api.get(f"projects/{project_id}").get("description") is None


def test_a_name_that_belongs_to_another_by_now_is_not_taken_from_it(api, project, project_id):
    rename(api, project_id, name=f"{project}-2")
    assert api.send("POST", "projects", {"name": project}).status_code == 201
    message = f"the name `{project}` belongs to another by now: rename the other first"
    assert refusal(api, UNDO, position=history(api, project_id)[0]["position"]) == message


def test_traces_and_spans_forget_a_change(api, project):
    row = trace_row(project, name="asked", tags=["a"])
    span = span_row(project, row["id"], name="thought", usage={"total_tokens": 3})
    api.write("traces", row)
    api.write("spans", span)
    before = api.get(f"traces/{row['id']}"), api.get(f"spans/{span['id']}")
    assert api.patch("traces", row["id"], project_name=project, output={"a": 1}).status_code == 204
    usage = {"usage": {"total_tokens": 30}, "trace_id": row["id"]}
    assert api.patch("spans", span["id"], project_name=project, **usage).status_code == 204
    for id in (row["id"], span["id"]):
        undo(api, history(api, id)[0])
    assert (api.get(f"traces/{row['id']}"), api.get(f"spans/{span['id']}")) == before
    [listed] = api.page("traces", project)["content"]
    assert listed["usage"] == {"total_tokens": 3}


def test_scores_and_comments_are_taken_back_one_by_one(api, client, project):
    trace = client.trace(name="asked")
    trace.end()
    client.flush()
    score = {"name": "accuracy", "value": 1, "source": "ui"}
    assert api.send("PUT", f"traces/{trace.id}/feedback-scores", score).status_code == 204
    assert api.send("PUT", f"traces/{trace.id}/feedback-scores", {**score, "value": 0}).status_code == 204
    made = api.send("POST", f"traces/{trace.id}/comments", {"text": "hm"}).json()["id"]
    assert api.send("PATCH", f"traces/comments/{made}", {"text": "ah"}).status_code == 204
    edited, commented, scored, *_ = history(api, trace.id)
    undo(api, scored)
    undo(api, edited)
    shown = api.get(f"traces/{trace.id}")
    assert [score["value"] for score in shown["feedback_scores"]] == [1]
    assert [comment["text"] for comment in shown["comments"]] == ["hm"]
    undo(api, commented)
    assert api.get(f"traces/{trace.id}").get("comments") is None
    assert api.send("GET", f"traces/{trace.id}/comments/{made}").status_code == 404


def test_a_deleted_trace_comes_back_with_all_that_belonged_to_it(api, project):
    row = trace_row(project, name="asked", input={"q": "findable"}, thread_id="talk")
    spans = [span_row(project, row["id"], name=f"s{n}", usage={"total_tokens": n}) for n in (1, 2, 3)]
    api.write("traces", row)
    api.write("spans", *spans)
    assert api.send("DELETE", f"spans/{spans[0]['id']}").status_code == 204
    score = {"name": "accuracy", "value": 1, "source": "ui"}
    for place in (f"traces/{row['id']}", f"spans/{spans[1]['id']}"):
        assert api.send("PUT", f"{place}/feedback-scores", score).status_code == 204
        assert api.send("POST", f"{place}/comments", {"text": "hm"}).status_code == 201
    seen = lambda: (  # noqa: E731
        api.get(f"traces/{row['id']}"),
        api.page("traces", project)["content"],
        api.page("spans", project, trace_id=row["id"])["content"],
    )
    before = seen()
    assert len(before[2]) == 2
    assert api.send("DELETE", f"traces/{row['id']}").status_code == 204
    assert api.ids("traces", project) == api.ids("spans", project) == []
    [trashed] = [one for one in trash(api, kind="TRACE") if one["id"] == row["id"]]
    assert (trashed["name"], trashed["deletedBy"]) == ("asked", "admin")
    restore(api, row["id"])
    assert seen() == before
    assert row["id"] not in [one["id"] for one in trash(api, kind="TRACE")]
    assert refusal(api, RESTORE, id=row["id"]) == f"`{row['id']}` does not lie in the trash"
    found = ask(
        api,
        "query ($p: ID!) { project(id: $p) { traces(filter: \"findable\") { nodes { id } } } }",
        p=trashed["projectId"],
    )
    assert found["project"]["traces"]["nodes"] == [{"id": row["id"]}]


def test_what_was_made_is_deleted_and_lies_in_the_trash(api, project):
    row = trace_row(project, name="asked")
    api.write("traces", row)
    undo(api, history(api, row["id"])[0])
    assert api.send("GET", f"traces/{row['id']}").status_code == 404
    assert trash(api, kind="TRACE")[0]["id"] == row["id"]
    restore(api, row["id"])
    undo(api, history(api, row["id"])[0])
    assert api.send("GET", f"traces/{row['id']}").status_code == 404
    assert trash(api, kind="TRACE")[0]["id"] == row["id"]
    restore(api, row["id"])
    assert api.get(f"traces/{row['id']}")["name"] == "asked"


def test_projects_datasets_prompts_and_experiments_come_back(api, client, project, project_id):
    dataset = client.create_dataset(f"{project}-set")
    dataset.insert([{"q": 1}, {"q": 2}])
    trace = client.trace(name="run")
    trace.end(output={"a": 1})
    client.flush()
    [item, _] = dataset.get_items()
    experiment = client.create_experiment(dataset_name=dataset.name, name=f"{project}-run")
    row = {"experiment_id": experiment.id, "dataset_item_id": item["id"], "trace_id": trace.id}
    items = {"experiment_items": [{"id": new_id(), **row}]}
    assert api.send("POST", "experiments/items", items).status_code == 204
    for template in ("say {{it}}", "sing {{it}}"):
        prompt = client.create_prompt(f"{project}-prompt", prompt=template)
    prompt_id = prompt.__internal_api__prompt_id__
    places = [
        ("projects", project_id, "PROJECT"),
        ("experiments", experiment.id, "EXPERIMENT"),
        ("datasets", dataset.id, "DATASET"),
        ("prompts", prompt_id, "PROMPT"),
    ]
    for kind, id, trash_kind in places:
        before = api.get(f"{kind}/{id}")
        if kind in ("experiments",):
            gone = api.send("POST", f"{kind}/delete", {"ids": [id]})
        else:
            gone = api.send("DELETE", f"{kind}/{id}")
        assert gone.status_code == 204, gone.text
        assert api.send("GET", f"{kind}/{id}").status_code == 404
        [trashed] = [one for one in trash(api, kind=trash_kind) if one["id"] == id]
        assert trashed["name"] == before["name"]
        restore(api, id)
        assert api.get(f"{kind}/{id}") == before, kind
    assert sorted(item["q"] for item in client.get_dataset(dataset.name).get_items()) == [1, 2]
    assert client.get_prompt(f"{project}-prompt").prompt == "sing {{it}}"


def test_all_that_one_request_did_is_taken_back_at_once(api, project):
    first, second = trace_row(project, name="one"), trace_row(project, name="two")
    api.write("traces", first, second)
    ids = [first["id"], second["id"]]
    body = {"ids": ids, "update": {"project_name": project, "tags": ["x"]}, "merge_tags": False}
    assert api.send("PATCH", "traces/batch", body).status_code == 204
    requests = {history(api, id)[0]["request"] for id in ids}
    assert len(requests) == 1
    ask(api, UNDO_REQUEST, request=requests.pop())
    assert [api.get(f"traces/{id}").get("tags") for id in ids] == [None, None]
    made = history(api, ids[0])[-1]["request"]
    assert refusal(api, UNDO_REQUEST, request=UNKNOWN_ID) == "the request changed nothing that can be undone"
    ask(api, UNDO_REQUEST, request=made)
    assert [api.send("GET", f"traces/{id}").status_code for id in ids] == [404, 404]


def test_what_is_a_version_is_not_undone(api, client, project):
    client.create_prompt(f"{project}-prompt", prompt="say {{it}}")
    prompt = client.get_prompt(f"{project}-prompt")
    newest = history(api, prompt.__internal_api__prompt_id__)[0]
    assert newest["kind"] == "prompt_version_created"
    message = "a change of the kind `prompt_version_created` cannot be undone"
    assert refusal(api, UNDO, position=newest["position"]).startswith(message)
    assert refusal(api, UNDO, position="999999999") == "there is no change at position 999999999"


def test_what_was_undone_is_undone_after_a_rebuild(own_server):
    own_server.start()
    with Api(own_server.root_url) as api:
        row = trace_row("p", name="asked")
        span = span_row("p", row["id"], name="thought", usage={"total_tokens": 3})
        api.write("traces", row)
        api.write("spans", span)
        assert api.patch("traces", row["id"], project_name="p", tags=["x"]).status_code == 204
        undo(api, history(api, row["id"])[0])
        assert api.send("DELETE", f"traces/{row['id']}").status_code == 204
        restore(api, row["id"])
        other = trace_row("p", name="gone")
        api.write("traces", other)
        assert api.send("DELETE", f"traces/{other['id']}").status_code == 204
        seen = lambda: (api.page("traces", "p"), api.page("spans", "p"), trash(api), said(api, row["id"]))  # noqa: E731
        before = seen()
    assert own_server.stop() == 0
    rebuilt = cairn("rebuild", "--data", str(own_server.data))
    assert rebuilt.returncode == 0, rebuilt.stderr
    own_server.start()
    with Api(own_server.root_url) as api:
        assert seen() == before


@pytest.mark.parametrize("kind", ["feedback-definitions", "environments"])
def test_settings_come_back_too(api, project, kind):
    bodies = {
        "feedback-definitions": {"name": project, "type": "numerical", "details": {"min": 0, "max": 1}},
        "environments": {"name": f"e{project[-8:]}", "color": "#ff0000"},
    }
    made = api.send("POST", kind, bodies[kind])
    assert made.status_code == 201, made.text
    id = made.headers["location"].rsplit("/", 1)[-1]
    before = api.get(f"{kind}/{id}")
    if kind == "environments":
        assert api.send("POST", f"{kind}/delete", {"ids": [id]}).status_code == 204
    else:
        assert api.send("DELETE", f"{kind}/{id}").status_code == 204
    restore(api, id)
    assert eventually("it is there", lambda: api.get(f"{kind}/{id}")) == before
