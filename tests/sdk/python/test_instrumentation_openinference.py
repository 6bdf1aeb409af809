"""A program whose OpenAI client is instrumented by OpenInference exports its spans here."""

import pytest
from openinference.instrumentation import using_attributes
from openinference.instrumentation.openai import OpenAIInstrumentor

from golden import recorded
from instrumented import ANSWERING, COST, COUNTS, MODEL, QUESTION, asking, exporting
from scripted_model import ANSWER, REFUSAL, TOOL_ARGUMENTS, VECTOR

USAGE = COUNTS | {
    "cache_read_input_tokens": 200,
    "prompt_details.audio": 0,
    "completion_details.audio": 0,
    "completion_details.reasoning": 0,
}
CALL = {"name": "ChatCompletion", "type": "llm", "model": ANSWERING, "provider": "openai", "usage": USAGE}
TREE = {"name": "ChatCompletion", "usage": USAGE, "providers": ["openai"], "spans": [CALL]}


@pytest.fixture
def program(server, project, scripted_model):
    instrumentor = OpenAIInstrumentor()
    instrumentor.instrument(tracer_provider=exporting(server, project))
    yield asking(scripted_model)
    instrumentor.uninstrument()


def test_a_call_becomes_a_trace(api, project, program):
    program.plainly()
    seen = recorded(api, project)
    assert (seen.tree, seen.cost) == (TREE, COST)
    span = seen.spans["ChatCompletion"]
    assert span["input"]["input.value"] == {"model": MODEL, "messages": QUESTION, "temperature": 0.5}
    assert span["input"]["llm.input_messages.1.message.content"] == QUESTION[1]["content"]
    assert span["output"]["output.value"]["choices"][0]["message"]["content"] == ANSWER
    assert span["output"]["llm.output_messages.0.message.content"] == ANSWER
    assert span["metadata"]["openinference.span.kind"] == "LLM"
    assert span["metadata"]["integration"] == "openinference.instrumentation.openai"


def test_session_user_tags_and_metadata_find_their_place(api, project, program):
    more = {"session_id": "talk-1", "user_id": "u-1", "tags": ["shop"], "metadata": {"plan": "pro"}}
    with using_attributes(**more):
        program.plainly()
    seen = recorded(api, project)
    assert (seen.trace["thread_id"], seen.trace["tags"]) == ("talk-1", ["shop"])
    metadata = seen.spans["ChatCompletion"]["metadata"]
    assert (metadata["user.id"], metadata["metadata"]) == ("u-1", {"plan": "pro"})


def test_a_stream_is_put_together(api, project, program):
    assert program.in_a_stream() == ANSWER
    seen = recorded(api, project)
    assert seen.tree == TREE
    assert seen.spans["ChatCompletion"]["output"]["llm.output_messages.0.message.content"] == ANSWER


def test_a_call_of_a_tool_is_seen(api, project, program):
    program.with_a_tool()
    seen = recorded(api, project)
    assert seen.tree == TREE
    [call] = seen.spans["ChatCompletion"]["output"]["output.value"]["choices"][0]["message"]["tool_calls"]
    assert call["function"] == {"name": "weather", "arguments": TOOL_ARGUMENTS}


def test_a_refusal_is_kept_as_the_error(api, project, program):
    program.in_vain()
    seen = recorded(api, project)
    failed = {"name": "ChatCompletion", "type": "llm", "provider": "openai", "error": "openai.BadRequestError"}
    assert seen.tree == {
        "name": "ChatCompletion",
        "providers": ["openai"],
        "error": "openai.BadRequestError",
        "spans": [failed],
    }
    assert REFUSAL in seen.trace["error_info"]["message"]


def test_a_vector_is_an_output(api, project, program):
    program.for_a_vector()
    seen = recorded(api, project)
    [span] = seen.tree["spans"]
    assert span == {
        "name": "CreateEmbeddings",
        "type": "llm",
        "model": "text-embedding-3-small",
        "provider": "openai",
        "usage": {"prompt_tokens": 3, "total_tokens": 3},
    }
    [row] = seen.spans["CreateEmbeddings"]["output"]["output.value"]["data"]
    assert row["embedding"] == VECTOR
