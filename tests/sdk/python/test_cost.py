"""What model calls cost: the user sends token counts as the vendor gave them, and sees what they were billed.

The expectations are computed here from the public price file itself, to the digit.
"""

import importlib.metadata
import itertools
import json
import pathlib
import subprocess
import sys
from decimal import Decimal

import opik
import pytest
from opik import opik_context

from api import START, Api, eventually, span_row, trace_row
from cairn_server import cairn

ROOT = pathlib.Path(__file__).resolve().parents[3]
TABLE = ROOT / "core" / "data" / "prices.txt"
LITELLM = importlib.metadata.distribution("litellm")
PRICES = json.loads(
    pathlib.Path(str(LITELLM.locate_file("litellm/model_prices_and_context_window_backup.json"))).read_text(),
    parse_float=Decimal,
)
VERSION = f"litellm-{LITELLM.version}"

OPENAI = {
    "prompt_tokens": 1_000,
    "completion_tokens": 200,
    "total_tokens": 1_200,
    "prompt_tokens_details": {"cached_tokens": 600, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 50},
}
ANTHROPIC = {"input_tokens": 100, "output_tokens": 20, "cache_read_input_tokens": 5_000, "cache_creation_input_tokens": 300}
BEDROCK = {"inputTokens": 100, "outputTokens": 20, "cacheReadInputTokens": 5_000, "cacheWriteInputTokens": 300}
GEMINI = {
    "prompt_token_count": 1_000,
    "candidates_token_count": 50,
    "thoughts_token_count": 30,
    "cached_content_token_count": 400,
    "total_token_count": 1_080,
}
CLAUDE_ON_BEDROCK = "us.anthropic.claude-sonnet-4-20250514-v1:0"


def bill(row: str, **tokens: int) -> float:
    """Tokens at the rates of one row of the public file."""
    return float(sum(PRICES[row][rate] * count for rate, count in tokens.items()))


FAMILIES = {
    "openai": (
        ("openai", "gpt-4o", OPENAI),
        bill("gpt-4o", input_cost_per_token=400, cache_read_input_token_cost=600, output_cost_per_token=200),
    ),
    "anthropic": (
        ("anthropic", "claude-sonnet-4-5", ANTHROPIC),
        bill(
            "claude-sonnet-4-5",
            input_cost_per_token=100,
            cache_read_input_token_cost=5_000,
            cache_creation_input_token_cost=300,
            output_cost_per_token=20,
        ),
    ),
    "bedrock": (
        ("bedrock", CLAUDE_ON_BEDROCK, BEDROCK),
        bill(
            CLAUDE_ON_BEDROCK,
            input_cost_per_token=100,
            cache_read_input_token_cost=5_000,
            cache_creation_input_token_cost=300,
            output_cost_per_token=20,
        ),
    ),
    "google_ai": (
        ("google_ai", "gemini-2.5-pro", GEMINI),
        bill("gemini/gemini-2.5-pro", input_cost_per_token=600, cache_read_input_token_cost=400, output_cost_per_token=80),
    ),
    "google_vertexai": (
        ("google_vertexai", "gemini-2.5-pro", GEMINI),
        bill("gemini-2.5-pro", input_cost_per_token=600, cache_read_input_token_cost=400, output_cost_per_token=80),
    ),
    "groq-like": (
        ("mistral", "mistral-large-latest", {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}),
        bill("mistral/mistral-large-latest", input_cost_per_token=10, output_cost_per_token=5),
    ),
}
GPT35 = bill("gpt-3.5-turbo", input_cost_per_token=1_000, output_cost_per_token=100)
USED = {"prompt_tokens": 1_000, "completion_tokens": 100, "total_tokens": 1_100}
CALL = {"model": "gpt-3.5-turbo", "provider": "openai", "usage": USED}


def costs(api, row: dict) -> tuple:
    """What the span costs, by which prices, and what its trace costs."""
    span = api.get(f"spans/{row['id']}")
    trace = api.get(f"traces/{row['trace_id']}")
    told = (span.get("total_estimated_cost"), span.get("total_estimated_cost_version"))
    return (*told, trace.get("total_estimated_cost"))


@pytest.fixture
def row(api, project) -> dict:
    """A span that is not written yet, in a trace that is."""
    trace = trace_row(project)
    api.write("traces", trace)
    return span_row(project, trace["id"], type="llm")


def test_the_table_is_what_the_pinned_package_says():
    made = [line for line in TABLE.read_text().splitlines() if line.startswith("# date ")]
    date = made[0].removeprefix("# date ")
    script = subprocess.run([sys.executable, ROOT / "ops/prices.py", "--date", date], capture_output=True, check=True)
    assert script.stdout.decode() == TABLE.read_text()


@pytest.mark.parametrize("family", FAMILIES)
def test_usage_as_a_vendor_gives_it_costs_what_the_vendor_bills(client, api, family):
    (provider, model, usage), expected = FAMILIES[family]
    trace = client.trace(name="chat")
    span = trace.span(name="call", type="llm", provider=provider, model=model, usage=usage)
    assert client.flush()
    seen = client.get_span_content(span.id)
    assert seen.total_estimated_cost == pytest.approx(expected, rel=1e-12)
    assert seen.total_estimated_cost_version == VERSION
    assert client.get_trace_content(trace.id).total_estimated_cost == seen.total_estimated_cost


def test_a_tracked_function_is_billed(tracked, api):
    @opik.track(type="llm")
    def chat(question):
        opik_context.update_current_span(provider="openai", model="gpt-3.5-turbo", usage=USED)
        return "an answer"

    @opik.track
    def agent(question):
        return chat(question) + chat(question)

    agent("what is a token?")
    opik.flush_tracker()
    [trace] = api.page("traces", tracked)["content"]
    assert trace["total_estimated_cost"] == pytest.approx(2 * GPT35)
    spans = api.page("spans", tracked, type="llm")["content"]
    assert [span["total_estimated_cost"] for span in spans] == [GPT35, GPT35]


def test_a_cost_that_the_client_names_is_believed(client, api):
    trace = client.trace(name="chat")
    named = trace.span(type="llm", **CALL, total_cost=0.5)
    later = trace.span(type="llm", **CALL)
    later.update(total_cost=0.25)
    assert client.flush()
    for id, cost in ((named.id, 0.5), (later.id, 0.25)):
        seen = api.get(f"spans/{id}")
        assert (seen["total_estimated_cost"], "total_estimated_cost_version" in seen) == (cost, False)
    assert api.get(f"traces/{trace.id}")["total_estimated_cost"] == 0.75


def test_a_named_cost_outlives_other_updates(api, row):
    api.write("spans", {**row, **CALL, "total_estimated_cost": 7.5})
    place = {"project_name": row["project_name"], "trace_id": row["trace_id"]}
    assert api.patch("spans", row["id"], **place, model="gpt-4o", usage={"prompt_tokens": 1}).status_code == 204
    assert costs(api, row) == (7.5, None, 7.5)


@pytest.mark.parametrize(
    "call",
    [
        {**CALL, "model": "nobodys-model"},
        {**CALL, "provider": "nobody"},
        {"model": CALL["model"], "usage": USED},
        {"provider": "openai", "usage": USED},
        {"provider": "openai", "model": CALL["model"]},
        {**CALL, "usage": {}},
        {**CALL, "usage": {"prompt_tokens": 0, "completion_tokens": 0}},
    ],
)
def test_what_has_no_price_has_no_cost_rather_than_none_to_pay(api, row, call):
    api.write("spans", {**row, **call})
    assert costs(api, row) == (None, None, None)


def test_cached_tokens_are_cheaper_and_counted_once(api, project):
    def cost(**cached) -> float:
        row = span_row(project, model="gpt-4o", provider="openai", usage={"prompt_tokens": 10_000, **cached})
        api.write("spans", row)
        return api.get(f"spans/{row['id']}")["total_estimated_cost"]

    all_fresh = cost()
    half = cost(**{"original_usage.prompt_tokens_details.cached_tokens": 5_000})
    all_cached = cost(**{"original_usage.prompt_tokens_details.cached_tokens": 10_000})
    assert 0 < all_cached < half < all_fresh
    assert half == pytest.approx((all_fresh + all_cached) / 2)
    assert cost(**{"original_usage.prompt_tokens_details.cached_tokens": 99_999}) == all_cached


@pytest.mark.parametrize(("tokens", "tier"), [(200_000, ""), (200_001, "_above_200k_tokens")])
def test_a_longer_prompt_is_billed_by_its_tier_from_the_first_token(api, row, tokens, tier):
    usage = {"prompt_tokens": tokens, "completion_tokens": 10}
    api.write("spans", {**row, "model": "gemini-2.5-pro", "provider": "gemini", "usage": usage})
    rates = PRICES["gemini/gemini-2.5-pro"]
    expected = rates[f"input_cost_per_token{tier}"] * tokens + rates[f"output_cost_per_token{tier}"] * 10
    assert costs(api, row)[0] == float(expected)


def test_metadata_tells_the_cost_of_what_has_no_price(api, row):
    told = {"cost": {"currency": "USD", "total_cost": 0.125}}
    api.write("spans", {**row, "model": "nobodys-model", "provider": "nobody", "usage": USED, "metadata": told})
    assert costs(api, row) == (0.125, "metadata", 0.125)
    place = {"project_name": row["project_name"], "trace_id": row["trace_id"]}
    assert api.patch("spans", row["id"], **place, model="gpt-3.5-turbo", provider="openai").status_code == 204
    assert costs(api, row) == (GPT35, VERSION, GPT35)


PARTS = {
    "create": lambda api, row: api.write("spans", {**row, "model": "gpt-3.5-turbo", "last_updated_at": START}),
    "provider": lambda api, row: api.patch("spans", row["id"], **place_of(row), provider="openai"),
    "usage": lambda api, row: api.patch("spans", row["id"], **place_of(row), usage=USED),
    "end": lambda api, row: api.patch("spans", row["id"], **place_of(row), end_time="2026-03-04T05:06:08Z", output={"a": 1}),
}


def place_of(row: dict) -> dict:
    return {"project_name": row["project_name"], "trace_id": row["trace_id"]}


@pytest.mark.parametrize("order", itertools.permutations(PARTS), ids="-".join)
def test_whichever_comes_last_the_cost_is_the_same(api, row, order):
    for part in order:
        PARTS[part](api, row)
    assert costs(api, row) == (GPT35, VERSION, GPT35)
    for part in order:
        PARTS[part](api, row)
    assert costs(api, row) == (GPT35, VERSION, GPT35)


def test_a_deleted_span_costs_its_trace_nothing(api, project, row):
    other = span_row(project, row["trace_id"], **CALL)
    api.write("spans", {**row, **CALL}, other)
    assert costs(api, row)[2] == pytest.approx(2 * GPT35)
    assert api.send("DELETE", f"spans/{other['id']}").status_code == 204
    assert costs(api, row)[2] == GPT35


def test_costs_stand_wherever_figures_are_shown(api, project):
    trace = trace_row(project)
    api.write("traces", trace)
    calls = [span_row(project, trace["id"], type="llm", **CALL) for _ in range(2)]
    api.write("spans", *calls)
    total = pytest.approx(2 * GPT35)
    stats = {stat["name"]: stat["value"] for stat in api.get("traces/stats", project_name=project)["stats"]}
    assert (stats["total_estimated_cost"], stats["total_estimated_cost_sum"]) == (total, total)
    stats = {stat["name"]: stat["value"] for stat in api.get("spans/stats", project_name=project)["stats"]}
    assert (stats["total_estimated_cost"], stats["total_estimated_cost_sum"]) == (pytest.approx(GPT35), total)
    [listed] = api.get("projects/stats", name=project)["content"]
    assert listed["total_estimated_cost_sum"] == total
    span = {"interval": "TOTAL", "interval_start": "2026-03-01T00:00:00Z", "interval_end": "2036-03-05T00:00:00Z"}
    project_id = api.get(f"traces/{trace['id']}")["project_id"]
    for metric, name in (("COST", "cost"), ("SPAN_COST", "span_cost")):
        found = api.send("POST", f"projects/{project_id}/metrics", {"metric_type": metric, **span}).json()
        assert [(series["name"], series["data"][0]["value"]) for series in found["results"]] == [(name, total)]
    cards = {"entity_type": "traces", "interval_start": span["interval_start"], "interval_end": span["interval_end"]}
    found = api.send("POST", f"projects/{project_id}/kpi-cards", cards).json()
    assert {card["type"]: card["current_value"] for card in found["stats"]}["total_cost"] == total
    rows = api.stream_rows("spans", project_name=project, filters=[cost_filter(">", "0")])
    assert {row["id"] for row in rows} == {row["id"] for row in calls}
    rows = api.stream_rows("spans", project_name=project, filters=[cost_filter(">", str(GPT35))])
    assert rows == []


def cost_filter(operator: str, value: str) -> dict:
    return {"field": "total_estimated_cost", "operator": operator, "value": value, "type": "number"}


OWN = "/api/v1/cairn/prices"


def put_prices(api, *prices: dict) -> None:
    response = api.root.put(OWN, json={"prices": list(prices)})
    assert response.status_code == 204, response.text


def own_model(project: str) -> str:
    return f"model-of-{project}".replace(".", "-").replace("[", "-").replace("]", "-").lower()


def test_an_own_price_holds_from_its_day_on(api, project):
    model = own_model(project)
    put_prices(
        api,
        {"provider": "home", "model": model, "input": 1, "output": 2},
        {"provider": "home", "model": model, "effective_from": "2026-03-01", "input": "0.5"},
        {"provider": "home", "model": model, "effective_from": "2030-01-01", "input": 9},
    )
    seen = []
    for start in ("2026-02-28T23:59:59Z", "2026-03-01T00:00:00Z", START):
        row = span_row(project, model=model.upper(), provider="Home", usage=USED) | {"start_time": start}
        api.write("spans", row)
        seen.append(api.get(f"spans/{row['id']}")["total_estimated_cost"])
    assert seen == [0.0012, 0.0005, 0.0005]
    mine = [price for price in api.root.get(OWN).json()["prices"] if price["model"] == model]
    assert [price.get("effective_from", "") for price in mine] == ["", "2026-03-01T00:00:00Z", "2030-01-01T00:00:00Z"]


def test_the_past_is_priced_anew_when_asked_and_its_history_stays(own_server, project):
    own_server.start()
    with Api(own_server.root_url) as api:
        trace = trace_row(project)
        api.write("traces", trace)
        old = span_row(project, trace["id"], **CALL) | {"start_time": "2025-01-01T00:00:00Z"}
        rows = [span_row(project, trace["id"], **CALL) for _ in range(1_200)]
        named = span_row(project, trace["id"], **CALL, total_estimated_cost=4)
        for some in (rows[:600], rows[600:]):
            api.write("spans", *some)
        api.write("spans", old, named)
        put_prices(api, {"provider": "openai", "model": "gpt-3.5-turbo", "input": 1, "output": 10})
        assert costs(api, rows[0])[0] == GPT35
        begun = api.root.post(f"{OWN}/repricings", json={"from": "2026-01-01"})
        assert begun.status_code == 202, begun.text

        def ended():
            [repricing] = api.root.get(f"{OWN}/repricings").json()["repricings"]
            return repricing if "ended_at" in repricing else None

        repricing = eventually("the re-pricing ends", ended)
        assert (repricing["id"], repricing["seen"], repricing["changed"]) == (begun.json()["id"], 1_201, 1_200)
        cost, version, total = costs(api, rows[0])
        assert (cost, version.startswith("own-")) == (0.002, True)
        assert total == pytest.approx(1_200 * 0.002 + GPT35 + 4)
        assert (costs(api, old)[:2], costs(api, named)[:2]) == ((GPT35, VERSION), (4, None))
        stats = {stat["name"]: stat["value"] for stat in api.get("spans/stats", project_name=project)["stats"]}
        assert stats["total_estimated_cost_sum"] == pytest.approx(total)
        answers = [api.get(f"spans/{row['id']}") for row in (rows[0], old, named)]
    assert own_server.stop() == 0
    folder = str(own_server.data)
    history = cairn("log", "--data", folder, "--entity", rows[0]["id"]).stdout
    told = [json.loads(line) for line in history.splitlines()]
    assert [(event["kind"], event["event"]["estimate"]["cost"]) for event in told] == [
        ("span_recorded", "0.00065"),
        ("span_repriced", "0.002"),
    ]
    assert cairn("rebuild", "--data", folder).returncode == 0
    own_server.start()
    with Api(own_server.root_url) as api:
        assert [api.get(f"spans/{row['id']}") for row in (rows[0], old, named)] == answers
