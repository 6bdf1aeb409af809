"""A program calls models through LiteLLM, which has its own logger for Opik."""

import asyncio

import litellm
import opik
import pytest
from litellm.integrations.opik.opik import OpikLogger

from api import eventually
from golden import recorded
from instrumented import ANSWERING, COST, COUNTS, MODEL, QUESTION
from scripted_model import ANSWER

USAGE = COUNTS | {f"original_usage.{name}": count for name, count in COUNTS.items()}


@pytest.fixture
def ask(api, scripted_model, tracked, monkeypatch):
    """Asks through LiteLLM and waits until its logger has handed over the trace."""
    options = {"model": f"openai/{MODEL}", "api_base": scripted_model.base_url, "api_key": "none"}

    async def run(more: dict) -> str:
        monkeypatch.setattr(litellm, "callbacks", [OpikLogger(project_name=tracked)])
        answer = await litellm.acompletion(messages=QUESTION, **options, **more)
        if not more.get("stream"):
            text = answer.choices[0].message.content
        else:
            text = "".join([part.choices[0].delta.content or "" async for part in answer])

        def arrived() -> bool:
            opik.flush_tracker()
            return api.project_exists(tracked) and api.page("spans", tracked)["total"] == 1

        await asyncio.to_thread(eventually, "the trace of LiteLLM", arrived)
        return text

    return lambda **more: asyncio.run(run(more))


def test_a_call_becomes_a_trace(api, tracked, ask):
    assert ask(metadata={"opik": {"tags": ["shop"], "thread_id": "talk-1"}}) == ANSWER
    seen = recorded(api, tracked)
    [span] = seen.spans.values()
    assert seen.tree == {
        "name": "chat.completion",
        "thread_id": "talk-1",
        "tags": ["shop", "openai"],
        "usage": USAGE,
        "providers": ["openai"],
        "spans": [
            {
                "name": f"{ANSWERING}_chat.completion_1772600767",
                "type": "llm",
                "model": ANSWERING,
                "provider": "openai",
                "usage": USAGE,
                "tags": ["shop", "openai"],
            }
        ],
    }
    assert seen.cost == pytest.approx(COST)  # as LiteLLM itself names it, in floating point
    assert span["input"] == QUESTION
    assert span["output"]["choices"][0]["message"]["content"] == ANSWER
    assert span["metadata"]["created_from"] == "litellm"


def test_a_stream_is_put_together(api, tracked, ask):
    assert ask(stream=True, stream_options={"include_usage": True}) == ANSWER
    seen = recorded(api, tracked)
    [span] = seen.spans.values()
    assert (seen.tree["name"], seen.tree["usage"], seen.tree["providers"]) == ("chat.completion", USAGE, ["openai"])
    assert (span["type"], span["model"], span["provider"], span["usage"]) == ("llm", MODEL, "openai", USAGE)
    assert span["output"]["choices"][0]["message"]["content"] == ANSWER
