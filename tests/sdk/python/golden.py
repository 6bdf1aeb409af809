"""What was recorded of a run as one plain value, so that a test can hold the whole of it against what it must be.

Times and ids are not in it: the tree shows who called whom. Inputs and outputs are asked for by name.
"""

import dataclasses
import decimal
from typing import Any

from api import Api

SHOWN_OF_TRACE = ("name", "thread_id", "tags", "usage", "providers")
SHOWN_OF_SPAN = ("name", "type", "model", "provider", "usage", "tags")


@dataclasses.dataclass
class Recorded:
    """The one trace of a project and its spans by name; of spans with the same name the first is kept."""

    trace: dict
    spans: dict[str, dict]
    tree: dict
    spans_by_start: list[dict]

    @property
    def cost(self) -> float | None:
        """What the trace costs, once that is what its spans cost together."""
        spans = sum(decimal.Decimal(str(span.get("total_estimated_cost", 0))) for span in self.spans_by_start)
        cost = self.trace.get("total_estimated_cost")
        assert spans == decimal.Decimal(str(cost or 0))
        return cost


def recorded(api: Api, project: str) -> Recorded:
    [trace] = api.page("traces", project, size=10)["content"]
    spans = sorted(api.page("spans", project, size=1000)["content"], key=lambda span: (span["start_time"], span["id"]))
    assert trace["span_count"] == len(spans)
    assert {span["trace_id"] for span in spans} <= {trace["id"]}
    by_name: dict[str, dict] = {}
    for span in spans:
        by_name.setdefault(span["name"], span)
    tree = {**shown(trace, SHOWN_OF_TRACE), "spans": children_of(None, spans)}
    return Recorded(trace, by_name, tree, spans)


def children_of(parent: str | None, spans: list[dict]) -> list[dict]:
    rows = []
    for span in spans:
        if span.get("parent_span_id") == parent:
            inner = children_of(span["id"], spans)
            rows.append(shown(span, SHOWN_OF_SPAN) | ({"spans": inner} if inner else {}))
    return rows


def shown(entity: dict, fields: tuple[str, ...]) -> dict[str, Any]:
    row = {field: entity[field] for field in fields if entity.get(field) not in (None, {}, [])}
    if "error_info" in entity:
        row["error"] = entity["error_info"]["exception_type"]
    return row
