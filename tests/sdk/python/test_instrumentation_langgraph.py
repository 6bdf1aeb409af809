"""A graph of LangGraph with models of LangChain, watched by Opik's tracer."""

import pytest
from langchain_core.messages import HumanMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from opik.integrations.langchain import OpikTracer

from golden import recorded
from instrumented import ANSWERING, COST, MODEL
from scripted_model import ANSWER, REFUSAL
from test_instrumentation_openai import USAGE

CALL = {"name": "ChatOpenAI", "type": "llm", "model": ANSWERING, "provider": "openai", "usage": USAGE}


@tool
def weather(city: str) -> str:
    """Tells the weather of a city."""
    return f"sunny in {city}"


@pytest.fixture
def chat(scripted_model) -> ChatOpenAI:
    return ChatOpenAI(model=MODEL, base_url=scripted_model.base_url, api_key="none", max_retries=0)


def test_a_call_becomes_a_trace(api, tracked, chat):
    tracer = OpikTracer(tags=["shop"], thread_id="talk-1")
    chat.invoke("what is the weather?", config={"callbacks": [tracer]})
    tracer.flush()
    seen = recorded(api, tracked)
    assert seen.tree == {
        "name": "ChatOpenAI",
        "thread_id": "talk-1",
        "tags": ["shop"],
        "usage": USAGE,
        "providers": ["openai"],
        "spans": [CALL | {"tags": ["shop"]}],
    }
    [[generation]] = seen.spans["ChatOpenAI"]["output"]["generations"]
    assert generation["text"] == ANSWER


def test_a_stream_is_put_together(api, tracked, chat):
    tracer = OpikTracer()
    parts = chat.stream("what is the weather?", config={"callbacks": [tracer]}, stream_usage=True)
    assert "".join(part.text for part in parts) == ANSWER
    tracer.flush()
    seen = recorded(api, tracked)
    [[generation]] = seen.spans["ChatOpenAI"]["output"]["generations"]
    assert generation["text"] == ANSWER
    assert seen.tree["usage"]["total_tokens"] == 1500


def test_a_graph_becomes_a_tree(api, tracked, chat):
    model = chat.bind_tools([weather])
    graph = StateGraph(MessagesState)
    graph.add_node("model", lambda state: {"messages": [model.invoke(state["messages"])]})
    graph.add_node("tools", ToolNode([weather]))
    graph.add_edge(START, "model")
    graph.add_conditional_edges("model", tools_condition, ["tools", END])
    graph.add_edge("tools", "model")
    app = graph.compile()
    tracer = OpikTracer(thread_id="talk-2", graph=app.get_graph(xray=True))
    said = app.invoke({"messages": [HumanMessage("what is the weather?")]}, config={"callbacks": [tracer]})
    tracer.flush()
    assert said["messages"][-1].content == ANSWER

    step = {"name": "model", "type": "general", "spans": [CALL, {"name": "tools_condition", "type": "general"}]}
    tools = {"name": "tools", "type": "general", "spans": [{"name": "weather", "type": "tool"}]}
    seen = recorded(api, tracked)
    assert seen.tree == {
        "name": "LangGraph",
        "thread_id": "talk-2",
        "usage": {name: 2 * count for name, count in USAGE.items()},
        "providers": ["openai"],
        "spans": [step, tools, step],
    }
    assert seen.cost == 2 * COST
    assert seen.spans["weather"]["input"] == {"city": "Bern"}
    assert seen.spans["weather"]["output"]["output"]["content"] == "sunny in Bern"
    assert seen.trace["has_tool_spans"]
    assert "mermaid" in str(seen.trace["metadata"]["_opik_graph_definition"])


def test_a_refusal_is_kept_as_the_error(api, tracked, chat):
    tracer = OpikTracer()
    with pytest.raises(Exception, match=REFUSAL):
        chat.invoke("fail", config={"callbacks": [tracer]})
    tracer.flush()
    seen = recorded(api, tracked)
    assert REFUSAL in seen.trace["error_info"]["traceback"]
    assert "error_info" in seen.spans["ChatOpenAI"]
