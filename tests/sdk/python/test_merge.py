"""Every order in which creations, batch rows and updates of one entity can arrive, and what the user sees then.

Each test runs for traces and for spans; where they differ, the expectation says so.
"""

import itertools
import random
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from api import DURATION_MS, END, EPOCH, START, instant, new_id, span_row, trace_row

OLDER = "2026-03-04T05:07:00.000001Z"
NEWER = "2026-03-04T05:07:00.000002Z"
FAR_FUTURE = "2099-01-01T00:00:00Z"
CONFLICTS = {
    "traces": "Project name and workspace name do not match the existing trace",
    "spans": "Project name and workspace name do not match the existing span",
}


class Entity:
    """One trace or span under test, and the requests that touch it."""

    def __init__(self, api, kind: str, project: str):
        self.api, self.kind, self.project = api, kind, project
        self.id = new_id()
        self.parents = {"trace_id": new_id(), "parent_span_id": new_id()} if kind == "spans" else {}

    def row(self, **fields) -> dict:
        make = trace_row if self.kind == "traces" else span_row
        return make(**{"project": self.project, "id": self.id, **self.parents, **fields})

    def post(self, **fields):
        return self.api.post(self.kind, self.row(**fields))

    def batch(self, *rows: dict) -> None:
        self.api.write(self.kind, *(self.row(**fields) for fields in rows))

    def patch(self, **fields):
        return self.api.patch(self.kind, self.id, **{"project_name": self.project, **self.parents, **fields})

    def patched(self, **fields) -> None:
        response = self.patch(**fields)
        assert (response.status_code, response.content) == (204, b""), response.text

    def created(self, **fields) -> None:
        response = self.post(**fields)
        assert (response.status_code, response.content) == (201, b""), response.text
        assert response.headers["location"].endswith(f"/{self.kind}/{self.id}")

    def read(self) -> dict:
        return self.api.get(f"{self.kind}/{self.id}")

    def said(self) -> dict:
        """The fields that users write, as they are shown now."""
        fields = ("name", "start_time", "end_time", "input", "output", "metadata", "tags")
        return {field: value for field, value in self.read().items() if field in fields}


@pytest.fixture(params=["traces", "spans"])
def entity(request, api, project):
    return Entity(api, request.param, project)


# --- nothing is stored yet


def test_a_single_creation_is_stored(entity):
    entity.created(name="a", input={"x": 1}, end_time=END)
    assert entity.said() == {"name": "a", "start_time": START, "end_time": END, "input": {"x": 1}}


def test_a_single_creation_without_id_gets_one(api, project):
    for kind, row in (("traces", trace_row(project)), ("spans", span_row(project))):
        del row["id"]
        response = api.post(kind, row)
        assert response.status_code == 201
        made = response.headers["location"].rsplit("/", 1)[-1]
        assert uuid.UUID(made).version == 7
        assert api.get(f"{kind}/{made}")["start_time"] == START


def test_a_batch_row_is_stored(entity):
    entity.batch({"name": "a", "output": [1]})
    assert entity.said() == {"name": "a", "start_time": START, "output": [1]}


def test_an_update_alone_makes_a_partial_row(entity):
    entity.patched(output={"x": 1}, end_time=END, tags=["t"])
    assert entity.said() == {"start_time": EPOCH, "end_time": END, "output": {"x": 1}, "tags": ["t"]}
    assert "duration" not in entity.read()
    assert entity.api.ids(entity.kind, entity.project) == [entity.id]
    [streamed] = entity.api.stream_rows(entity.kind, project_name=entity.project)
    assert streamed["start_time"] == EPOCH


# --- a partial row is stored


def test_a_creation_fills_the_gaps_of_a_partial_row(entity):
    entity.patched(output={"from": "patch"}, metadata={"from": "patch"}, end_time=END)
    partial = entity.read()
    entity.created(name="made", input={"from": "post"}, metadata={"from": "post"}, tags=["post"])
    assert entity.said() == {
        "name": "made",
        "start_time": START,
        "end_time": END,
        "input": {"from": "post"},
        "output": {"from": "patch"},
        "metadata": {"from": "patch"},
        "tags": ["post"],
    }
    full = entity.read()
    assert full["duration"] == DURATION_MS
    assert (full["created_at"], full["created_by"]) == (partial["created_at"], partial["created_by"])


def test_empty_values_of_a_partial_row_do_not_win_over_a_creation(entity):
    entity.patched(input={}, output="", metadata={}, tags=[])
    entity.created(input={"a": 1}, output="text", metadata={"b": 2}, tags=["t"])
    assert entity.said() == {
        "start_time": START,
        "input": {"a": 1},
        "output": "text",
        "metadata": {"b": 2},
        "tags": ["t"],
    }


def test_two_updates_and_then_a_creation_give_the_union(entity):
    entity.patched(output={"n": 1}, metadata={"n": 1})
    entity.patched(output={"n": 2}, end_time=END)
    entity.created(name="late", output={"n": 0}, input={"n": 0})
    assert entity.said() == {
        "name": "late",
        "start_time": START,
        "end_time": END,
        "input": {"n": 0},
        "output": {"n": 2},
        "metadata": {"n": 1},
    }


def test_an_older_batch_row_after_an_update_gives_the_union(entity):
    """What the SDK sends for `trace()` and `end()` in one go: the update overtakes the creation."""
    entity.patched(output={"from": "patch"}, tags=["patch"], end_time=END)
    entity.batch({"name": "row", "input": {"from": "row"}, "tags": ["row"], "last_updated_at": OLDER})
    assert entity.said() == {
        "name": "row",
        "start_time": START,
        "end_time": END,
        "input": {"from": "row"},
        "output": {"from": "patch"},
        "tags": ["patch"],
    }


def test_a_newer_batch_row_wins_over_an_update_and_loses_nothing(entity):
    entity.patched(output={"from": "patch"}, tags=["patch"])
    entity.batch({"name": "row", "tags": ["row"], "last_updated_at": FAR_FUTURE})
    assert entity.said() == {"name": "row", "start_time": START, "output": {"from": "patch"}, "tags": ["row"]}


def test_an_update_of_a_partial_row_keeps_what_it_does_not_name(entity):
    entity.patched(input={"n": 1}, output={"n": 1})
    entity.patched(output={"n": 2}, metadata={"n": 2})
    assert entity.said() == {"start_time": EPOCH, "input": {"n": 1}, "output": {"n": 2}, "metadata": {"n": 2}}


# --- a full row is stored, same project


def test_a_second_creation_changes_nothing(entity):
    entity.created(name="first", input={"n": 1})
    before = entity.read()
    again = entity.post(name="second", input={"n": 2}, output={"n": 2})
    if entity.kind == "traces":
        assert (again.status_code, again.json()) == (409, {"errors": ["Trace already exists"]})
    else:
        assert again.status_code == 201
    assert entity.read() == before


def test_a_creation_after_a_batch_row_changes_nothing(entity):
    entity.batch({"name": "first"})
    again = entity.post(name="second", output={"n": 2})
    assert again.status_code == (409 if entity.kind == "traces" else 201)
    assert entity.said() == {"name": "first", "start_time": START}


def test_a_newer_batch_row_replaces_the_whole_row(entity):
    entity.batch({"name": "one", "output": {"n": 1}, "tags": ["a"], "last_updated_at": OLDER})
    entity.batch({"name": "two", "input": {"n": 2}, "last_updated_at": NEWER})
    assert entity.said() == {"name": "two", "start_time": START, "input": {"n": 2}}


def test_an_equally_old_batch_row_replaces_the_whole_row(entity):
    entity.batch({"name": "one", "output": {"n": 1}, "last_updated_at": NEWER})
    entity.batch({"name": "two", "last_updated_at": NEWER})
    assert entity.said() == {"name": "two", "start_time": START}


def test_an_older_batch_row_loses(entity):
    """The end of a trace may overtake its start: the late start must not undo the end."""
    entity.batch({"name": "end", "end_time": END, "output": {"n": 1}, "last_updated_at": NEWER})
    entity.batch({"name": "start", "input": {"n": 0}, "last_updated_at": OLDER})
    assert entity.said() == {"name": "end", "start_time": START, "end_time": END, "output": {"n": 1}}


def test_a_batch_row_without_version_counts_as_of_now(entity):
    entity.batch({"name": "old", "last_updated_at": OLDER})
    entity.batch({"name": "now"})
    assert entity.said()["name"] == "now"
    entity.batch({"name": "stale", "last_updated_at": NEWER})
    assert entity.said()["name"] == "now"
    entity.batch({"name": "later"})
    assert entity.said()["name"] == "later"


def test_a_newer_batch_row_replaces_a_single_creation(entity):
    entity.created(name="one", output={"n": 1}, last_updated_at=OLDER)
    entity.batch({"name": "two", "last_updated_at": NEWER})
    assert entity.said() == {"name": "two", "start_time": START}


def test_an_update_overwrites_just_what_it_names(entity):
    entity.created(name="a", input={"n": 1}, output={"deep": {"x": 1, "y": 2}}, tags=["a", "b"])
    entity.patched(output={"deep": {"x": 3}}, tags=["c"])
    assert entity.said() == {
        "name": "a",
        "start_time": START,
        "input": {"n": 1},
        "output": {"deep": {"x": 3}},
        "tags": ["c"],
    }


def test_null_and_absent_leave_a_field_as_it_is(entity):
    entity.created(name="a", input={"n": 1}, output={"n": 2}, metadata={"n": 3}, tags=["t"], end_time=END)
    before = entity.said()
    nothing = dict.fromkeys(("name", "input", "output", "metadata", "tags", "end_time", "error_info"))
    entity.patched(**nothing)
    entity.patched()
    assert entity.said() == before


def test_the_end_that_comes_by_update_gives_the_duration(entity):
    entity.batch({"name": "a"})
    entity.patched(end_time=END)
    assert (entity.read()["end_time"], entity.read()["duration"]) == (END, DURATION_MS)


def test_a_thread_is_set_later(api, project):
    row = trace_row(project)
    api.write("traces", row)
    assert api.patch("traces", row["id"], project_name=project, thread_id="th-1").status_code == 204
    assert api.get(f"traces/{row['id']}")["thread_id"] == "th-1"


def test_a_replayed_batch_does_not_undo_an_update(entity):
    row = {"name": "a", "output": {"n": 1}, "last_updated_at": OLDER}
    entity.batch(row)
    entity.patched(output={"n": 2}, end_time=END)
    patched = entity.said()
    entity.batch(row)
    assert entity.said() == patched == {"name": "a", "start_time": START, "end_time": END, "output": {"n": 2}}


def test_an_update_makes_the_row_newer(entity):
    entity.batch({"name": "a", "last_updated_at": OLDER})
    assert instant(entity.read()["last_updated_at"]) == instant(OLDER)
    entity.patched(output={"n": 1})
    assert instant(entity.read()["last_updated_at"]) > instant(NEWER)


def test_creation_time_is_that_of_the_first_write(entity):
    entity.patched(output={"n": 1})
    first = entity.read()
    entity.created(name="a")
    entity.batch({"name": "b"})
    entity.patched(output={"n": 2})
    last = entity.read()
    assert (last["created_at"], last["created_by"], last["last_updated_by"]) == (first["created_at"], "admin", "admin")
    assert instant(last["last_updated_at"]) > instant(first["last_updated_at"])


# --- tags


def test_tags_are_added_and_removed_one_by_one(entity):
    entity.created(tags=["a", "b"])
    entity.patched(tags_to_add=["c", "a"], tags_to_remove=["b"])
    assert sorted(entity.read()["tags"]) == ["a", "c"]
    entity.patched(tags_to_remove=["a", "c", "never-there"])
    assert "tags" not in entity.read()


def test_tags_are_added_to_nothing(entity):
    entity.patched(tags_to_add=["x"])
    assert entity.read()["tags"] == ["x"]
    entity.created(name="later")
    assert entity.read()["tags"] == ["x"]


def test_a_fifty_first_tag_is_refused(entity):
    entity.created(tags=[f"t{number}" for number in range(50)])
    refused = entity.patch(tags_to_add=["one more"])
    assert refused.status_code == 422
    assert "Tag limit exceeded: maximum 50 tags per item" in refused.text
    assert len(entity.read()["tags"]) == 50
    entity.patched(tags_to_add=["one more"], tags_to_remove=["t0"])
    assert len(entity.read()["tags"]) == 50


# --- several rows of one id in one request


@pytest.mark.parametrize(
    ("versions", "winner"),
    [
        ([OLDER, NEWER], "1"),
        ([NEWER, OLDER], "0"),
        ([NEWER, NEWER], "1"),
        ([None, None], "1"),
        ([None, OLDER], "0"),
        ([OLDER, NEWER, OLDER], "1"),
        ([NEWER, OLDER, NEWER], "2"),
    ],
    ids=lambda value: "-".join("none" if v is None else v[-2] for v in value) if isinstance(value, list) else value,
)
def test_of_several_rows_in_one_request_the_newest_then_the_last_counts(entity, versions, winner):
    rows = [{"name": str(place), "metadata": {str(place): 1}} for place in range(len(versions))]
    for row, version in zip(rows, versions, strict=True):
        if version:
            row["last_updated_at"] = version
    entity.batch(*rows)
    assert entity.said() == {"name": winner, "start_time": START, "metadata": {winner: 1}}
    assert entity.api.page(entity.kind, entity.project)["total"] == 1


# --- another project, trace or parent


def test_a_creation_in_another_project_is_a_conflict(entity):
    entity.created(name="mine")
    before = entity.read()
    refused = entity.post(project=f"{entity.project}-other", name="theirs")
    assert (refused.status_code, refused.json()) == (409, {"errors": [CONFLICTS[entity.kind]]})
    assert entity.read() == before


def test_an_update_in_another_project_is_a_conflict(entity):
    entity.batch({"name": "mine"})
    before = entity.read()
    refused = entity.patch(project_name=f"{entity.project}-other", output={"n": 1})
    assert (refused.status_code, refused.json()) == (409, {"errors": [CONFLICTS[entity.kind]]})
    assert entity.read() == before


def test_an_update_of_a_partial_row_in_another_project_is_a_conflict(entity):
    entity.patched(output={"n": 1})
    assert entity.patch(project_name=f"{entity.project}-other", output={"n": 2}).status_code == 409
    assert entity.read()["output"] == {"n": 1}


def test_an_update_that_forgets_the_project_means_the_default_one(entity):
    entity.batch({"name": "mine"})
    assert entity.patch(project_name=None, output={"n": 1}).status_code == 409
    assert "output" not in entity.read()


def test_a_batch_row_never_moves_an_entity_to_another_project(entity):
    other = f"{entity.project}-other"
    entity.batch({"name": "mine"})
    before = entity.read()["project_id"]
    response = entity.api.send("POST", f"{entity.kind}/batch", {entity.kind: [entity.row(project=other, name="theirs")]})
    assert response.status_code in (204, 409)
    assert entity.read()["project_id"] == before
    assert entity.api.ids(entity.kind, entity.project) == [entity.id]
    if entity.api.project_exists(other):
        assert entity.api.ids(entity.kind, other) == []


@pytest.mark.parametrize("field", ["trace_id", "parent_span_id"])
@pytest.mark.parametrize("how", ["post", "patch"])
def test_a_span_keeps_its_trace_and_its_parent(api, project, field, how):
    span = Entity(api, "spans", project)
    span.created(name="mine")
    before = span.read()
    refused = getattr(span, how)(**{field: new_id(), "output": {"n": 1}})
    assert (refused.status_code, refused.json()) == (409, {"errors": [f"{field} does not match the existing span"]})
    assert span.read() == before


# --- many at once


def test_a_batch_may_mix_projects(entity):
    others = [f"{entity.project}-{number}" for number in range(3)]
    rows = [entity.row(project=name, id=new_id()) for name in others for _ in range(2)]
    entity.api.write(entity.kind, *rows)
    for name in others:
        mine = [row["id"] for row in rows if row["project_name"] == name]
        assert sorted(entity.api.ids(entity.kind, name)) == sorted(mine)


def test_a_batch_holds_a_thousand_rows(entity):
    rows = [entity.row(id=new_id(), name=str(number)) for number in range(1000)]
    entity.api.write(entity.kind, *rows)
    assert entity.api.page(entity.kind, entity.project)["total"] == 1000


def test_one_update_for_many_skips_the_unknown(entity):
    ids = [new_id(), new_id()]
    entity.api.write(entity.kind, *(entity.row(id=id, tags=["old"], name="a") for id in ids))
    body = {"ids": [*ids, new_id()], "update": {**entity.parents, "project_name": entity.project, "tags": ["new"]}}
    assert entity.api.send("PATCH", f"{entity.kind}/batch", {**body, "merge_tags": True}).status_code == 204
    assert [sorted(entity.api.get(f"{entity.kind}/{id}")["tags"]) for id in ids] == [["new", "old"]] * 2
    assert entity.api.send("PATCH", f"{entity.kind}/batch", {**body, "merge_tags": False}).status_code == 204
    assert [entity.api.get(f"{entity.kind}/{id}")["tags"] for id in ids] == [["new"]] * 2
    assert sorted(entity.api.ids(entity.kind, entity.project)) == sorted(ids)


# What a client says of one entity, each thing by a request of its own: two versions of its row, updates, a score.
STEPS = {
    "start row": lambda entity: entity.batch({"name": "asked", "input": {"q": 1}, "last_updated_at": OLDER}),
    "end row": lambda entity: entity.batch(
        {"name": "asked", "input": {"q": 1}, "output": {"a": 2}, "end_time": END, "last_updated_at": NEWER}
    ),
    "metadata": lambda entity: entity.patched(metadata={"plan": "pro"}, **entity.more("model")),
    "tags": lambda entity: entity.patched(tags_to_add=["shop"], **entity.more("provider")),
    "error": lambda entity: entity.patched(
        error_info={"exception_type": "E", "traceback": "t"}, **entity.more("usage")
    ),
    "score": lambda entity: entity.score(),
}
# The same entity by a single creation, which may come again: a trace refuses that, a span takes no notice.
CREATION = {"name": "asked", "input": {"q": 1}, "output": {"a": 2}, "end_time": END}


class Arriving(Entity):
    """An entity whose requests come in any order, each with the answer that is promised for it."""

    def more(self, field: str) -> dict:
        """What only a span has, which together makes a price, or what only a trace has."""
        fields = {"model": "gpt-3.5-turbo", "provider": "openai", "usage": {"prompt_tokens": 1_000}}
        if self.kind == "spans":
            return {field: fields[field]}
        return {"thread_id": "talk-1"} if field == "model" else {}

    def score(self) -> None:
        self.api.score(self.kind, {"id": self.id, "project_name": self.project, "name": "quality", "value": 1, "source": "sdk"})

    def all(self) -> dict:
        """Everything that is shown and that is not the time or the id of these requests."""
        times = {"id", "trace_id", "parent_span_id", "created_at", "last_updated_at"}
        seen = {field: value for field, value in self.read().items() if field not in times}
        seen["feedback_scores"] = [(score["name"], score["value"]) for score in seen["feedback_scores"]]
        return seen

    def create(self, may_be_there: bool) -> None:
        answer = self.post(**CREATION)
        refused = may_be_there and self.kind == "traces"
        assert answer.status_code == (409 if refused else 201), answer.text

    def expected(self) -> dict:
        seen = {
            "name": "asked",
            "start_time": START,
            "end_time": END,
            "duration": DURATION_MS,
            "input": {"q": 1},
            "output": {"a": 2},
            "metadata": {"plan": "pro"},
            "tags": ["shop"],
            "error_info": {"exception_type": "E", "traceback": "t"},
            "feedback_scores": [("quality", 1)],
        }
        if self.kind == "spans":
            return seen | {"total_estimated_cost": 0.0005, "model": "gpt-3.5-turbo", "usage": {"prompt_tokens": 1_000}}
        return seen | {"thread_id": "talk-1"}


@pytest.fixture(params=["traces", "spans"])
def outcome(api, project, request):
    """Plays each sequence of steps on an entity of its own, several at a time; what is shown of the last one, which
    must be what is shown of all."""

    def play(sequences) -> dict:
        entities = [(Arriving(api, request.param, project), list(sequence)) for sequence in sequences]

        def one(entity: Arriving, sequence: list) -> dict:
            for step in sequence:
                step(entity)
            return entity.all()

        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(lambda pair: one(*pair), entities))
        for seen in found:
            assert seen == found[-1]
        expected = entities[0][0].expected()
        assert {field: found[-1].get(field) for field in expected} == expected
        return found[-1]

    return play


def test_whatever_the_order_the_entity_is_the_same(outcome):
    outcome(itertools.permutations(STEPS.values()))


def test_whatever_comes_again_changes_nothing(outcome):
    draw = random.Random(7)

    def sequence() -> list:
        steps = [*STEPS.values(), *draw.choices(list(STEPS.values()), k=draw.randint(1, 8))]
        draw.shuffle(steps)
        return steps

    outcome(sequence() for _ in range(100))


def test_a_single_creation_may_come_anywhere_and_again(outcome):
    updates = [step for name, step in STEPS.items() if not name.endswith("row")]
    first, again = (lambda entity: entity.create(False)), (lambda entity: entity.create(True))
    orders = itertools.permutations([first, again, *updates])
    outcome(order for order in orders if order.index(first) < order.index(again))


def test_rows_together_in_one_request_are_as_good_as_apart(outcome):
    older = {"name": "asked", "input": {"q": 1}, "last_updated_at": OLDER}
    newer = {**CREATION, "last_updated_at": NEWER}
    batches = [*itertools.permutations([older, newer]), *itertools.permutations([older, newer, newer, older])]
    before, after = (STEPS["score"], STEPS["tags"]), (STEPS["error"], STEPS["metadata"])
    outcome([*before, lambda entity, rows=rows: entity.batch(*rows), *after] for rows in batches)


class Checked:
    """A trace and its span, and what is said of the span: each thing by a request that may come again."""

    def __init__(self, api, project: str):
        self.api, self.project = api, project
        self.trace = trace_row(project)
        self.span = span_row(project, self.trace["id"], type="llm")

    def check(self) -> None:
        ids = {"entity_id": self.trace["id"], "secondary_id": self.span["id"], "project_name": self.project}
        outcome = {**ids, "name": "PII", "result": "failed", "config": {}, "details": {}}
        assert self.api.send("POST", "guardrails", {"guardrails": [outcome]}).status_code == 204

    def score(self) -> None:
        ids = {"id": self.span["id"], "project_name": self.project}
        self.api.score("spans", {**ids, "name": "quality", "value": 0.5, "source": "sdk"})

    def end(self) -> None:
        fields = {"project_name": self.project, "trace_id": self.trace["id"], "end_time": END}
        assert self.api.patch("spans", self.span["id"], **fields).status_code == 204

    def shown(self) -> tuple:
        trace = self.api.get(f"traces/{self.trace['id']}")
        [score] = trace["span_feedback_scores"]
        [validation] = trace["guardrails_validations"]
        return trace["span_count"], (score["name"], score["value"]), validation["checks"]


def test_what_is_said_of_a_span_stands_at_its_trace_whatever_came_first_or_twice(api, project):
    steps = (
        lambda checked: api.write("traces", checked.trace),
        lambda checked: api.write("spans", checked.span),
        Checked.end,
        Checked.score,
        Checked.check,
    )
    orders = list(itertools.permutations(steps))

    def play(order) -> tuple:
        checked = Checked(api, project)
        for step in [*order, *order[:2]]:
            step(checked)
        return checked.shown()

    with ThreadPoolExecutor(8) as threads:
        shown = list(threads.map(play, orders))
    assert shown == [(1, ("quality", 0.5), [{"name": "PII", "result": "failed"}])] * len(orders)
