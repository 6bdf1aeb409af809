"""A developer decorates functions with `@opik.track` and finds every call in the project."""

import asyncio
import concurrent.futures
import contextvars

import opik
import pytest
from opik import opik_context, url_helpers

from api import UNKNOWN_ID


@pytest.fixture
def seen(tracked, client):
    """What the project holds once the decorated functions have run."""

    def look() -> tuple[list, dict]:
        assert opik.get_global_client().flush()
        spans = client.search_spans(project_name=tracked)
        traces = client.search_traces(project_name=tracked)
        return sorted(traces, key=lambda trace: trace.id), {span.name: span for span in spans}

    return look


def test_nested_calls_become_a_tree(seen):
    @opik.track
    def fetch(key: str) -> list:
        return [key, key]

    @opik.track(type="llm", tags=["draft"], metadata={"temperature": 0.5})
    def answer(question: str) -> str:
        return f"{fetch(question)[0]}!"

    @opik.track(name="agent")
    def run(question: str, *, loud: bool = False) -> dict:
        return {"text": answer(question), "loud": loud}

    assert run("why", loud=True) == {"text": "why!", "loud": True}
    [trace], spans = seen()
    assert (trace.name, trace.input, trace.output) == (
        "agent",
        {"question": "why", "loud": True},
        {"text": "why!", "loud": True},
    )
    assert set(spans) == {"agent", "answer", "fetch"}
    assert {span.trace_id for span in spans.values()} == {trace.id}
    assert spans["agent"].parent_span_id is None
    assert spans["answer"].parent_span_id == spans["agent"].id
    assert spans["fetch"].parent_span_id == spans["answer"].id
    assert (spans["answer"].type, spans["answer"].tags) == ("llm", ["draft"])
    assert spans["answer"].metadata == {"temperature": 0.5}
    assert spans["answer"].output == {"output": "why!"}
    assert spans["fetch"].output == {"output": ["why", "why"]}
    assert spans["agent"].start_time <= spans["answer"].start_time <= spans["fetch"].start_time
    assert spans["fetch"].end_time <= spans["answer"].end_time <= spans["agent"].end_time
    assert (trace.span_count, trace.llm_span_count) == (3, 1)


def test_async_functions_that_run_together_keep_their_own_parents(seen):
    @opik.track
    async def step(number: int) -> int:
        await asyncio.sleep(0)
        return number * 2

    @opik.track
    async def fan_out(width: int) -> list:
        return await asyncio.gather(*(step(number) for number in range(width)))

    assert asyncio.run(fan_out(5)) == [0, 2, 4, 6, 8]
    assert opik.get_global_client().flush()
    [trace], _ = seen()
    assert trace.output == {"output": [0, 2, 4, 6, 8]}
    assert trace.span_count == 6


def test_every_child_of_a_fan_out_hangs_under_its_parent(tracked, client):
    @opik.track
    async def leaf(number: int) -> int:
        await asyncio.sleep(0)
        return number

    @opik.track
    async def root() -> None:
        await asyncio.gather(*(leaf(number) for number in range(4)))

    asyncio.run(root())
    assert opik.get_global_client().flush()
    spans = client.search_spans(project_name=tracked)
    [top] = [span for span in spans if span.name == "root"]
    leaves = [span for span in spans if span.name == "leaf"]
    assert [span.parent_span_id for span in leaves] == [top.id] * 4
    assert sorted(span.input["number"] for span in leaves) == [0, 1, 2, 3]


def test_a_generator_is_one_span_that_ends_with_its_last_item(seen):
    @opik.track
    def count(limit: int):
        yield from range(limit)

    assert list(count(3)) == [0, 1, 2]
    [trace], spans = seen()
    assert (trace.input, trace.output) == ({"limit": 3}, {"output": "012"})
    assert spans["count"].output == {"output": "012"}
    assert spans["count"].end_time is not None


def test_a_generator_may_aggregate_its_items(seen):
    @opik.track(generations_aggregator=lambda items: {"sum": sum(items)})
    def numbers():
        yield 1
        yield 2

    assert list(numbers()) == [1, 2]
    [trace], spans = seen()
    assert trace.output == spans["numbers"].output == {"sum": 3}


def test_an_async_generator_is_one_span(seen):
    @opik.track
    async def words():
        yield "a"
        await asyncio.sleep(0)
        yield "b"

    async def collect() -> list:
        return [word async for word in words()]

    assert asyncio.run(collect()) == ["a", "b"]
    [trace], spans = seen()
    assert trace.output == spans["words"].output == {"output": "ab"}


def test_threads_with_a_copied_context_stay_in_their_trace(seen):
    @opik.track
    def work(number: int) -> int:
        return number + 1

    @opik.track
    def parallel() -> list:
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            futures = [pool.submit(contextvars.copy_context().run, work, number) for number in range(8)]
            return [future.result() for future in futures]

    assert parallel() == list(range(1, 9))
    [trace], _ = seen()
    assert (trace.span_count, trace.output) == (9, {"output": list(range(1, 9))})


def test_threads_without_a_context_make_a_trace_each(seen):
    @opik.track
    def alone(number: int) -> int:
        return number

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(alone, range(10)))
    traces, _ = seen()
    assert sorted(trace.input["number"] for trace in traces) == list(range(10))
    assert [trace.span_count for trace in traces] == [1] * 10


def test_a_failure_is_recorded_where_it_happened_and_above(seen):
    @opik.track
    def breaks() -> None:
        raise ZeroDivisionError("by nothing")

    @opik.track
    def calls() -> None:
        breaks()

    with pytest.raises(ZeroDivisionError):
        calls()
    [trace], spans = seen()
    for entity in (trace, spans["calls"], spans["breaks"]):
        assert entity.error_info.exception_type == "ZeroDivisionError"
        assert entity.error_info.message == "by nothing"
        assert "breaks" in entity.error_info.traceback
        assert entity.output is None
        assert entity.end_time is not None


def test_a_failure_that_is_handled_stays_in_its_span(seen):
    @opik.track
    def risky() -> None:
        raise ValueError("no")

    @opik.track
    def careful() -> str:
        try:
            risky()
        except ValueError:
            return "recovered"

    careful()
    [trace], spans = seen()
    assert (trace.error_info, trace.output) == (None, {"output": "recovered"})
    assert spans["careful"].error_info is None
    assert spans["risky"].error_info.exception_type == "ValueError"


def test_a_function_can_tell_more_about_itself(seen):
    @opik.track
    def speak() -> str:
        opik_context.update_current_trace(thread_id="talk-7", tags=["t"], metadata={"user": {"id": 42}})
        opik_context.update_current_span(
            model="gpt-4o-mini", provider="openai", usage={"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
        )
        return "done"

    speak()
    [trace], spans = seen()
    assert (trace.thread_id, trace.tags, trace.metadata) == ("talk-7", ["t"], {"user": {"id": 42}})
    assert (spans["speak"].model, spans["speak"].provider) == ("gpt-4o-mini", "openai")
    assert spans["speak"].usage["total_tokens"] == 7
    assert trace.usage["total_tokens"] == 7


def test_context_managers_make_a_trace_with_nested_spans(tracked, client):
    with opik.start_as_current_trace("shop", input={"q": 1}, thread_id="t-1", project_name=tracked, flush=True) as trace:
        with opik.start_as_current_span("look", type="tool", input={"k": "v"}) as look:
            look.output = {"found": True}
            with opik.start_as_current_span("deep"):
                pass
        trace.output = {"a": 2}
        trace.tags = ["x"]
    [seen] = client.search_traces(project_name=tracked)
    spans = {span.name: span for span in client.search_spans(project_name=tracked)}
    assert (seen.name, seen.input, seen.output, seen.thread_id, seen.tags) == ("shop", {"q": 1}, {"a": 2}, "t-1", ["x"])
    assert (spans["look"].type, spans["look"].input, spans["look"].output) == ("tool", {"k": "v"}, {"found": True})
    assert (spans["look"].parent_span_id, spans["deep"].parent_span_id) == (None, spans["look"].id)
    assert (seen.span_count, seen.has_tool_spans) == (2, True)


def test_a_context_manager_that_fails_records_the_error(tracked, client):
    with pytest.raises(RuntimeError):
        with opik.start_as_current_span("fails", input={"n": 1}, flush=True):
            raise RuntimeError("midway")
    [trace] = client.search_traces(project_name=tracked)
    [span] = client.search_spans(project_name=tracked)
    for entity in (trace, span):
        assert (entity.error_info.exception_type, entity.error_info.message) == ("RuntimeError", "midway")
        assert entity.input == {"n": 1}


def test_another_program_continues_the_trace(seen):
    @opik.track
    def caller() -> dict:
        return opik_context.get_distributed_trace_headers()

    @opik.track
    def callee() -> str:
        return "far away"

    headers = caller()
    callee(opik_distributed_trace_headers=headers)
    [trace], spans = seen()
    assert spans["callee"].parent_span_id == spans["caller"].id
    assert spans["callee"].trace_id == trace.id


def test_tracking_that_is_switched_off_writes_nothing(tracked, api):
    @opik.track
    def quiet() -> int:
        return 1

    opik.set_tracing_active(False)
    try:
        quiet()
    finally:
        opik.reset_tracing_to_config_default()
    assert opik.get_global_client().flush()
    assert not api.project_exists(tracked)


def test_the_link_that_the_client_prints_leads_to_the_page_of_the_trace(server, api, seen):
    @opik.track
    def ask(question: str) -> str:
        return question

    ask("where is it?")
    [trace], _ = seen()
    link = url_helpers.get_project_url_by_trace_id(trace_id=trace.id, url_override=f"{server.root_url}/api")
    answer = api.root.get(link, follow_redirects=False)
    assert answer.status_code == 303
    place = answer.headers["location"]
    assert place == f"/default/projects/{trace.project_id}/traces?tab=logs&logsType=traces&trace={trace.id}"
    page = api.root.get(f"{server.root_url}{place}")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html")


def test_a_link_to_an_unknown_trace_or_without_a_path_is_refused(server, api):
    link = url_helpers.get_project_url_by_trace_id(trace_id=UNKNOWN_ID, url_override=f"{server.root_url}/api")
    assert api.root.get(link, follow_redirects=False).status_code == 404
    assert api.root.get(f"{server.root_url}/api/v1/session/redirect/projects?trace_id={UNKNOWN_ID}").status_code == 400
