"""An agent of Pydantic AI, with the instrumentation that is made for Logfire, exports its spans here."""

import pytest
from pydantic_ai import Agent, InstrumentationSettings
from pydantic_ai.capabilities.instrumentation import Instrumentation
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from golden import recorded
from instrumented import ANSWERING, COST, COUNTS, MODEL, exporting
from scripted_model import ANSWER, REFUSAL

USAGE = COUNTS | {
    "cache_read_input_tokens": 200,
    "details.cache_read_tokens": 200,
    "details.audio_tokens": 0,
    "details.reasoning_tokens": 0,
}
CALL = {"name": f"chat {MODEL}", "type": "llm", "model": ANSWERING, "provider": "openai", "usage": USAGE}

# The names of the spans and of the attributes changed between the versions of its format; both are in use.
VERSIONS = {
    2: ("agent run", "running tool", "tool_arguments", "tool_response"),
    5: ("invoke_agent guide", "execute_tool weather", "gen_ai.tool.call.arguments", "gen_ai.tool.call.result"),
}


@pytest.fixture
def agent(server, project, scripted_model):
    """Makes an agent with a tool, which reports in the given version of the format."""

    def make(version: int) -> Agent:
        provider = OpenAIProvider(base_url=scripted_model.base_url, api_key="none")
        settings = InstrumentationSettings(tracer_provider=exporting(server, project), version=version)
        guide = Agent(
            OpenAIChatModel(MODEL, provider=provider),
            name="guide",
            instructions="be brief",
            capabilities=[Instrumentation(settings)],
        )

        @guide.tool_plain
        def weather(city: str) -> str:
            return f"sunny in {city}"

        return guide

    return make


@pytest.mark.parametrize("version", VERSIONS)
def test_a_run_becomes_a_tree(api, project, agent, version):
    assert agent(version).run_sync("what is the weather?", conversation_id="talk-1").output == ANSWER
    run, tool, arguments, result = VERSIONS[version]
    seen = recorded(api, project)
    assert seen.tree == {
        "name": run,
        "thread_id": "talk-1",
        "usage": {name: 2 * count for name, count in USAGE.items()},
        "providers": ["openai"],
        "spans": [{"name": run, "type": "general", "spans": [CALL, {"name": tool, "type": "tool"}, CALL]}],
    }
    assert seen.cost == 2 * COST
    assert (seen.spans[tool]["input"][arguments], seen.spans[tool]["output"]) == (
        {"city": "Bern"},
        {result: "sunny in Bern"},
    )
    assert seen.trace["output"] == {"final_result": ANSWER}
    assert seen.trace["metadata"]["agent_name"] == "guide"

    call = seen.spans[f"chat {MODEL}"]
    assert set(call["input"]) == {"gen_ai.input.messages", "gen_ai.system_instructions"}
    assert call["input"]["gen_ai.input.messages"][0]["parts"] == [{"type": "text", "content": "what is the weather?"}]
    assert call["output"]["gen_ai.output.messages"][0]["parts"][0]["name"] == "weather"
    assert "gen_ai.aggregated_usage.input_tokens" in seen.trace["metadata"]


def test_a_refusal_is_kept_as_the_error(api, project, agent):
    with pytest.raises(ModelHTTPError, match=REFUSAL):
        agent(5).run_sync("fail")
    seen = recorded(api, project)
    kind = "pydantic_ai.exceptions.ModelHTTPError"
    assert (seen.tree["error"], seen.tree["spans"][0]["error"]) == (kind, kind)
    [call] = seen.tree["spans"][0]["spans"]
    assert (call["name"], call["error"]) == (f"chat {MODEL}", kind)
    assert REFUSAL in seen.trace["error_info"]["message"]
