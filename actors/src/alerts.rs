//! Carries out commands on alerts, and watches over them: tells what has waited long enough, measures what has a
//! threshold, and has messages sent. What is to be told and what was told stands in the log, so that a server that
//! ends in between goes on where it was: a message may come twice, none gets lost.

mod courier;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use cairn_core::access::{AlertWrite, Grant, SERVER};
use cairn_core::alerts::messages::{Message, example, list};
use cairn_core::alerts::{Alert, Answer, Command, Definition, Event, EventType, Work};
use cairn_core::command::Context;
use cairn_core::ids::{AlertId, FiringId, WorkspaceId};
use cairn_core::json::Json;
use cairn_core::limits::{ALERT_CHECK_MS, ALERT_MESSAGES_CONCURRENT_MAX, ALERT_TESTS_CONCURRENT_MAX};
use cairn_core::time::Timestamp;
use cairn_storage::alerts::measuring::Measured;
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use cairn_storage::store::Store;
use cairn_storage::writer::Writer;
use tokio::sync::Semaphore;
use uuid::Uuid;

use self::courier::{Parcel, send, try_once};
use crate::clerk::Refused;
use crate::clock;
use crate::failure::Failure;
use crate::handles::{Handles, submit};
use crate::registry::Registry;

static MESSAGES: Semaphore = Semaphore::const_new(ALERT_MESSAGES_CONCURRENT_MAX);
static TESTS: Semaphore = Semaphore::const_new(ALERT_TESTS_CONCURRENT_MAX);
/// How long one waits before one tries again to record how a message was taken.
const RECORD_AGAIN: Duration = Duration::from_secs(1);

pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    let events = writer.alerts().decide(command, |id| writer.projects().get(id).is_some(), context)?;
    let mut created = None;
    for event in events {
        if let Event::Created { id, .. } = &event {
            created = Some(id.uuid());
        }
        writer.append(event.into(), context)?;
    }
    Ok(created)
}

pub(crate) fn work(writer: &mut Writer, work: Work, context: &mut Context) -> Result<Option<Uuid>, Refused> {
    if let Some(event) = writer.alerts().work(work, context) {
        writer.append(event.into(), context)?;
    }
    Ok(None)
}

/// A message that was sent to see whether it arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    pub answer: Answer,
    pub body: Json,
}

impl Handles {
    /// Watches over the alerts of all workspaces until the server ends. What sets one off is gathered for so long, and
    /// thresholds are looked at as often.
    pub fn watch_alerts(&self, gathered: Duration) {
        tokio::spawn(watch(Arc::downgrade(&self.registry), gathered));
    }

    /// Sends one message as an alert would, of something that never happened. A masked secret is that of the alert.
    pub async fn test_alert(
        &self,
        grant: &Grant<AlertWrite>,
        id: Option<AlertId>,
        mut definition: Definition,
    ) -> Result<Tested, Failure> {
        definition.check()?;
        let address = self.address(grant).await?;
        let open = Arc::clone(&address.open);
        let known = tokio::task::spawn_blocking(move || match id {
            Some(id) => open.reader()?.alert(id),
            None => Ok(None),
        });
        let known = known.await.map_err(|_| Failure::Fault(clock::request_id()))??;
        definition.unmask(known.as_ref().map(|alert| &alert.definition))?;
        let event_type =
            definition.triggers.first().map_or(EventType::TraceErrors, |trigger| trigger.event_type);
        let context = clock::context(Arc::clone(grant.principal().name()));
        let message_id = self.fresh_id(grant);
        let message = Message {
            id: message_id,
            alert_id: id.unwrap_or_else(|| AlertId::known(message_id)),
            definition: &definition,
            event_type,
            workspace_id: grant.workspace(),
            workspace_name: &self.workspace_name(grant.workspace()).unwrap_or_default(),
            count: 1,
            event_ids: &[message_id],
            users: &[context.principal.to_string()],
            metadata: &example(event_type),
            created_at: context.now,
        };
        let body = Json::from_value(&message.body());
        let parcel = Parcel::new(&definition.webhook, body.clone());
        let _turn = TESTS.acquire().await.map_err(|_| Failure::Fault(clock::request_id()))?;
        Ok(Tested { answer: try_once(&parcel).await.into(), body })
    }
}

/// What there is to do in a workspace.
#[derive(Default)]
struct Due {
    work: Vec<Work>,
    messages: Vec<FiringId>,
    /// What has thresholds, and whether one was crossed when it was last told.
    measured: Vec<(Alert, EventType, bool)>,
}

async fn watch(registry: Weak<Registry>, gathered: Duration) {
    let under_way: Arc<Mutex<HashSet<FiringId>>> = Arc::default();
    let mut measured_at: Option<Instant> = None;
    loop {
        tokio::time::sleep(Duration::from_millis(ALERT_CHECK_MS)).await;
        let Some(stores) = registry.upgrade().map(|registry| registry.open_stores()) else { return };
        let measures = measured_at.is_none_or(|at| at.elapsed() >= gathered);
        if measures {
            measured_at = Some(Instant::now());
        }
        for (workspace, store) in stores {
            let look = tokio::task::spawn_blocking(move || due(&store, clock::now(), gathered));
            let mut due = match look.await {
                Ok(Ok(due)) => due,
                Ok(Err(error)) => {
                    tracing::warn!(%error, %workspace, "alerts cannot be looked after");
                    continue;
                }
                Err(_) => continue,
            };
            if !measures {
                due.measured.clear();
            }
            carry_out(&registry, workspace, due, &under_way).await;
        }
    }
}

/// A look at rows, so that nobody is disturbed where there is nothing to do.
fn due(store: &Arc<Store>, now: Timestamp, gathered: Duration) -> Result<Due, Error> {
    let state = Reader::rows_only(store)?.alerts()?;
    let mut due = Due { messages: state.pending().map(|(firing, _)| firing).collect(), ..Due::default() };
    let gathered = i64::try_from(gathered.as_nanos()).unwrap_or(i64::MAX);
    for (alert_id, event_type, waiting) in state.waiting() {
        if now.as_nanos().saturating_sub(waiting.since.as_nanos()) >= gathered {
            let metadata = Json::from_value(&list(event_type, waiting));
            due.work.push(Work::Tell { alert_id, event_type, through: waiting.through, metadata });
        }
    }
    for event_type in EventType::ALL.iter().copied().filter(|event_type| event_type.is_metric()) {
        for alert in state.wanting(event_type) {
            due.measured.push((alert.clone(), event_type, state.has_crossed(alert.id, event_type)));
        }
    }
    Ok(due)
}

async fn carry_out(
    registry: &Weak<Registry>,
    workspace: WorkspaceId,
    due: Due,
    under_way: &Arc<Mutex<HashSet<FiringId>>>,
) {
    let find = || registry.upgrade().and_then(|registry| registry.find(workspace));
    let mut work = due.work;
    if !due.measured.is_empty() {
        let Some(address) = find() else { return };
        let open = Arc::clone(&address.open);
        drop(address);
        let measure =
            tokio::task::spawn_blocking(move || measure(&open.reader()?, due.measured, clock::now()));
        match measure.await {
            Ok(Ok(found)) => work.extend(found),
            Ok(Err(error)) => tracing::warn!(%error, %workspace, "thresholds of alerts are measured later"),
            Err(_) => return,
        }
    }
    for work in work {
        let Some(address) = find() else { return };
        // A full queue or a fault is told to those whom it concerns; the next look comes soon.
        if let Err(failure) = submit(&address, work.into(), Arc::from(SERVER)).await {
            tracing::warn!(%failure, %workspace, "an alert fires later");
        }
    }
    for firing in due.messages {
        let Ok(turn) = MESSAGES.try_acquire() else { return };
        if !under_way.lock().unwrap_or_else(PoisonError::into_inner).insert(firing) {
            continue;
        }
        let (registry, under_way) = (Weak::clone(registry), Arc::clone(under_way));
        tokio::spawn(async move {
            let _turn = turn;
            // What is not recorded is not sent again before the server is started anew.
            if deliver(&registry, workspace, firing).await {
                under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(&firing);
            }
        });
    }
}

fn measure(
    reader: &Reader,
    measured: Vec<(Alert, EventType, bool)>,
    now: Timestamp,
) -> Result<Vec<Work>, Error> {
    let mut work = Vec::new();
    for (alert, event_type, was_crossed) in measured {
        let Some(trigger) = alert.definition.trigger(event_type) else { continue };
        match reader.measure(&alert, trigger, now)? {
            Measured::Crossed(metadata) if !was_crossed => {
                work.push(Work::Cross { alert_id: alert.id, event_type, metadata });
            }
            Measured::Calm if was_crossed => work.push(Work::Calm { alert_id: alert.id, event_type }),
            Measured::Crossed(_) | Measured::Calm => {}
        }
    }
    Ok(work)
}

/// Sends a message and records how it was taken; says whether it was recorded.
async fn deliver(registry: &Weak<Registry>, workspace: WorkspaceId, firing: FiringId) -> bool {
    let answer = match pack(registry, workspace, firing).await {
        Ok(Packed::Ready(parcel)) => {
            let is_over = || registry.strong_count() == 0;
            match send(&parcel, is_over).await {
                Some(answer) => answer,
                // The server ends: the next one sends it.
                None => return false,
            }
        }
        Ok(Packed::Void(error)) => Answer { status: None, error: Some(error.to_owned()), attempts: 0 },
        Err(failure) => {
            tracing::warn!(%failure, %workspace, "a message of an alert is sent later");
            return true;
        }
    };
    if let Some(error) = &answer.error {
        tracing::warn!(%error, %workspace, %firing, "a message of an alert was not delivered");
    }
    loop {
        let Some(strong) = registry.upgrade() else { return false };
        let Ok(address) = strong.workspace(workspace).await else { return false };
        drop(strong);
        let settle = Work::Settle { id: firing, answer: answer.clone() };
        match submit(&address, settle.into(), Arc::from(SERVER)).await {
            Ok(_) => return true,
            Err(Failure::Refused(rejection)) if rejection.kind.passes() => {}
            Err(failure) => {
                tracing::error!(%failure, %workspace, %firing, "how a message was taken is not recorded");
                return false;
            }
        }
        drop(address);
        tokio::time::sleep(RECORD_AGAIN).await;
    }
}

enum Packed {
    Ready(Box<Parcel>),
    /// There is nothing to send any more.
    Void(&'static str),
}

async fn pack(
    registry: &Weak<Registry>,
    workspace: WorkspaceId,
    firing: FiringId,
) -> Result<Packed, Failure> {
    let Some(registry) = registry.upgrade() else { return Ok(Packed::Void("the server ends")) };
    let name = registry.name(workspace).unwrap_or_default();
    let address = registry.workspace(workspace).await?;
    let open = Arc::clone(&address.open);
    let read = tokio::task::spawn_blocking(move || pack_now(&open.reader()?, workspace, &name, firing));
    Ok(read.await.map_err(|_| Failure::Fault(clock::request_id()))??)
}

fn pack_now(reader: &Reader, workspace: WorkspaceId, name: &str, id: FiringId) -> Result<Packed, Error> {
    let Some(firing) = reader.firing(id)? else { return Ok(Packed::Void("what it saw was erased")) };
    let Some(fired) = reader.fired(&firing)? else { return Ok(Packed::Void("what it saw was erased")) };
    let Some(alert) = reader.alert(firing.alert_id)? else {
        return Ok(Packed::Void("the alert was deleted before the message was sent"));
    };
    let message = Message {
        id: fired.id.uuid(),
        alert_id: alert.id,
        definition: &alert.definition,
        event_type: fired.event_type,
        workspace_id: workspace,
        workspace_name: name,
        count: fired.count,
        event_ids: &fired.event_ids,
        users: &fired.users,
        metadata: &fired.metadata.value().unwrap_or_default(),
        created_at: firing.time,
    };
    let body = Json::from_value(&message.body());
    Ok(Packed::Ready(Box::new(Parcel::new(&alert.definition.webhook, body))))
}
