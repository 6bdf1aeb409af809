"""A program whose OpenAI client is instrumented by OpenLLMetry exports its spans here, by the GenAI conventions."""

import pathlib
import subprocess
import sys

import pytest

from golden import recorded
from instrumented import ANSWERING, COST, COUNTS, MODEL, QUESTION, counts
from scripted_model import ANSWER, REFUSAL

PROGRAM = pathlib.Path(__file__).with_name("openllmetry_program.py")
CALL = {"name": "openai.chat", "type": "llm", "model": ANSWERING, "provider": "openai"}


@pytest.fixture
def ask(server, project, scripted_model):
    """Runs the program to its end with one question."""

    def run(question: str) -> None:
        url = f"{server.api_url}/v1/private/otel/v1/traces"
        program = [sys.executable, str(PROGRAM), url, project, scripted_model.base_url, question]
        ended = subprocess.run(program, capture_output=True, text=True, timeout=120, check=False)
        assert ended.returncode == 0, ended.stderr

    return run


def only_call(api, project: str) -> dict:
    """The one call of the trace, once its tree is what it must be."""
    seen = recorded(api, project)
    usage = seen.trace["usage"]
    assert (counts(usage), usage["cache_read_input_tokens"]) == (COUNTS, 200)
    spans = [CALL | {"usage": usage}]
    assert seen.tree == {"name": "openai.chat", "usage": usage, "providers": ["openai"], "spans": spans}
    assert seen.cost == COST
    return seen.spans["openai.chat"]


def said(message: dict) -> tuple[str, list[dict]]:
    return message["role"], message["parts"]


def text(content: str) -> dict:
    return {"type": "text", "content": content}


def test_a_call_becomes_a_trace(api, project, ask):
    ask("plainly")
    span = only_call(api, project)
    assert set(span["input"]) == {"gen_ai.input.messages"}
    told, asked = map(said, span["input"]["gen_ai.input.messages"])
    assert (told, asked) == tuple((message["role"], [text(message["content"])]) for message in QUESTION)
    [answer] = span["output"]["gen_ai.output.messages"]
    assert (said(answer), answer["finish_reason"]) == (("assistant", [text(ANSWER)]), "stop")
    metadata = span["metadata"]
    assert (metadata["gen_ai.request.temperature"], metadata["gen_ai.operation.name"]) == (0.5, "chat")
    assert metadata["integration"] == "opentelemetry.instrumentation.openai.v1"


def test_a_stream_is_put_together(api, project, ask):
    ask("in_a_stream")
    span = only_call(api, project)
    assert said(span["output"]["gen_ai.output.messages"][0]) == ("assistant", [text(ANSWER)])
    assert {event["name"] for event in span["metadata"]["opentelemetry.events"]} == {"gen_ai.content.completion.chunk"}


def test_a_call_of_a_tool_is_seen(api, project, ask):
    ask("with_a_tool")
    span = only_call(api, project)
    [message] = span["output"]["gen_ai.output.messages"]
    call = {"type": "tool_call", "id": "call_1", "name": "weather", "arguments": {"city": "Bern"}}
    assert (message["parts"], message["finish_reason"]) == ([call], "tool_call")
    assert span["metadata"]["gen_ai.tool.definitions"][0]["name"] == "weather"


def test_a_refusal_is_kept_as_the_error(api, project, ask):
    ask("in_vain")
    seen = recorded(api, project)
    failed = CALL | {"model": MODEL, "error": "openai.BadRequestError"}
    assert seen.tree == {
        "name": "openai.chat",
        "providers": ["openai"],
        "error": "openai.BadRequestError",
        "spans": [failed],
    }
    assert REFUSAL in seen.trace["error_info"]["message"]
    assert seen.spans["openai.chat"]["metadata"]["error.type"] == "BadRequestError"


def test_a_vector_is_counted(api, project, ask):
    ask("for_a_vector")
    [span] = recorded(api, project).tree["spans"]
    assert (span["name"], span["type"], span["model"]) == ("openai.embeddings", "llm", "text-embedding-3-small")
    assert span["usage"]["total_tokens"] == 3
