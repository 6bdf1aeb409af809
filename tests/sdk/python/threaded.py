"""Conversations as tests write them and look for them."""

import json

from api import trace_row


def at(second: int) -> str:
    return f"2026-03-04T05:{second // 60:02}:{second % 60:02}Z"


def said(project: str, thread: str, second: int, **fields) -> dict:
    """A trace of a thread that begins at a second and takes one."""
    times = {"start_time": at(second), "end_time": at(second + 1)}
    texts = {"input": {"text": f"question {second}"}, "output": {"text": f"answer {second}"}}
    return trace_row(project, thread_id=thread, **{**times, **texts, **fields})


def retrieve(api, project: str, thread: str, **fields) -> dict:
    response = api.send("POST", "traces/threads/retrieve", {"project_name": project, "thread_id": thread, **fields})
    assert response.status_code == 200, response.text
    return response.json()


def is_there(api, project: str, thread: str) -> bool:
    body = {"project_name": project, "thread_id": thread}
    return api.send("POST", "traces/threads/retrieve", body).status_code == 200


def close(api, project: str, *threads: str) -> None:
    body = {"project_name": project, "thread_ids": list(threads)}
    assert api.send("PUT", "traces/threads/close", body).status_code == 204


def names(api, project: str, **params) -> list[str]:
    return [row["id"] for row in api.page("traces/threads", project, size=1000, **params)["content"]]


def filtered(api, project: str, *filters: dict, **params) -> list[str]:
    return names(api, project, filters=json.dumps(filters), **params)
