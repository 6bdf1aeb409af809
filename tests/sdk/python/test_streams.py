"""A program reads all its traces and spans as a stream, however many there are and whatever else happens."""

import json
import threading

import pytest

from api import UNKNOWN_ID, new_id, span_row, strict_json, trace_row


@pytest.fixture(params=["traces", "spans"])
def kind(request):
    return request.param


def rows_of(kind: str, project: str, count: int, **fields) -> list[dict]:
    trace_id = new_id()
    if kind == "traces":
        return [trace_row(project, **fields) for _ in range(count)]
    return [span_row(project, trace_id, **fields) for _ in range(count)]


def read_all(api, kind: str, project: str, limit: int, **body) -> list[list[str]]:
    """Pages of ids, read as the SDK reads them: it stops at the first page that is not full."""
    pages, last = [], None
    while True:
        page = api.stream_rows(kind, project_name=project, limit=limit, last_retrieved_id=last, **body)
        pages.append([row["id"] for row in page])
        if len(page) < limit:
            return pages
        last = pages[-1][-1]


def test_nothing_found_is_an_empty_answer(api, kind, project):
    api.write(kind, *rows_of(kind, project, 1))
    response = api.stream(kind, project_name=project, filters=[{"field": "name", "operator": "=", "value": "none"}])
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("count", [1, 9, 10, 11, 20, 21])
def test_every_row_comes_once_and_newest_first(api, kind, project, count):
    rows = rows_of(kind, project, count)
    api.write(kind, *rows)
    pages = read_all(api, kind, project, limit=10)
    assert [id for page in pages for id in page] == [row["id"] for row in reversed(rows)]
    assert [len(page) for page in pages] == [10] * (count // 10) + [count % 10]


def test_order_is_by_id_and_not_by_arrival_or_start(api, kind, project):
    rows = rows_of(kind, project, 6)
    for place, row in enumerate(rows):
        row["start_time"] = f"2026-01-01T00:00:0{(place * 5) % 6}Z"
    for place in (3, 0, 5, 1, 4, 2):
        api.write(kind, rows[place])
    assert read_all(api, kind, project, limit=4) == [
        [rows[5]["id"], rows[4]["id"], rows[3]["id"], rows[2]["id"]],
        [rows[1]["id"], rows[0]["id"]],
    ]


def test_the_cursor_is_exclusive_even_of_ids_nobody_has(api, kind, project):
    first, gap, last = rows_of(kind, project, 3)
    api.write(kind, first, last)
    assert [row["id"] for row in api.stream_rows(kind, project_name=project, last_retrieved_id=last["id"])] == [first["id"]]
    assert [row["id"] for row in api.stream_rows(kind, project_name=project, last_retrieved_id=gap["id"])] == [first["id"]]
    assert api.stream_rows(kind, project_name=project, last_retrieved_id=first["id"]) == []


def test_without_a_limit_five_hundred_come(api, kind, project):
    api.write(kind, *rows_of(kind, project, 501))
    assert len(api.stream_rows(kind, project_name=project)) == 500


def test_two_thousand_come_at_once(api, kind, project):
    for count in (1000, 1000, 5):
        api.write(kind, *rows_of(kind, project, count))
    assert [len(page) for page in read_all(api, kind, project, limit=2000)] == [2000, 5]


@pytest.mark.parametrize("limit", [0, -1, 2001])
def test_a_limit_out_of_range_is_refused(api, kind, project, limit):
    api.write(kind, *rows_of(kind, project, 1))
    assert api.stream(kind, project_name=project, limit=limit).status_code == 422


def test_filters_that_match_rarely_still_fill_the_page(api, kind, project):
    rows = rows_of(kind, project, 900)
    for place, row in enumerate(rows):
        row["name"] = "rare" if place % 41 == 0 else "common"
    api.write(kind, *rows)
    wanted = [row["id"] for row in reversed(rows) if row["name"] == "rare"]
    filters = [{"field": "name", "operator": "=", "value": "rare"}]
    pages = read_all(api, kind, project, limit=5, filters=filters)
    assert [len(page) for page in pages] == [5, 5, 5, 5, 2]
    assert [id for page in pages for id in page] == wanted


def test_rows_written_several_times_come_once_and_pages_stay_full(api, kind, project):
    rows = rows_of(kind, project, 30)
    for _ in range(3):
        api.write(kind, *rows)
    assert [len(page) for page in read_all(api, kind, project, limit=10)] == [10, 10, 10, 0]


def test_the_cursor_is_stable_while_others_write(api, kind, project, server):
    rows = rows_of(kind, project, 300)
    api.write(kind, *rows)
    stop = threading.Event()
    failures: list[BaseException] = []

    def write_more() -> None:
        try:
            while not stop.is_set():
                api.write(kind, *rows_of(kind, project, 5))
        except BaseException as failure:  # noqa: BLE001 - shown by the test below
            failures.append(failure)

    writer = threading.Thread(target=write_more)
    writer.start()
    try:
        seen = read_all_from(api, kind, project, start=rows[-1]["id"], limit=20)
    finally:
        stop.set()
        writer.join()
    assert failures == []
    assert seen == [row["id"] for row in reversed(rows)][1:]
    everything = [id for page in read_all(api, kind, project, limit=2000) for id in page]
    assert everything == sorted(set(everything), reverse=True)
    assert set(everything) >= {row["id"] for row in rows}


def read_all_from(api, kind: str, project: str, start: str, limit: int) -> list[str]:
    seen, last = [], start
    while True:
        page = [row["id"] for row in api.stream_rows(kind, project_name=project, limit=limit, last_retrieved_id=last)]
        seen += page
        if len(page) < limit:
            return seen
        last = page[-1]


def test_each_line_is_one_json_object_whatever_it_holds(api, kind, project):
    texts = ["line\nbreak", "carriage\r\nreturn", "日本語 🦊", "\u2028\u2029\u0085", '"quotes" \\', "\u0000", "x" * 300_000]
    rows = rows_of(kind, project, len(texts))
    for row, text in zip(rows, texts, strict=True):
        row["input"] = {"text": text}
    api.write(kind, *rows)
    body = api.stream(kind, project_name=project).content
    assert body.endswith(b"\n")
    lines = body.split(b"\n")[:-1]
    assert [strict_json(line)["input"]["text"] for line in lines] == texts[::-1]
    assert all(line.startswith(b"{") for line in lines)


def test_the_answer_is_the_same_whether_compressed_or_not(api, kind, project):
    api.write(kind, *rows_of(kind, project, 50, input={"text": "same " * 100}))
    body = {"project_name": project}
    plain = api.send("POST", f"{kind}/search", body, headers={"accept-encoding": "identity"})
    zipped = api.send("POST", f"{kind}/search", body, headers={"accept-encoding": "gzip"})
    assert plain.content == zipped.content


def test_a_stream_row_is_the_row_that_is_read_by_id(api, kind, project):
    row = rows_of(kind, project, 1, name="n", input={"a": [1]}, metadata={"m": 1.5}, tags=["t"])[0]
    api.write(kind, row)
    [streamed] = api.stream_rows(kind, project_name=project, truncate=False)
    by_id = api.get(f"{kind}/{row['id']}")
    by_id.pop("project_name", None)
    streamed.pop("project_name", None)
    assert streamed == by_id


def test_fields_can_be_left_out(api, kind, project):
    api.write(kind, *rows_of(kind, project, 1, name="n", input={"a": 1}, output={"b": 2}, metadata={"c": 3}))
    [row] = api.stream_rows(kind, project_name=project, exclude=["input", "metadata"])
    assert ("input" in row, "metadata" in row, row["output"], row["name"]) == (False, False, {"b": 2}, "n")


def test_a_project_may_be_named_by_id(api, kind, project):
    rows = rows_of(kind, project, 2)
    api.write(kind, *rows)
    project_id = api.get(f"{kind}/{rows[0]['id']}")["project_id"]
    assert [row["id"] for row in api.stream_rows(kind, project_id=project_id)] == [rows[1]["id"], rows[0]["id"]]


@pytest.mark.parametrize("where", [{"project_name": "nobody-made-this"}, {"project_id": UNKNOWN_ID}])
def test_an_unknown_project_is_not_found(api, kind, where):
    assert api.stream(kind, **where).status_code == 404


def test_a_stream_without_a_project_is_refused(api, kind):
    assert api.stream(kind, limit=1).status_code == 400


def test_spans_are_narrowed_by_trace_and_type(api, project):
    mine, other = new_id(), new_id()
    spans = [span_row(project, trace, type=type) for trace in (mine, other) for type in ("llm", "tool", "llm")]
    api.write("spans", *spans)
    assert [row["id"] for row in api.stream_rows("spans", project_name=project, trace_id=mine, type="llm")] == [
        spans[2]["id"],
        spans[0]["id"],
    ]
    assert len(api.stream_rows("spans", project_name=project, trace_id=mine)) == 3
    assert len(api.stream_rows("spans", project_name=project, type="llm")) == 4


def test_explicit_nulls_in_the_body_mean_nothing(api, kind, project):
    """The Python client sends them."""
    api.write(kind, *rows_of(kind, project, 1))
    body = {"project_name": project, "filters": None, "last_retrieved_id": None, "exclude": None, "limit": 10}
    assert len(api.stream_rows(kind, **body)) == 1


@pytest.mark.parametrize("max_batch_size", [7, 50, 2000])
def test_the_sdk_reads_everything_page_by_page(client, api, project, max_batch_size):
    rows = rows_of("traces", project, 120, input={"text": json.dumps("ż" * 50)})
    api.write("traces", *rows)
    seen = client.search_traces(max_results=1000, max_batch_size=max_batch_size)
    assert [trace.id for trace in seen] == [row["id"] for row in reversed(rows)]
    assert len(client.search_traces(max_results=33, max_batch_size=max_batch_size)) == 33
