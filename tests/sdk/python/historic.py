"""What happened to things, as GraphQL tells it, and how it is taken back.

No expectation about answers lives here.
"""

import json

HISTORY = """
query ($id: ID!, $first: Int, $after: String) {
  history(id: $id, first: $first, after: $after) {
    totalCount isComplete
    pageInfo { hasNextPage hasPreviousPage }
    edges {
      cursor
      node {
        position time principal request kind fieldsOmitted undoes isUndone
        fields { field before after isShortened }
      }
    }
  }
}
"""


def ask(api, query: str, **variables):
    answer = graphql(api, query, **variables)
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


def graphql(api, query: str, **variables) -> dict:
    response = api.root.post("/graphql", json={"query": query, "variables": variables})
    assert response.status_code == 200, response.text
    return response.json()


def refusal(api, query: str, **variables) -> str:
    [error] = graphql(api, query, **variables)["errors"]
    hint = error.get("extensions", {}).get("hint")
    return error["message"] + (f": {hint}" if hint else "")


def history(api, id: str, **page) -> list[dict]:
    found = ask(api, HISTORY, id=id, **page)["history"]
    return [edge["node"] for edge in found["edges"]]


def changes(change: dict) -> dict:
    """Field to what it was and what it became."""
    value = lambda text: None if text is None else json.loads(text)  # noqa: E731
    return {field["field"]: (value(field["before"]), value(field["after"])) for field in change["fields"]}


def said(api, id: str) -> dict:
    """Field to what it was and became last."""
    return {field: value for change in reversed(history(api, id)) for field, value in changes(change).items()}


UNDO = "mutation ($position: Position!) { undo(position: $position) }"
UNDO_REQUEST = "mutation ($request: ID!) { undoRequest(request: $request) }"
RESTORE = "mutation ($id: ID!) { restore(id: $id) }"
TRASH = """
query ($kind: TrashedKind, $first: Int, $after: String) {
  trash(kind: $kind, first: $first, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { id kind name projectId deletedAt deletedBy position }
  }
}
"""


def undo(api, change: dict) -> str:
    return ask(api, UNDO, position=change["position"])["undo"]


def restore(api, id: str) -> str:
    return ask(api, RESTORE, id=id)["restore"]


def trash(api, **page) -> list[dict]:
    return ask(api, TRASH, **page)["trash"]["nodes"]
