"""The program of a user: an agent with nested calls, tracked by the SDK. Its last word is told on the command line."""

import sys

import opik

project, word = sys.argv[1], sys.argv[2]
fails = "--fails" in sys.argv


@opik.track(type="tool")
def look_up(key: str) -> dict:
    if fails:
        raise LookupError(f"no {word} here")
    return {"found": f"The answer holds {word}"}


@opik.track(type="llm")
def answer(question: str) -> str:
    opik.update_current_span(
        model="gpt-4o-mini",
        provider="openai",
        usage={"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
    )
    return look_up(question)["found"]


@opik.track(name="agent", project_name=project)
def run(question: str) -> dict:
    return {"text": answer(question)}


try:
    run("what is it")
except LookupError:
    pass
sys.exit(0 if opik.get_global_client().flush() else 1)
