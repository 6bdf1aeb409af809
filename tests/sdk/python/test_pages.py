"""A program or a script pages through lists."""

import json

import pytest

from api import UNKNOWN_ID, new_id, span_row, trace_row


@pytest.fixture(params=["traces", "spans"])
def kind(request):
    return request.param


@pytest.fixture
def rows(api, kind, project):
    """25 rows, oldest first, each with a name, a start and a duration of its own."""
    made = []
    for number in range(25):
        fields = {
            "name": f"row {number * 7 % 25:02}",
            "start_time": f"2026-01-01T00:00:{number:02}Z",
            "end_time": f"2026-01-01T00:01:{number * 3 % 25:02}Z",
        }
        made.append({**(trace_row(project) if kind == "traces" else span_row(project)), **fields})
    api.write(kind, *made)
    return made


def ids(rows: list[dict]) -> list[str]:
    return [row["id"] for row in rows]


def test_the_first_page_has_ten_of_the_newest(api, kind, project, rows):
    page = api.page(kind, project)
    assert (page["page"], page["size"], page["total"]) == (1, 10, 25)
    assert ids(page["content"]) == ids(rows)[::-1][:10]
    assert isinstance(page["total"], int)


def test_the_last_page_tells_how_many_it_holds(api, kind, project, rows):
    page = api.page(kind, project, page=3, size=10)
    assert (page["page"], page["size"], page["total"]) == (3, 5, 25)
    assert ids(page["content"]) == ids(rows)[4::-1]


def test_a_page_beyond_the_end_is_empty_and_still_counts(api, kind, project, rows):
    page = api.page(kind, project, page=4, size=10)
    assert (page["page"], page["size"], page["total"], page["content"]) == (4, 0, 25, [])


def test_pages_of_any_size_hold_every_row_once(api, kind, project, rows):
    for size in (1, 4, 25, 26, 1000):
        count = -(-25 // size)
        pages = [api.page(kind, project, page=number, size=size)["content"] for number in range(1, count + 1)]
        assert [row["id"] for page in pages for row in page] == ids(rows)[::-1]


@pytest.mark.parametrize("bounds", [{"page": 0}, {"size": 0}, {"page": -1}, {"size": -1}])
def test_bounds_below_one_are_refused(api, kind, project, rows, bounds):
    assert api.http.get(kind, params={"project_name": project, **bounds}).status_code == 422


@pytest.mark.parametrize("bounds", [{"page": 0}, {"size": 0}])
def test_bounds_below_one_are_refused_for_projects(api, bounds):
    assert api.http.get("projects", params=bounds).status_code == 422


@pytest.mark.parametrize("field", ["name", "start_time", "end_time", "duration", "id"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_pages_follow_the_sorting(api, kind, project, rows, field, direction):
    def key(row: dict):
        seconds = int(row["end_time"][17:19]) - int(row["start_time"][17:19])
        return ({**row, "duration": seconds}[field], row["id"])

    by_id_last = sorted(rows, key=lambda row: row["id"], reverse=True)
    expected = sorted(by_id_last, key=lambda row: key(row)[0], reverse=direction == "DESC")
    sorting = json.dumps([{"field": field, "direction": direction}])
    pages = [api.page(kind, project, page=number, size=7, sorting=sorting) for number in (1, 2, 3, 4)]
    assert [id for page in pages for id in ids(page["content"])] == ids(expected)
    assert field in pages[0]["sortable_by"]


def test_rows_without_the_sorted_value_come_last(api, kind, project, rows):
    endless = trace_row(project) if kind == "traces" else span_row(project)
    api.write(kind, endless)
    for direction in ("ASC", "DESC"):
        page = api.page(kind, project, size=26, sorting=json.dumps([{"field": "end_time", "direction": direction}]))
        assert page["content"][-1]["id"] == endless["id"]


def test_an_unsortable_field_is_ignored(api, kind, project, rows):
    page = api.page(kind, project, size=25, sorting='[{"field":"moon_phase","direction":"ASC"}]')
    assert ids(page["content"]) == ids(rows)[::-1]


def test_filters_count_before_paging(api, kind, project, rows):
    filters = json.dumps([{"field": "name", "operator": "starts_with", "value": "row 1"}])
    page = api.page(kind, project, size=4, page=3, filters=filters)
    assert (page["total"], page["size"]) == (10, 2)


def test_search_looks_into_every_text(api, kind, project, rows):
    needle = trace_row(project) if kind == "traces" else span_row(project)
    for field, text in (("input", "Haystack"), ("output", "deeply"), ("metadata", "hidden")):
        needle[field] = {"a": [{"b": f"{text} needle"}]}
    needle["tags"] = ["Rusty"]
    api.write(kind, needle)
    for word in ("haystack", "DEEPLY", "hidden", "rusty"):
        assert ids(api.page(kind, project, search=word)["content"]) == [needle["id"]], word
    assert api.page(kind, project, search="nowhere-to-be-found")["total"] == 0


def test_the_time_window_goes_by_the_time_in_the_id(api, kind, project):
    moments = [1_750_000_000_000 + second * 1000 for second in range(5)]
    made = []
    for moment in moments:
        row = trace_row(project) if kind == "traces" else span_row(project)
        made.append({**row, "id": new_id(moment)})
    api.write(kind, *made)
    window = {"from_time": "2025-06-15T15:06:41Z", "to_time": "2025-06-15T15:06:43Z"}
    assert ids(api.page(kind, project, **window)["content"]) == ids(made)[3:0:-1]
    streamed = api.stream_rows(kind, project_name=project, **window)
    assert ids(streamed) == ids(made)[3:0:-1]


def test_fields_can_be_left_out(api, kind, project):
    row = {**(trace_row(project) if kind == "traces" else span_row(project)), "input": {"a": 1}, "output": {"b": 1}}
    api.write(kind, row)
    [shown] = api.page(kind, project, exclude='["input"]')["content"]
    assert ("input" in shown, shown["output"]) == (False, {"b": 1})


def test_a_project_may_be_named_by_id(api, kind, project, rows):
    project_id = api.get(f"{kind}/{rows[0]['id']}")["project_id"]
    assert api.get(kind, project_id=project_id)["total"] == 25
    assert api.http.get(kind, params={"project_id": UNKNOWN_ID}).status_code == 404


def test_spans_are_narrowed_by_trace_and_type(api, project):
    mine = new_id()
    spans = [span_row(project, trace, type=type) for trace in (mine, new_id()) for type in ("llm", "tool")]
    api.write("spans", *spans)
    assert ids(api.page("spans", project, trace_id=mine)["content"]) == ids(spans)[1::-1]
    assert ids(api.page("spans", project, trace_id=mine, type="llm")["content"]) == [spans[0]["id"]]
    assert ids(api.page("spans", project, type="tool")["content"]) == [spans[3]["id"], spans[1]["id"]]


def test_a_page_of_projects_has_the_same_envelope(api, project):
    for number in range(3):
        assert api.send("POST", "projects", {"name": f"{project}-{number}"}).status_code == 201
    page = api.get("projects", name=project, size=2, page=2)
    assert (page["page"], page["size"], page["total"]) == (2, 1, 3)
    assert [row["name"] for row in page["content"]] == [f"{project}-0"]
    assert api.get("projects", name=project, size=2, page=3)["content"] == []
