"""Alerts: a team is told of what happens and of what goes wrong, once, also if the server ends in between."""

import datetime
import json
import os

import opik
import pytest
from opik.rest_api.core.api_error import ApiError
from opik.rest_api.types import AlertTriggerConfigWrite, AlertTriggerWrite, WebhookWrite

from api import UNKNOWN_ID, Api, eventually, new_id, span_row, trace_row
from receiver import Receiver

MASK = "**********"


@pytest.fixture
def receiver():
    serving = Receiver()
    yield serving
    serving.close()


def start(server) -> None:
    """What sets an alert off is gathered for a second rather than a minute."""
    server.start(env={**os.environ, "CAIRN_ALERT_SECONDS": "1"})


@pytest.fixture
def quick(own_server):
    start(own_server)
    with Api(own_server.root_url) as api:
        yield api
    assert own_server.stop() == 0


@pytest.fixture
def quick_client(quick, own_server, project):
    made = opik.Opik(project_name=project, host=own_server.api_url, batching=False)
    yield made
    made.end()


def alerts(client):
    return client.rest_client.alerts


def threshold(kind: str, value: str, window: str = "300", **more) -> AlertTriggerConfigWrite:
    return AlertTriggerConfigWrite(type=f"threshold:{kind}", config_value={"threshold": value, "window": window, **more})


def about(url: str, *event_types: str, **fields) -> dict:
    triggers = [{"event_type": event_type} for event_type in event_types]
    return {"name": "on call", "webhook": {"url": url}, "triggers": triggers, **fields}


def made(api, body: dict) -> str:
    response = api.send("POST", "alerts", body)
    assert response.status_code == 201, response.text
    return response.headers["location"].rsplit("/", 1)[1]


def of_id(api, id: str) -> dict:
    return api.get(f"alerts/{id}")


def now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat().replace("+00:00", "Z")


def failed_trace(project: str, **fields) -> dict:
    error = {"exception_type": "ValueError", "message": "no", "traceback": "no"}
    return trace_row(project, error_info=error, **{"start_time": now(), **fields})


# Through the SDK.


def test_an_alert_is_made_found_replaced_and_deleted_and_its_secret_is_never_shown(direct_client, api, project_id):
    id = new_id()
    alerts(direct_client).create_alert(
        id=id,
        name="too dear",
        alert_type="slack",
        metadata={"team": "shop"},
        webhook=WebhookWrite(url="https://hooks.example.com/x", name="shop", secret_token="open sesame", headers={"X-Team": "shop"}),
        triggers=[
            AlertTriggerWrite(event_type="trace:cost", trigger_configs=[threshold("cost", "10.5")]),
            AlertTriggerWrite(event_type="prompt:created"),
        ],
        project_id=project_id,
    )
    found = alerts(direct_client).get_alert_by_id(id)
    assert (found.name, found.enabled, found.alert_type, found.project_id) == ("too dear", True, "slack", project_id)
    assert (found.webhook.url, found.webhook.name, found.webhook.secret_token) == ("https://hooks.example.com/x", "shop", MASK)
    assert (found.webhook.headers, found.metadata) == ({"X-Team": "shop"}, {"team": "shop"})
    assert [trigger.event_type for trigger in found.triggers] == ["trace:cost", "prompt:created"]
    [config] = found.triggers[0].trigger_configs
    assert (config.type, config.config_value) == ("threshold:cost", {"threshold": "10.5", "window": "300"})
    assert (config.alert_trigger_id, found.triggers[0].alert_id) == (found.triggers[0].id, id)
    alerts(direct_client).update_alert(
        id, name="renamed", enabled=False, webhook=WebhookWrite(url="https://hooks.example.com/y", secret_token=MASK)
    )
    found = alerts(direct_client).get_alert_by_id(id)
    assert (found.name, found.enabled, found.alert_type, found.triggers) == ("renamed", False, "general", [])
    assert (found.webhook.secret_token, found.project_id) == (MASK, None)
    elsewhere = {"name": "renamed", "webhook": {"url": "https://elsewhere.example/y", "secret_token": MASK}}
    for refused in (api.send("PUT", f"alerts/{id}", elsewhere), api.send("POST", "alerts/webhooks/tests", {"id": id, **elsewhere})):
        assert refused.status_code == 422, refused.text
        assert "was given for https://hooks.example.com" in refused.text
    alerts(direct_client).update_alert(id, name="renamed", webhook=WebhookWrite(url="https://hooks.example.com/y"))
    assert alerts(direct_client).get_alert_by_id(id).webhook.secret_token is None, "what is put replaces all of it"
    with pytest.raises(ApiError) as refusal:
        alerts(direct_client).create_alert(id=id, name="again", webhook=WebhookWrite(url="https://example.com"))
    assert refusal.value.status_code == 409
    alerts(direct_client).delete_alert_batch(ids=[id])
    alerts(direct_client).delete_alert_batch(ids=[id])
    with pytest.raises(ApiError) as refusal:
        alerts(direct_client).get_alert_by_id(id)
    assert refusal.value.status_code == 404


def test_alerts_are_listed_filtered_sorted_and_paged(direct_client, api, project, project_id):
    for name in ("b", "a", "c"):
        made(api, about("https://example.com/x", name=f"{project} {name}", project_id=project_id))
    other = made(api, about("https://example.com/x", name=f"{project} elsewhere"))
    filters = json.dumps([{"field": "name", "operator": "contains", "value": project.upper()}])
    page = alerts(direct_client).find_alerts(filters=filters, size=2)
    assert (page.page, page.size, page.total, page.content[0].id) == (1, 2, 4, other)
    sorting = json.dumps([{"field": "name", "direction": "ASC"}])
    names = [alert.name[-1] for alert in alerts(direct_client).find_alerts(filters=filters, sorting=sorting).content]
    assert names == ["a", "b", "c", "e"]
    assert "webhook_url" in page.sortable_by
    own = direct_client.rest_client.projects.find_alerts_by_project(project_id)
    assert (own.total, {alert.project_id for alert in own.content}) == (3, {project_id})


def test_an_example_of_every_message_is_shown(direct_client):
    examples = alerts(direct_client).get_webhook_examples().response_examples
    assert len(examples) == 10
    payload = examples["trace:errors"]["payload"]
    assert (payload["aggregationType"], payload["eventType"]) == ("consolidated", "trace:errors")
    assert payload["metadata"][0]["event_type"] == "TRACE_ERRORS"
    assert "blocks" in alerts(direct_client).get_webhook_examples(alert_type="slack").response_examples["prompt:created"]
    pager = alerts(direct_client).get_webhook_examples(alert_type="pagerduty").response_examples["prompt:created"]
    assert pager["event_action"] == "trigger"


def test_a_test_sends_one_message_and_says_how_it_was_taken(direct_client, receiver):
    tested = alerts(direct_client).test_webhook(
        name="on call",
        webhook=WebhookWrite(url=receiver.url, secret_token="open sesame", headers={"X-Team": "shop"}),
        triggers=[AlertTriggerWrite(event_type="prompt:deleted")],
    )
    assert (tested.status, tested.status_code, tested.error_message) == ("success", 200, None)
    [message] = receiver.received
    assert json.loads(tested.request_body) == message["body"]
    headers = message["headers"]
    assert (headers["authorization"], headers["x-team"]) == ("Bearer open sesame", "shop")
    assert (headers["user-agent"], headers["content-type"]) == ("Opik-Webhook/1.0", "application/json")
    assert message["body"]["event_type"] == "prompt:deleted"
    receiver.statuses = [500]
    failed = alerts(direct_client).test_webhook(name="on call", webhook=WebhookWrite(url=receiver.url))
    assert (failed.status, failed.status_code, failed.error_message) == ("failure", 500, "the receiver answered 500")
    receiver.statuses = [307]
    before = len(receiver.received)
    failed = alerts(direct_client).test_webhook(name="on call", webhook=WebhookWrite(url=receiver.url))
    assert (failed.status, failed.status_code) == ("failure", 307)
    assert len(receiver.received) == before + 1, "a redirect is not followed"


# Through plain HTTP.


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"name": " "}, 422, "name must not be blank"),
        ({"webhook": {"url": "ftp://example.com"}}, 422, "webhook.url must be an address"),
        ({"alert_type": "pagerduty"}, 422, "metadata.routing_key must not be blank"),
        ({"alert_type": "pigeon"}, 400, "pigeon"),
        ({"triggers": [{"event_type": "moon:full"}]}, 400, "moon:full"),
        ({"triggers": [{"event_type": "trace:errors"}]}, 422, "needs a threshold"),
        ({"project_id": UNKNOWN_ID}, 404, "Project not found"),
        ({"webhook": {"url": "https://example.com", "secret_token": MASK}}, 422, "give the secret itself"),
        (
            {
                "project_id": UNKNOWN_ID,
                "triggers": [
                    {
                        "event_type": "prompt:created",
                        "trigger_configs": [{"type": "scope:project", "config_value": {"project_ids": f'["{UNKNOWN_ID}"]'}}],
                    }
                ],
            },
            400,
            "exclude each other",
        ),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(api, change, status, said):
    id = new_id()
    response = api.send("POST", "alerts", {"id": id, **about("https://example.com/x"), **change})
    assert response.status_code == status, response.text
    assert said in response.text
    assert api.send("GET", f"alerts/{id}").status_code == 404


# Fired.


def test_what_happens_together_is_told_in_one_message(quick, quick_client, receiver, project):
    id = made(quick, about(receiver.url, "prompt:created", "prompt:deleted"))
    made(quick, about(receiver.url, "prompt:created", name="asleep", enabled=False))
    for name in ("one", "two"):
        quick_client.create_prompt(name=name, prompt="hello")
    [payload] = eventually("a message came", receiver.payloads)
    assert (payload["alertId"], payload["eventType"], payload["eventCount"]) == (id, "prompt:created", 2)
    assert [told["name"] for told in payload["metadata"]] == ["one", "two"]
    assert len(payload["eventIds"]) == 2
    assert payload["message"] == "Alert 'on call': 2 prompt:created events aggregated"
    prompt = payload["metadata"][0]["id"]
    assert quick.send("DELETE", f"prompts/{prompt}").status_code == 204
    told = eventually("the deletion is told", lambda: receiver.payloads()[1:])
    assert (told[0]["eventType"], told[0]["metadata"][0]["name"]) == ("prompt:deleted", "one")


def test_an_experiment_that_ends_and_a_guardrail_that_fails_are_told(quick, quick_client, receiver, project):
    made(quick, about(receiver.url, "experiment:finished", "trace:guardrails_triggered"))
    dataset = quick_client.create_dataset("questions")
    experiment = quick_client.create_experiment(dataset_name=dataset.name, name="first try")
    assert quick.send("POST", "experiments/finish", {"ids": [experiment.id]}).status_code == 204
    trace = trace_row(project)
    span = span_row(project, trace["id"], type="guardrail")
    quick.write("traces", trace)
    quick.write("spans", span)
    common = {"entity_id": trace["id"], "secondary_id": span["id"], "project_name": project, "config": {}, "details": {}}
    outcomes = [{**common, "name": "PII", "result": "failed"}, {**common, "name": "TOPIC", "result": "passed"}]
    assert quick.send("POST", "guardrails", {"guardrails": outcomes}).status_code == 204
    payloads = eventually("both are told", lambda: receiver.payloads() if len(receiver.payloads()) == 2 else None)
    told = {payload["eventType"]: payload["metadata"] for payload in payloads}
    assert [run["name"] for run in told["experiment:finished"]] == ["first try"]
    [check] = told["trace:guardrails_triggered"]
    assert (check["name"], check["entity_id"]) == ("PII", trace["id"])


def test_a_threshold_is_told_once_until_it_was_left(quick, receiver, project):
    quick.write("traces", failed_trace(project), trace_row(project, start_time=now()))
    errors = {"type": "threshold:errors", "config_value": {"threshold": "1", "window": "60"}}
    id = made(quick, about(receiver.url, triggers=[{"event_type": "trace:errors", "trigger_configs": [errors]}]))
    failing = [failed_trace(project), failed_trace(project)]
    quick.write("traces", *failing)
    [payload] = eventually("it is told", receiver.payloads)
    [metric] = payload["metadata"]
    assert (metric["event_type"], metric["metric_value"], metric["threshold"]) == ("TRACE_ERRORS", "3", "1")
    assert metric["window_seconds"] == 60
    quick.write("traces", failed_trace(project))
    assert quick.send("POST", "traces/delete", {"ids": [trace["id"] for trace in failing]}).status_code == 204
    log = 'query($id: ID!) { history(id: $id) { nodes { kind } } }'
    kinds = lambda: [  # noqa: E731
        node["kind"] for node in quick.root.post("/graphql", json={"query": log, "variables": {"id": id}}).json()["data"]["history"]["nodes"]
    ]
    still = quick.get("traces", project_name=project, size=100)["content"]
    quick.send("POST", "traces/delete", {"ids": [trace["id"] for trace in still if trace.get("error_info")]})
    eventually("it is calm again", lambda: "alert_calmed" in kinds())
    assert len(receiver.payloads()) == 1
    quick.write("traces", failed_trace(project), failed_trace(project))
    eventually("it is told anew", lambda: len(receiver.payloads()) == 2)


def test_scores_and_latencies_and_costs_have_thresholds_too(quick, receiver, project):
    score = {"type": "threshold:feedback_score", "config_value": {"name": "quality", "threshold": "0.5", "window": "300", "operator": "<"}}
    slow = {"type": "threshold:latency", "config_value": {"threshold": "1", "window": "300"}}
    dear = {"type": "threshold:cost", "config_value": {"threshold": "0.5", "window": "300"}}
    triggers = [
        {"event_type": "trace:feedback_score", "trigger_configs": [score]},
        {"event_type": "trace:latency", "trigger_configs": [slow]},
        {"event_type": "trace:cost", "trigger_configs": [dear]},
    ]
    made(quick, about(receiver.url, triggers=triggers))
    begun = datetime.datetime.now(datetime.UTC)
    ended = begun + datetime.timedelta(seconds=3)
    trace = trace_row(project, start_time=begun.isoformat(), end_time=ended.isoformat())
    quick.write("traces", trace)
    quick.write("spans", span_row(project, trace["id"], type="llm", start_time=begun.isoformat(), total_estimated_cost=0.75))
    score = {"name": "quality", "value": 0.25, "source": "sdk"}
    assert quick.send("PUT", f"traces/{trace['id']}/feedback-scores", score).status_code == 204
    payloads = eventually("all are told", lambda: receiver.payloads() if len(receiver.payloads()) == 3 else None)
    told = {payload["eventType"]: payload["metadata"][0] for payload in payloads}
    assert (told["trace:latency"]["metric_value"], told["trace:cost"]["metric_value"]) == ("3", "0.75")
    assert (told["trace:feedback_score"]["metric_value"], told["trace:feedback_score"]["operator"]) == ("0.25", "<")


def test_an_alert_of_a_project_hears_of_no_other(quick, quick_client, receiver, project):
    assert quick.send("POST", "projects", {"name": "quiet"}).status_code == 201
    quiet = quick.send("POST", "projects/retrieve", {"name": "quiet"}).json()["id"]
    made(quick, about(receiver.url, "prompt:created", project_id=quiet))
    scope = {"type": "scope:project", "config_value": {"project_ids": json.dumps([quiet])}}
    made(quick, about(receiver.url, triggers=[{"event_type": "prompt:created", "trigger_configs": [scope]}]))
    everywhere = made(quick, about(receiver.url, "prompt:created"))
    quick_client.create_prompt(name="one", prompt="hello")
    [payload] = eventually("a message came", receiver.payloads)
    assert payload["alertId"] == everywhere


# What may go wrong.


def test_a_receiver_that_fails_twice_gets_the_message_in_the_end(quick, quick_client, receiver):
    receiver.statuses = [500, 503]
    made(quick, about(receiver.url, "prompt:created"))
    quick_client.create_prompt(name="one", prompt="hello")
    eventually("it is taken", receiver.payloads)
    assert [message["status"] for message in receiver.received] == [500, 503, 200]
    assert len({message["body"]["id"] for message in receiver.received}) == 1, "it is one message"


def test_a_receiver_that_refuses_is_asked_once_and_the_failure_is_kept(quick, quick_client, receiver):
    receiver.statuses = [400]
    id = made(quick, about(receiver.url, "prompt:created"))
    quick_client.create_prompt(name="one", prompt="hello")
    query = "query($id: ID!) { alert(id: $id) { firings { nodes { delivery status error attempts } } } }"

    def settled() -> dict | None:
        answer = quick.root.post("/graphql", json={"query": query, "variables": {"id": id}}).json()
        [*firings] = answer["data"]["alert"]["firings"]["nodes"]
        return firings[0] if firings and firings[0]["delivery"] != "PENDING" else None

    firing = eventually("it is given up", settled)
    assert firing == {"delivery": "FAILED", "status": 400, "error": "the receiver answered 400", "attempts": 1}


def test_what_fired_is_delivered_after_a_kill_and_nothing_fires_twice(own_server, receiver, project):
    start(own_server)
    # Nobody listens there yet.
    receiver.statuses = [503] * 3
    with Api(own_server.root_url) as api:
        id = made(api, about(receiver.url, "prompt:created"))
        assert api.send("POST", "prompts", {"name": "one", "project_name": project, "template": "hello"}).status_code == 201
        eventually("it was tried", lambda: receiver.received)
    own_server.kill()
    tried = len(receiver.received)
    receiver.statuses = []
    start(own_server)
    [payload] = eventually("it is delivered", receiver.payloads)
    assert payload["alertId"] == id and len(receiver.received) == tried + 1
    assert len({message["body"]["id"] for message in receiver.received}) == 1, "it is the firing of before"
    query = "query($id: ID!) { alert(id: $id) { firings { totalCount nodes { delivery } } } }"
    with Api(own_server.root_url) as api:
        ask = lambda: api.root.post("/graphql", json={"query": query, "variables": {"id": id}}).json()["data"]["alert"]["firings"]  # noqa: E731
        eventually("that is recorded", lambda: ask()["nodes"][0]["delivery"] == "DELIVERED")
        assert ask()["totalCount"] == 1
    assert own_server.stop() == 0


def test_what_was_gathered_when_the_server_was_killed_is_told_by_the_next(own_server, receiver, project):
    own_server.start(env={**os.environ, "CAIRN_ALERT_SECONDS": "3600"})
    with Api(own_server.root_url) as api:
        made(api, about(receiver.url, "prompt:created"))
        assert api.send("POST", "prompts", {"name": "one", "project_name": project}).status_code == 201
    own_server.kill()
    start(own_server)
    [payload] = eventually("it is told", receiver.payloads)
    assert [told["name"] for told in payload["metadata"]] == ["one"]
    assert own_server.stop() == 0
