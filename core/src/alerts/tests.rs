use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::messages::{Message, example};
use super::state::{Occurrence, State};
use super::*;
use crate::command::tests::context;
use crate::event::Recorded;
use crate::ids::WorkspaceId;
use crate::limits::ALERT_OCCURRENCES_MAX;

const SHOP: ProjectId = ProjectId::known(Uuid::from_u128(1));
const OFFICE: ProjectId = ProjectId::known(Uuid::from_u128(2));

fn entries(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
    entries.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn config(kind: ConfigKind, value: &[(&str, &str)], group: Option<i32>) -> Config {
    Config { id: Uuid::nil(), kind, value: entries(value), group }
}

fn trigger(event_type: EventType, configs: Vec<Config>) -> Trigger {
    Trigger { id: Uuid::nil(), event_type, configs }
}

fn errors(bound: &str) -> Trigger {
    let value = [("threshold", bound), ("window", "300")];
    trigger(EventType::TraceErrors, vec![config(ConfigKind::Errors, &value, None)])
}

fn scope(projects: &[ProjectId]) -> Config {
    let ids: Vec<String> = projects.iter().map(|id| format!("\"{id}\"")).collect();
    config(ConfigKind::Projects, &[("project_ids", &format!("[{}]", ids.join(",")))], None)
}

fn definition(triggers: Vec<Trigger>) -> Definition {
    Definition {
        name: "on call".to_owned(),
        enabled: true,
        destination: Destination::General,
        metadata: BTreeMap::new(),
        webhook: Webhook {
            id: Uuid::nil(),
            name: None,
            url: "https://example.com/hook".to_owned(),
            secret: None,
            headers: BTreeMap::new(),
        },
        triggers,
        project_id: None,
    }
}

fn create(definition: Definition) -> Command {
    Command::Create { id: None, definition: Box::new(definition) }
}

fn after(state: &mut State, command: Command) -> Result<AlertId, String> {
    let mut id = AlertId::known(Uuid::nil());
    let decided = state.decide(command, |project| project == SHOP, &mut context());
    for event in decided.map_err(|refusal| refusal.to_string())? {
        id = event.alert_id();
        state.evolve(&Recorded::for_test(event));
    }
    Ok(id)
}

fn worked(state: &mut State, work: Work) -> Option<Event> {
    let event = state.work(work, &mut context())?;
    state.evolve(&Recorded::for_test(event.clone()));
    Some(event)
}

fn happened(position: u64, project: ProjectId, name: &str) -> Occurrence {
    Occurrence {
        position: Position(position),
        time: Timestamp::from_millis(1_000),
        principal: "ann".to_owned(),
        project_id: Some(project),
        id: Uuid::from_u128(u128::from(position)),
        name: name.to_owned(),
        detail: None,
    }
}

fn nothing() -> Json {
    Json::from_value(&json!([]))
}

fn tell(alert_id: AlertId, through: u64) -> Work {
    let event_type = EventType::PromptCreated;
    Work::Tell { alert_id, event_type, through: Position(through), metadata: nothing() }
}

/// Why an alert is refused that is changed so.
fn refusal(change: impl FnOnce(&mut Definition)) -> String {
    let mut definition = definition(vec![errors("3")]);
    change(&mut definition);
    create(definition).check().unwrap_err().to_string()
}

#[track_caller]
fn begins(told: String, start: &str) {
    assert!(told.starts_with(start), "{told}, not {start}");
}

#[test]
fn what_an_alert_cannot_be_is_told() {
    assert_eq!(create(definition(vec![errors("3")])).check(), Ok(()));
    begins(refusal(|it| it.name = " ".to_owned()), "name must not be blank");
    begins(refusal(|it| it.name = "n".repeat(256)), "name size must be between 0 and 255");
    begins(refusal(|it| it.destination = Destination::PagerDuty), "metadata.routing_key must not be blank");
    for url in ["ftp://example.com", "https:///path", "https://example.com/a b", "http://:80"] {
        begins(refusal(|it| it.webhook.url = url.to_owned()), "webhook.url must be an address");
    }
    for (header, start) in [
        (("a b", "1"), "webhook.headers: `a b` is no name of a header"),
        (("Host", "x"), "webhook.headers: `Host` is set by the server"),
        (("X", "a\nb"), "webhook.headers: the value of `X`"),
    ] {
        begins(refusal(|it| it.webhook.headers = entries(&[header])), start);
    }
    let secret = "s".repeat(251);
    begins(
        refusal(|it| it.webhook.secret = Some(secret)),
        "webhook.secret_token size must be between 0 and 250",
    );
    begins(
        refusal(|it| it.triggers.push(errors("4"))),
        "triggers[1].event_type `trace:errors` stands there twice",
    );
    begins(
        refusal(|it| it.triggers = vec![trigger(EventType::TraceCost, Vec::new())]),
        "triggers[0] needs a threshold",
    );
    begins(
        refusal(|it| it.triggers = vec![trigger(EventType::TraceCost, errors("3").configs)]),
        "triggers[0].trigger_configs[0].type `threshold:errors` does not fit",
    );
}

#[test]
fn what_a_condition_cannot_be_is_told() {
    let window = "config_value.window must be a whole number of seconds between 60 and";
    for (value, told) in [
        (
            &[("threshold", "many"), ("window", "300")][..],
            "config_value.threshold must be a number, it is `many`",
        ),
        (&[("threshold", "NaN"), ("window", "300")], "config_value.threshold must be a number, it is `NaN`"),
        (&[("threshold", "-1"), ("window", "300")], "config_value.threshold must not be negative"),
        (&[("threshold", "3"), ("window", "59")], window),
        (&[("threshold", "3"), ("window", "2592001")], window),
        (&[("threshold", "3")], "config_value.window must not be blank"),
        (
            &[("threshold", "3"), ("window", "300"), ("operator", "<")],
            "config_value.operator must be `>`, it is `<`",
        ),
    ] {
        let configs = vec![config(ConfigKind::Errors, value, None)];
        let refused = refusal(|it| it.triggers = vec![trigger(EventType::TraceErrors, configs)]);
        begins(refused, &format!("triggers[0].trigger_configs[0].{told}"));
    }
    begins(
        refusal(|it| {
            it.project_id = Some(SHOP);
            it.triggers = vec![trigger(EventType::PromptCreated, vec![scope(&[SHOP])])];
        }),
        "project_id and a trigger config of type `scope:project` exclude each other",
    );
    let configs = vec![config(ConfigKind::Projects, &[("project_ids", "shop")], None)];
    begins(
        refusal(|it| it.triggers = vec![trigger(EventType::PromptCreated, configs)]),
        "triggers[0].trigger_configs[0].config_value.project_ids must be a JSON array of ids",
    );
}

#[test]
fn a_masked_secret_stays_what_it_was() {
    let mut state = State::default();
    let mut secret = definition(Vec::new());
    secret.webhook.secret = Some("open sesame".to_owned());
    let id = after(&mut state, create(secret.clone())).unwrap();
    let mut masked = secret;
    masked.webhook.secret = Some(MASK.to_owned());
    masked.name = "renamed".to_owned();
    let another = Command::Create {
        id: Some(AlertId::known(Uuid::from_u128(2))),
        definition: Box::new(masked.clone()),
    };
    begins(after(&mut state, another).unwrap_err(), "webhook.secret_token is masked");
    after(&mut state, Command::Replace { id, definition: Box::new(masked) }).unwrap();
    let kept = &state.get(id).unwrap().definition;
    assert_eq!((kept.name.as_str(), kept.webhook.secret.as_deref()), ("renamed", Some("open sesame")));
    assert_eq!(kept.webhook.masked_secret(), Some(MASK));
    after(&mut state, Command::Replace { id, definition: Box::new(definition(Vec::new())) }).unwrap();
    assert_eq!(state.get(id).unwrap().definition.webhook.secret, None);
}

#[test]
fn a_secret_stays_with_the_receiver_that_it_was_given_for() {
    let mut known = definition(Vec::new());
    known.webhook.secret = Some("open sesame".to_owned());
    let moved = |url: &str| {
        let mut next = definition(Vec::new());
        next.webhook.secret = Some(MASK.to_owned());
        url.clone_into(&mut next.webhook.url);
        next.unmask(Some(&known)).map(|()| next.webhook.secret)
    };
    assert_eq!(moved("https://example.com/other?x=1").unwrap().as_deref(), Some("open sesame"));
    for elsewhere in [
        "https://elsewhere.example/hook",
        "http://example.com/hook",
        "https://example.com:8443/hook",
        "https://example.com@elsewhere.example/hook",
        "https://example.com\\@elsewhere.example/hook",
    ] {
        begins(moved(elsewhere).unwrap_err().to_string(), "webhook.secret_token is masked and was given for");
    }
}

#[test]
fn an_alert_of_a_project_that_is_not_there_is_refused_and_so_is_an_id_that_is_taken() {
    let mut state = State::default();
    let of = |project| Definition { project_id: Some(project), ..definition(Vec::new()) };
    assert_eq!(after(&mut state, create(of(OFFICE))), Err("Project not found".to_owned()));
    let id = after(&mut state, create(of(SHOP))).unwrap();
    let again = Command::Create { id: Some(id), definition: Box::new(definition(Vec::new())) };
    assert_eq!(after(&mut state, again), Err("Alert already exists".to_owned()));
    let gone =
        Command::Replace { id: AlertId::known(Uuid::nil()), definition: Box::new(definition(Vec::new())) };
    assert_eq!(after(&mut state, gone), Err("Alert not found".to_owned()));
}

#[test]
fn what_happens_waits_for_those_who_asked_for_it_until_it_is_told_once() {
    let mut state = State::default();
    let everywhere = definition(vec![trigger(EventType::PromptCreated, Vec::new())]);
    let shop = definition(vec![trigger(EventType::PromptCreated, vec![scope(&[SHOP])])]);
    let disabled = Definition { enabled: false, ..everywhere.clone() };
    // The test's context draws the same id for each.
    let ids = [everywhere, shop, disabled].map(|definition| {
        let id = AlertId::known(Uuid::from_u128(u128::from(u64::MAX) + state.all().count() as u128));
        after(&mut state, Command::Create { id: Some(id), definition: Box::new(definition) }).unwrap()
    });
    assert_eq!(state.notice(EventType::PromptCreated, &happened(1, SHOP, "a")), ids[..2]);
    assert_eq!(state.notice(EventType::PromptCreated, &happened(2, OFFICE, "b")), ids[..1]);
    assert!(state.notice(EventType::PromptDeleted, &happened(3, SHOP, "a")).is_empty());
    // More came since it was looked at.
    assert_eq!(worked(&mut state, tell(ids[0], 1)), None);
    let Some(Event::Fired(fired)) = worked(&mut state, tell(ids[0], 2)) else { panic!("it fires") };
    assert_eq!((fired.count, fired.users, fired.event_ids.len()), (2, vec!["ann".to_owned()], 2));
    assert_eq!(worked(&mut state, tell(ids[0], 2)), None);
    assert_eq!(state.waiting().map(|(id, ..)| id).collect::<Vec<_>>(), [ids[1]]);
    assert_eq!(state.pending().collect::<Vec<_>>(), [(fired.id, ids[0])]);
    let answer = Answer { status: Some(200), error: None, attempts: 1 };
    let settled = worked(&mut state, Work::Settle { id: fired.id, answer: answer.clone() });
    assert_eq!(settled, Some(Event::Answered { id: fired.id, alert_id: ids[0], answer: answer.clone() }));
    assert_eq!(worked(&mut state, Work::Settle { id: fired.id, answer }), None);
    // What nobody asks for any more is not told.
    after(&mut state, Command::Delete { ids: vec![ids[1]] }).unwrap();
    assert!(!state.is_watching());
}

#[test]
fn of_very_many_things_only_the_first_are_named() {
    let mut state = State::default();
    let id =
        after(&mut state, create(definition(vec![trigger(EventType::PromptCreated, Vec::new())]))).unwrap();
    for position in 1..=ALERT_OCCURRENCES_MAX as u64 + 5 {
        state.notice(EventType::PromptCreated, &happened(position, SHOP, "a"));
    }
    let (_, _, waiting) = state.waiting().next().unwrap();
    assert_eq!(waiting.count, ALERT_OCCURRENCES_MAX as u64 + 5);
    assert_eq!(waiting.occurrences.len(), ALERT_OCCURRENCES_MAX);
    assert!(worked(&mut state, tell(id, ALERT_OCCURRENCES_MAX as u64 + 5)).is_some());
}

#[test]
fn a_guardrail_counts_if_it_is_named_or_none_is() {
    let mut state = State::default();
    let named = vec![config(ConfigKind::Guardrail, &[("guardrail_type", "PII")], None)];
    after(&mut state, create(definition(vec![trigger(EventType::GuardrailsTriggered, named)]))).unwrap();
    assert!(state.notice(EventType::GuardrailsTriggered, &happened(1, SHOP, "TOPIC")).is_empty());
    assert_eq!(state.notice(EventType::GuardrailsTriggered, &happened(2, SHOP, "pii")).len(), 1);
}

#[test]
fn a_threshold_is_told_once_until_it_was_left() {
    let mut state = State::default();
    let alert_id = after(&mut state, create(definition(vec![errors("3")]))).unwrap();
    let event_type = EventType::TraceErrors;
    let cross = || Work::Cross { alert_id, event_type, metadata: nothing() };
    assert_eq!(worked(&mut state, Work::Calm { alert_id, event_type }), None);
    assert!(worked(&mut state, cross()).is_some());
    assert_eq!(worked(&mut state, cross()), None);
    assert!(worked(&mut state, Work::Calm { alert_id, event_type }).is_some());
    assert!(worked(&mut state, cross()).is_some());
}

#[test]
fn configs_of_a_group_hold_together_and_one_of_the_groups_is_enough() {
    let value = |bound| [("threshold", bound), ("window", "300")];
    let configs = vec![
        config(ConfigKind::Cost, &value("1"), Some(0)),
        config(ConfigKind::Cost, &value("2"), Some(0)),
        config(ConfigKind::Cost, &value("3"), None),
        config(ConfigKind::Cost, &value("4"), None),
    ];
    let groups = trigger(EventType::TraceCost, configs).groups();
    let bounds: Vec<Vec<f64>> =
        groups.iter().map(|group| group.iter().map(|threshold| threshold.bound).collect()).collect();
    assert_eq!(bounds, [vec![1.0, 2.0], vec![3.0], vec![4.0]]);
    let threshold = &groups[1][0];
    assert!(threshold.is_crossed(Some(3.1)));
    assert!(!threshold.is_crossed(Some(3.0)) && !threshold.is_crossed(None));
}

fn body(destination: Destination, event_type: EventType) -> Value {
    let definition = Definition {
        destination,
        metadata: entries(&[("routing_key", "R0")]),
        ..definition(vec![trigger(event_type, Vec::new())])
    };
    let message = Message {
        id: Uuid::from_u128(7),
        alert_id: AlertId::known(Uuid::from_u128(8)),
        definition: &definition,
        event_type,
        workspace_id: WorkspaceId::known(Uuid::from_u128(9)),
        workspace_name: "default",
        count: 2,
        event_ids: &[Uuid::from_u128(10)],
        users: &["ann".to_owned()],
        metadata: &example(event_type),
        created_at: Timestamp::from_millis(1_000),
    };
    message.body()
}

#[test]
fn the_envelope_is_in_snake_case_and_its_payload_in_camel_case() {
    let body = body(Destination::General, EventType::PromptCommitted);
    assert_eq!((&body["event_type"], &body["alert_name"]), (&json!("prompt:committed"), &json!("on call")));
    let payload = body["payload"].as_object().unwrap();
    let mut keys: Vec<&str> = payload.keys().map(String::as_str).collect();
    keys.sort_unstable();
    let expected = [
        "aggregationType",
        "alertId",
        "alertName",
        "eventCount",
        "eventIds",
        "eventType",
        "message",
        "metadata",
        "userNames",
    ];
    assert_eq!(keys, expected);
    assert_eq!(payload["message"], "Alert 'on call': 2 prompt:committed events aggregated");
    assert_eq!(payload["metadata"][0]["commit"], "abcd1234");
}

#[test]
fn slack_and_pager_duty_are_told_in_their_own_words() {
    let slack = body(Destination::Slack, EventType::TraceErrors);
    assert_eq!(slack["blocks"][0]["text"]["text"], "Trace errors");
    let told = "• trace:errors is 15 (&gt; 10) over 3600 seconds in Default Project";
    assert_eq!(slack["blocks"][2]["text"]["text"], told);
    let pager = body(Destination::PagerDuty, EventType::TraceScore);
    assert_eq!((&pager["routing_key"], &pager["event_action"]), (&json!("R0"), &json!("trigger")));
    assert_eq!(pager["dedup_key"], Uuid::from_u128(7).to_string());
    assert_eq!(pager["payload"]["custom_details"]["metadata"][0]["score_name"], "accuracy");
}
