"""A program wraps its OpenAI client with `track_openai` and finds each call as a trace."""

import opik
import pytest
from opik.integrations.openai import track_openai

from golden import recorded
from instrumented import ANSWERING, COST, COUNTS, MODEL, QUESTION, WEATHER_TOOL, asking
from scripted_model import ANSWER, REFUSAL, TOOL_ARGUMENTS

USAGE = {
    **COUNTS,
    "original_usage.prompt_tokens": 1000,
    "original_usage.completion_tokens": 500,
    "original_usage.total_tokens": 1500,
    "original_usage.prompt_tokens_details.cached_tokens": 200,
    "original_usage.prompt_tokens_details.audio_tokens": 0,
    "original_usage.completion_tokens_details.reasoning_tokens": 0,
    "original_usage.completion_tokens_details.audio_tokens": 0,
}


@pytest.fixture
def program(scripted_model, tracked):
    program = asking(scripted_model)
    track_openai(program.client, provider="openai")
    return program


def call(name: str) -> dict:
    return {
        "name": name,
        "type": "llm",
        "model": ANSWERING,
        "provider": "openai",
        "usage": USAGE,
        "tags": ["openai"],
    }


def alone(span: dict) -> dict:
    """A call that no tracked function surrounds is a trace by itself."""
    trace = {"name": span["name"], "tags": ["openai"], "providers": [span["provider"]], "spans": [span]}
    return trace | ({"usage": span["usage"]} if "usage" in span else {"error": span["error"]})


def test_a_call_becomes_a_trace(api, program, tracked):
    assert program.plainly().choices[0].message.content == ANSWER
    opik.flush_tracker()
    seen = recorded(api, tracked)
    assert (seen.tree, seen.cost) == (alone(call("chat_completion_create")), COST)
    span = seen.spans["chat_completion_create"]
    assert span["input"] == {"messages": QUESTION}
    assert span["output"]["choices"][0]["message"]["content"] == ANSWER
    assert (span["metadata"]["created_from"], span["metadata"]["temperature"]) == ("openai", 0.5)
    assert (seen.trace["input"], seen.trace["output"]) == (span["input"], span["output"])


def test_a_stream_is_put_together(api, program, tracked):
    assert program.in_a_stream() == ANSWER
    opik.flush_tracker()
    seen = recorded(api, tracked)
    assert seen.tree == alone(call("chat_completion_stream"))
    [choice] = seen.spans["chat_completion_stream"]["output"]["choices"]
    assert (choice["message"], choice["finish_reason"]) == ({"role": "assistant", "content": ANSWER}, "stop")


def test_a_call_of_a_tool_is_seen(api, program, tracked):
    program.with_a_tool()
    opik.flush_tracker()
    seen = recorded(api, tracked)
    assert seen.tree == alone(call("chat_completion_create"))
    span = seen.spans["chat_completion_create"]
    [tool_call] = span["output"]["choices"][0]["message"]["tool_calls"]
    assert tool_call["function"] == {"name": "weather", "arguments": TOOL_ARGUMENTS}
    assert span["metadata"]["tools"] == [WEATHER_TOOL]


def test_a_refusal_is_kept_as_the_error(api, program, tracked):
    program.in_vain()
    opik.flush_tracker()
    seen = recorded(api, tracked)
    failed = call("chat_completion_create") | {"model": MODEL, "error": "BadRequestError"}
    del failed["usage"]
    assert seen.tree == alone(failed)
    error = seen.spans["chat_completion_create"]["error_info"]
    assert REFUSAL in error["message"]
    assert "BadRequestError" in error["traceback"]


def test_calls_belong_to_the_function_that_makes_them(api, program, tracked):
    @opik.track(type="tool")
    def look_up(city: str) -> str:
        return f"sunny in {city}"

    @opik.track
    def guide(question: str) -> str:
        opik.opik_context.update_current_trace(thread_id="talk-1", tags=["shop"])
        program.with_a_tool()
        look_up("Bern")
        return program.in_a_stream()

    assert guide("what is the weather?") == ANSWER
    opik.flush_tracker()
    assert recorded(api, tracked).tree == {
        "name": "guide",
        "thread_id": "talk-1",
        "tags": ["shop"],
        "usage": {name: 2 * count for name, count in USAGE.items()},
        "providers": ["openai"],
        "spans": [
            {
                "name": "guide",
                "type": "general",
                "spans": [
                    call("chat_completion_create"),
                    {"name": "look_up", "type": "tool"},
                    call("chat_completion_stream"),
                ],
            }
        ],
    }


def test_a_compatible_server_is_told_by_its_host(api, scripted_model, tracked):
    program = asking(scripted_model)
    track_openai(program.client)
    program.plainly()
    opik.flush_tracker()
    assert recorded(api, tracked).tree["providers"] == ["127.0.0.1"]
