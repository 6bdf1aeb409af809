//! Alerts: of what people are told, where to, and what they were told.

pub(crate) mod changes;
mod firings;
mod input;

use std::collections::BTreeMap;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use cairn_core::access::{AlertRead, AlertWrite};
use cairn_core::alerts::conditions::{Metric, Threshold};
use cairn_core::alerts::{self, Command, MASK, Trigger, not_found};
use cairn_core::ids::{AlertId, Position, ProjectId};
use cairn_storage::index::{Cursor, SortValue};

use self::firings::AlertFiring;
use self::input::AlertInput;
use crate::connection::{Found, Order, Page, Sort, page_cost, page_size};
use crate::cursor;
use crate::error::{Problem, Result};
use crate::projects::Project;
use crate::scalars::{JsonText, Timestamp, uuid};
use crate::session::{Session, loader, session};

/// Who understands the message.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "alerts::Destination")]
pub(crate) enum AlertDestination {
    General,
    Slack,
    PagerDuty,
}

/// What sets an alert off.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "alerts::EventType")]
pub(crate) enum AlertEventType {
    /// How many traces failed.
    TraceErrors,
    /// What all traces cost, in dollars.
    TraceCost,
    /// How long a trace takes on average, in seconds.
    TraceLatency,
    /// The average of a score of traces.
    TraceScore,
    /// The average of a score of threads.
    ThreadScore,
    GuardrailsTriggered,
    PromptCreated,
    PromptCommitted,
    PromptDeleted,
    ExperimentFinished,
}

#[derive(SimpleObject)]
pub(crate) struct AlertEntry {
    key: String,
    value: String,
}

/// It is set off in one of the projects, by one of the guardrails, if any of the groups holds as a whole.
#[derive(SimpleObject)]
pub(crate) struct AlertTrigger {
    event_type: AlertEventType,
    /// Empty for all that the alert is about.
    project_ids: Vec<ID>,
    /// Empty for all.
    guardrails: Vec<String>,
    groups: Vec<AlertGroup>,
}

/// Thresholds that must be crossed together.
#[derive(SimpleObject)]
pub(crate) struct AlertGroup {
    thresholds: Vec<AlertThreshold>,
}

#[derive(SimpleObject)]
pub(crate) struct AlertThreshold {
    /// Of scores.
    score_name: Option<String>,
    bound: f64,
    window_seconds: u64,
    is_below: bool,
}

impl From<Threshold> for AlertThreshold {
    fn from(threshold: Threshold) -> Self {
        let score_name = match threshold.metric {
            Metric::Score(name) => Some(name),
            Metric::Errors | Metric::Cost | Metric::Latency => None,
        };
        Self {
            score_name,
            bound: threshold.bound,
            window_seconds: threshold.window_seconds,
            is_below: threshold.is_below,
        }
    }
}

impl From<&Trigger> for AlertTrigger {
    fn from(trigger: &Trigger) -> Self {
        let groups = trigger.groups().into_iter();
        Self {
            event_type: trigger.event_type.into(),
            project_ids: trigger.projects().unwrap_or_default().into_iter().map(ID::from).collect(),
            guardrails: trigger.guardrails().map(str::to_owned).collect(),
            groups: groups
                .map(|group| AlertGroup { thresholds: group.into_iter().map(AlertThreshold::from).collect() })
                .collect(),
        }
    }
}

pub(crate) struct Alert(pub(crate) alerts::Alert);

#[Object]
impl Alert {
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    async fn name(&self) -> &str {
        &self.0.definition.name
    }

    async fn is_enabled(&self) -> bool {
        self.0.definition.enabled
    }

    async fn destination(&self) -> AlertDestination {
        self.0.definition.destination.into()
    }

    async fn url(&self) -> &str {
        &self.0.definition.webhook.url
    }

    /// The secret itself is shown to nobody.
    async fn has_secret(&self) -> bool {
        self.0.definition.webhook.secret.is_some()
    }

    async fn headers(&self) -> Vec<AlertEntry> {
        entries(&self.0.definition.webhook.headers)
    }

    /// `routing_key` says whom a pager calls.
    async fn metadata(&self) -> Vec<AlertEntry> {
        entries(&self.0.definition.metadata)
    }

    async fn triggers(&self) -> Vec<AlertTrigger> {
        self.0.definition.triggers.iter().map(AlertTrigger::from).collect()
    }

    /// Null if it is about all projects, or about those that its triggers name.
    async fn project_id(&self) -> Option<ID> {
        self.0.definition.project_id.map(ID::from)
    }

    /// Null, too, if the project was deleted.
    #[graphql(complexity = "5 + child_complexity")]
    async fn project(&self, context: &Context<'_>) -> Result<Option<Project>> {
        let Some(id) = self.0.definition.project_id else { return Ok(None) };
        Ok(loader(context)?.load_one(id).await?.map(Project))
    }

    /// The times at which it fired, newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn firings(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<AlertFiring>> {
        const LIST: &str = "firings";
        let first = page_size(first)?;
        let before = match after.map(|after| cursor::decode(LIST, &after)).transpose()? {
            None => None,
            Some(Cursor { value: SortValue::Whole(position), .. }) => {
                Some(Position(u64::try_from(position).unwrap_or_default()))
            }
            Some(_) => return Err(Problem::invalid("`after` is a damaged cursor")),
        };
        let is_counted = context.look_ahead().field("totalCount").exists();
        let id = self.0.id;
        let read = session(context)?.read::<AlertRead, _>(move |reader| {
            // One more than is shown tells whether there is a next page.
            let firings = reader.firings(id, before, first + 1)?;
            let total = if is_counted { reader.firing_count(id)? } else { 0 };
            let place = |position: Position| i64::try_from(position.0).unwrap_or(i64::MAX);
            let placed = firings.into_iter().map(|firing| {
                let value = SortValue::Whole(place(firing.position));
                (Cursor { value, id: firing.id.uuid() }, firing)
            });
            Ok(Found::within(placed.collect(), LIST, first, before.is_some(), total))
        });
        Ok(read.await?.into_page(AlertFiring))
    }

    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    async fn created_by(&self) -> &str {
        &self.0.created_by
    }

    async fn last_updated_at(&self) -> Timestamp {
        Timestamp(self.0.last_updated_at)
    }

    async fn last_updated_by(&self) -> &str {
        &self.0.last_updated_by
    }
}

fn entries(entries: &BTreeMap<String, String>) -> Vec<AlertEntry> {
    entries.iter().map(|(key, value)| AlertEntry { key: key.clone(), value: value.clone() }).collect()
}

#[derive(Default)]
pub(crate) struct AlertQueries;

#[Object]
impl AlertQueries {
    /// Newest first unless sorted by `name`, `destination`, `created_at`, `created_by` or `last_updated_at`. `name` keeps
    /// those in whose name it stands, without regard to case; `projectId` those that may fire because of something in the
    /// project.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn alerts(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
        name: Option<String>,
        project_id: Option<ID>,
        sort: Option<Sort>,
    ) -> Result<Page<Alert>> {
        const SORTABLE: &[&str] = &["name", "destination", "created_at", "created_by", "last_updated_at"];
        let order = Order::new("alerts", SORTABLE, sort, first, after)?;
        let project = project_id.map(|id| uuid(&id).map(ProjectId::known)).transpose()?;
        let part = name.unwrap_or_default().to_lowercase();
        let read = session(context)?.read::<AlertRead, _>(move |reader| {
            let state = reader.alerts()?;
            let wanted = state.all().filter(|alert| {
                project.is_none_or(|project| alert.definition.concerns(project))
                    && alert.definition.name.to_lowercase().contains(&part)
            });
            let value = |alert: &alerts::Alert, field: &str| Ok(sort_value(alert, field));
            order.sorted(wanted.cloned(), |alert| alert.id.uuid(), value)
        });
        Ok(read.await?.into_page(Alert))
    }

    async fn alert(&self, context: &Context<'_>, id: ID) -> Result<Option<Alert>> {
        load(session(context)?, AlertId::known(uuid(&id)?)).await
    }
}

fn sort_value(alert: &alerts::Alert, field: &str) -> SortValue {
    match field {
        "name" => SortValue::Text(alert.definition.name.to_lowercase()),
        "destination" => SortValue::Text(alert.definition.destination.name().to_owned()),
        "created_at" => SortValue::Whole(alert.created_at.as_nanos()),
        "created_by" => SortValue::Text(alert.created_by.to_lowercase()),
        "last_updated_at" => SortValue::Whole(alert.last_updated_at.as_nanos()),
        _ => SortValue::Id,
    }
}

/// How a test message was taken.
#[derive(SimpleObject)]
pub(crate) struct AlertTest {
    is_delivered: bool,
    /// Null if nobody answered.
    status: Option<u16>,
    error: Option<String>,
    /// What was sent.
    body: JsonText,
}

#[derive(Default)]
pub(crate) struct AlertMutations;

#[Object]
impl AlertMutations {
    async fn create_alert(&self, context: &Context<'_>, input: AlertInput) -> Result<Alert> {
        let session = session(context)?;
        let create = Command::Create { id: None, definition: Box::new(input.definition()?) };
        let outcome = session.execute(create).await?;
        present(session, AlertId::known(outcome.created.unwrap_or_default())).await
    }

    /// All of it is replaced; a secret that is left out stays, and an empty one takes it away.
    async fn update_alert(&self, context: &Context<'_>, id: ID, input: AlertInput) -> Result<Alert> {
        let session = session(context)?;
        let id = AlertId::known(uuid(&id)?);
        let definition = Box::new(kept(session, Some(id), input).await?);
        session.execute(Command::Replace { id, definition }).await?;
        present(session, id).await
    }

    /// True also for what was not there.
    async fn delete_alerts(&self, context: &Context<'_>, ids: Vec<ID>) -> Result<bool> {
        let ids = ids.iter().map(|id| Ok(AlertId::known(uuid(id)?))).collect::<Result<_>>()?;
        session(context)?.execute(Command::Delete { ids }).await?;
        Ok(true)
    }

    /// Sends one message of something that never happened, once, and says how it was taken. With the `id` of an alert,
    /// a secret that is left out is its own.
    #[graphql(complexity = 500)]
    async fn test_alert(
        &self,
        context: &Context<'_>,
        id: Option<ID>,
        input: AlertInput,
    ) -> Result<AlertTest> {
        let session = session(context)?;
        let id = id.map(|id| uuid(&id).map(AlertId::known)).transpose()?;
        let definition = kept(session, id, input).await?;
        let grant = session.grant::<AlertWrite>()?;
        let tested = session.handles().test_alert(&grant, id, definition).await?;
        Ok(AlertTest {
            is_delivered: tested.answer.error.is_none(),
            status: tested.answer.status,
            error: tested.answer.error,
            body: JsonText(tested.body),
        })
    }
}

/// What an alert shall be, with the secret that it has unless another is given.
async fn kept(session: &Session, id: Option<AlertId>, input: AlertInput) -> Result<alerts::Definition> {
    let is_left_out = input.leaves_secret_out();
    let mut definition = input.definition()?;
    if let Some(id) = id.filter(|_| is_left_out) {
        let known = load(session, id).await?;
        let has_secret = known.is_some_and(|alert| alert.0.definition.webhook.secret.is_some());
        definition.webhook.secret = has_secret.then(|| MASK.to_owned());
    }
    Ok(definition)
}

async fn load(session: &Session, id: AlertId) -> Result<Option<Alert>> {
    let read = session.read::<AlertRead, _>(move |reader| Ok(reader.alert(id)?));
    Ok(read.await?.map(Alert))
}

/// An alert that was just written; somebody else may have deleted it since.
async fn present(session: &Session, id: AlertId) -> Result<Alert> {
    Ok(load(session, id).await?.ok_or_else(not_found)?)
}
