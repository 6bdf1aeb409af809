"""A team agrees under which names it scores, and which values may be chosen."""

import pytest
from opik.rest_api.core.api_error import ApiError
from opik.rest_api.types.boolean_feedback_detail_create import BooleanFeedbackDetailCreate
from opik.rest_api.types.categorical_feedback_detail_create import CategoricalFeedbackDetailCreate
from opik.rest_api.types.feedback_create import (
    FeedbackCreate_Boolean,
    FeedbackCreate_Categorical,
    FeedbackCreate_Numerical,
)
from opik.rest_api.types.feedback_update import FeedbackUpdate_Numerical
from opik.rest_api.types.numerical_feedback_detail_create import NumericalFeedbackDetailCreate
from opik.rest_api.types.numerical_feedback_detail_update import NumericalFeedbackDetailUpdate

from api import UNKNOWN_ID, Api, instant, new_id

BUILT_IN = "User feedback"


def numerical(name: str, **fields) -> dict:
    return {"name": name, "type": "numerical", "details": {"min": 0, "max": 1}, **fields}


def create(api, body: dict) -> str:
    response = api.send("POST", "feedback-definitions", body)
    assert (response.status_code, response.content) == (201, b""), response.text
    return response.headers["location"].rsplit("/", 1)[-1]


def refused(api, body: dict) -> tuple[int, str]:
    total = api.get("feedback-definitions")["total"]
    response = api.send("POST", "feedback-definitions", body)
    assert api.get("feedback-definitions")["total"] == total, "what is refused stores nothing"
    return response.status_code, response.json().get("errors", [response.text])[0]


def test_the_sdk_creates_and_reads_each_type(client, project):
    feedback = client.rest_client.feedback_definitions
    for request in (
        FeedbackCreate_Numerical(
            name=f"{project}-a", description="how good", details=NumericalFeedbackDetailCreate(min=-1.5, max=10)
        ),
        FeedbackCreate_Categorical(
            name=f"{project}-b", details=CategoricalFeedbackDetailCreate(categories={"bad": 0.0, "good": 1.5})
        ),
        FeedbackCreate_Boolean(
            name=f"{project}-c", details=BooleanFeedbackDetailCreate(true_label="yes", false_label="no")
        ),
    ):
        feedback.create_feedback_definition(request=request)
    found = feedback.find_feedback_definitions(name=project).content
    assert [row.name for row in found] == [f"{project}-c", f"{project}-b", f"{project}-a"], "newest first"
    boolean, categorical, numeric = (feedback.get_feedback_definition_by_id(row.id) for row in found)
    assert (numeric.type, numeric.description) == ("numerical", "how good")
    assert (numeric.details.min, numeric.details.max) == (-1.5, 10)
    assert categorical.details.categories == {"bad": 0.0, "good": 1.5}
    assert categorical.description is None
    assert (boolean.details.true_label, boolean.details.false_label) == ("yes", "no")
    assert (boolean.created_by, boolean.last_updated_by) == ("admin", "admin")


def test_labels_are_told_in_snake_case_only(api, project):
    body = {"name": project, "type": "boolean", "details": {"trueLabel": "y", "falseLabel": "n"}}
    found = api.get(f"feedback-definitions/{create(api, body)}")
    assert found["details"] == {"true_label": "y", "false_label": "n"}


def test_the_id_of_the_client_is_kept(api, project):
    id = new_id()
    assert create(api, numerical(project, id=id)) == id
    assert api.get(f"feedback-definitions/{id}")["name"] == project
    assert refused(api, numerical(f"{project}-other", id=id))[0] == 409


def test_an_id_of_another_version_is_refused(api, project):
    status, text = refused(api, numerical(project, id="11111111-1111-4111-8111-111111111111"))
    assert status == 400
    assert "Feedback definition id must be a version 7 UUID" in text


def test_names_are_unique_whatever_their_case(api, project):
    create(api, numerical(project))
    for again in (project, f" {project.upper()} "):
        assert refused(api, numerical(again)) == (409, "Feedback already exists")


def test_the_list_is_paged_and_filtered_by_name_and_type(api, project):
    for end in ("one", "TWO", "three"):
        create(api, numerical(f"{project}-{end}"))
    create(api, {"name": f"{project}-flag", "type": "boolean", "details": {"true_label": "y", "false_label": "n"}})
    page = api.get("feedback-definitions", name=project, type="numerical", size=2)
    assert [row["name"] for row in page["content"]] == [f"{project}-three", f"{project}-TWO"]
    assert (page["page"], page["size"], page["total"]) == (1, 2, 3)
    page = api.get("feedback-definitions", name=project, type="numerical", size=2, page=2)
    assert (page["size"], [row["name"] for row in page["content"]]) == (1, [f"{project}-one"])
    assert api.get("feedback-definitions", name=f"{project}-two")["total"] == 1
    assert api.get("feedback-definitions", name=project, page=9)["content"] == []


def test_a_page_before_the_first_is_refused(api):
    assert api.http.get("feedback-definitions", params={"page": 0}).status_code == 422
    assert api.http.get("feedback-definitions", params={"type": "colour"}).status_code == 400


def test_the_sdk_replaces_a_definition(client, api, project):
    id = create(api, numerical(project, description="old"))
    before = api.get(f"feedback-definitions/{id}")
    client.rest_client.feedback_definitions.update_feedback_definition(
        id,
        request=FeedbackUpdate_Numerical(
            name=f"{project}-new", details=NumericalFeedbackDetailUpdate(min=5, max=6)
        ),
    )
    after = api.get(f"feedback-definitions/{id}")
    assert (after["name"], after["details"]) == (f"{project}-new", {"min": 5.0, "max": 6.0})
    assert "description" not in after
    assert after["created_at"] == before["created_at"]
    assert instant(after["last_updated_at"]) > instant(before["last_updated_at"])


def test_a_replacement_follows_the_rules_of_creation(api, project):
    first = create(api, numerical(f"{project}-first"))
    create(api, numerical(f"{project}-second"))
    taken = api.send("PUT", f"feedback-definitions/{first}", numerical(f"{project}-second"))
    assert (taken.status_code, taken.json()["errors"]) == (409, ["Feedback already exists"])
    assert api.send("PUT", f"feedback-definitions/{first}", numerical(" ")).status_code == 422
    assert api.send("PUT", f"feedback-definitions/{UNKNOWN_ID}", numerical("x")).status_code == 404
    assert api.get(f"feedback-definitions/{first}")["name"] == f"{project}-first"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"name": " "}, "name must not be blank"),
        ({"type": None}, "type must not be null"),
        ({"details": None}, "details must not be null"),
        ({"details": {"min": 1}}, "details.max must not be null"),
        ({"details": {"min": 2, "max": 1}}, "details.min must be less than details.max"),
        ({"description": "x" * 256}, "description size must be between 0 and 255"),
        ({"type": "categorical"}, "details.categories must not be null"),
        (
            {"type": "categorical", "details": {"categories": {"only": 1}}},
            "details.categories size must be between 2 and 1000",
        ),
        ({"type": "boolean", "details": {"true_label": "y"}}, "details.falseLabel must not be null"),
        ({"type": "boolean", "details": {"true_label": "", "false_label": "n"}}, "details.trueLabel must not be blank"),
    ],
)
def test_what_makes_no_definition_is_refused(api, project, change, error):
    assert refused(api, {**numerical(project), **change}) == (422, error)


def test_an_unknown_type_is_not_understood(api, project):
    assert refused(api, numerical(project) | {"type": "stars"})[0] == 400


def test_deleting_is_repeatable_and_frees_the_name(client, api, project):
    ids = [create(api, numerical(f"{project}-{end}")) for end in "abc"]
    feedback = client.rest_client.feedback_definitions
    for _ in range(2):
        feedback.delete_feedback_definition_by_id(ids[0])
        feedback.delete_feedback_definitions_batch(ids=ids[1:])
    assert api.get("feedback-definitions", name=project)["total"] == 0
    with pytest.raises(ApiError) as missing:
        feedback.get_feedback_definition_by_id(ids[0])
    assert missing.value.status_code == 404
    create(api, numerical(f"{project}-a"))


def test_the_built_in_definition_cannot_be_deleted(api, project):
    page = api.get("feedback-definitions", name=BUILT_IN)
    built_in = next(row for row in page["content"] if row["name"] == BUILT_IN)
    assert built_in["type"] == "categorical"
    assert refused(api, numerical(BUILT_IN)) == (409, "Feedback already exists")
    other = create(api, numerical(project))
    assert api.send("DELETE", f"feedback-definitions/{built_in['id']}").status_code == 409
    assert api.send("POST", "feedback-definitions/delete", {"ids": [other, built_in["id"]]}).status_code == 409
    assert api.get(f"feedback-definitions/{other}")["name"] == project, "none of them was deleted"


def test_definitions_outlive_the_server(own_server):
    own_server.start()
    with Api(own_server.root_url) as api:
        id = create(api, numerical("quality"))
        before = api.get("feedback-definitions")
    assert own_server.stop() == 0
    own_server.start()
    with Api(own_server.root_url) as api:
        assert api.get("feedback-definitions") == before
        assert api.get(f"feedback-definitions/{id}")["name"] == "quality"
