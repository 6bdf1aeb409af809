//! Carries out erasures: looks for what is to go, deletes what is there, has all of it marked, and then has the store
//! made anew without it. Each step is in the log or leaves nothing, so that what breaks off goes on at the next start.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use cairn_core::access::{DataErase, Grant, Principal};
use cairn_core::command::{Command, Context, Outcome};
use cairn_core::erasures::{self, Erasure, Marked, Stage, Subject, decide};
use cairn_core::ids::{ErasureId, Position, SpanId, ThreadId, TraceId, WorkspaceId};
use cairn_core::limits::{
    BATCH_ITEMS_MAX, ERASED_PER_EVENT_MAX, ERASURE_RETRY_SECONDS, OVERLOAD_RETRY_SECONDS,
};
use cairn_core::{projects, spans, traces};
use cairn_storage::erasures::finding::Found;
use cairn_storage::error::Error;
use cairn_storage::signals::Index;
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::attachments;
use crate::clerk::Refused;
use crate::clock;
use crate::failure::Failure;
use crate::handles::{Handles, submit};

pub(crate) fn execute(
    writer: &mut Writer,
    command: erasures::Command,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    let open = writer.open_erasures()?;
    let known = match command.id() {
        Some(id) => writer.erasure(id)?,
        None => None,
    };
    let event = decide(known, open, command, context)?;
    let id = event.id().uuid();
    writer.append(event.into(), context)?;
    Ok(Some(id))
}

impl Handles {
    /// Begins to erase, and goes on behind the answer.
    pub async fn erase(&self, grant: &Grant<DataErase>, subject: Subject) -> Result<Outcome, Failure> {
        let outcome = self.execute(grant, erasures::Command::Begin(subject)).await?;
        self.go_on_erasing(grant.clone());
        Ok(outcome)
    }

    /// Goes on with what was under way when the server ended.
    pub(crate) async fn resume_erasures(&self) -> Result<(), Failure> {
        for workspace in self.workspaces() {
            let grant = Principal::open(workspace).grant::<DataErase>()?;
            if !self.read(&grant, |reader| Ok(reader.open_erasures()?)).await?.is_empty() {
                self.go_on_erasing(grant);
            }
        }
        Ok(())
    }

    fn go_on_erasing(&self, grant: Grant<DataErase>) {
        let handles = self.clone();
        tokio::spawn(async move {
            let registry = Arc::clone(&handles.registry);
            // One at a time: each takes the room of one more store.
            let _turn = registry.erasing.lock().await;
            let mut ending = handles.ending();
            while !handles.is_ending() {
                let seconds = match step(&handles, &grant).await {
                    Ok(Next::Nothing) => break,
                    Ok(Next::Step) => continue,
                    Ok(Next::Later) => ERASURE_RETRY_SECONDS,
                    Err(Failure::Refused(_)) => OVERLOAD_RETRY_SECONDS,
                    Err(failure) => {
                        tracing::error!(%failure, "an erasure is tried again");
                        ERASURE_RETRY_SECONDS
                    }
                };
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_secs(seconds)) => {}
                    _ = ending.wait_for(|ending| *ending) => {}
                }
            }
        });
    }
}

enum Next {
    Step,
    /// Somebody is in the way.
    Later,
    Nothing,
}

async fn step(handles: &Handles, grant: &Grant<DataErase>) -> Result<Next, Failure> {
    let open = handles.read(grant, |reader| Ok(reader.open_erasures()?)).await?;
    if let Some(erasure) = open.iter().find(|erasure| erasure.stage == Stage::Looking) {
        mark(handles, grant, erasure).await?;
        return Ok(Next::Step);
    }
    let Some(first) = open.first() else { return Ok(Next::Nothing) };
    if open.iter().any(|erasure| erasure.events > 0) && !scrub(handles, grant.workspace(), grant).await? {
        return Ok(Next::Later);
    }
    for erasure in &open {
        settle(handles, grant, erasure).await?;
    }
    tracing::info!(erasure = %first.id, erasures = open.len(), "what was to be erased is gone");
    Ok(Next::Step)
}

/// Who began an erasure does all that belongs to it.
async fn run(
    handles: &Handles,
    grant: &Grant<DataErase>,
    erasure: &Erasure,
    command: impl Into<Command>,
) -> Result<(), Failure> {
    let address = handles.address(grant).await?;
    submit(&address, command.into(), Arc::from(erasure.begun_by.as_str())).await?;
    Ok(())
}

/// Deletes what is there, as anybody would, and marks all events that hold anything of it.
async fn mark(handles: &Handles, grant: &Grant<DataErase>, erasure: &Erasure) -> Result<(), Failure> {
    let subject = erasure.subject;
    let find = || handles.read_at_length(grant, move |reader| Ok(reader.find_erasable(subject)?));
    let present = find().await?;
    delete(handles, grant, erasure, &present).await?;
    let found = find().await?;
    let id = erasure.id;
    let before = handles.read(grant, move |reader| Ok(reader.marked(id)?)).await?;
    let known: BTreeSet<Position> = before.into_iter().flat_map(|part| part.positions).collect();
    for part in parts(id, found, &known) {
        run(handles, grant, erasure, erasures::Command::Mark(Box::new(part))).await?;
    }
    run(handles, grant, erasure, erasures::Command::Seal(id)).await
}

async fn delete(
    handles: &Handles,
    grant: &Grant<DataErase>,
    erasure: &Erasure,
    found: &Found,
) -> Result<(), Failure> {
    let ids: Vec<TraceId> = found.traces.keys().copied().collect();
    for ids in ids.chunks(BATCH_ITEMS_MAX) {
        run(handles, grant, erasure, traces::Delete { ids: ids.to_vec() }).await?;
    }
    let ids: Vec<SpanId> = found.spans.iter().copied().collect();
    for ids in ids.chunks(BATCH_ITEMS_MAX) {
        run(handles, grant, erasure, spans::Delete { ids: ids.to_vec() }).await?;
    }
    if let Subject::Project(id) = erasure.subject {
        run(handles, grant, erasure, projects::Command::Delete { ids: vec![id] }).await?;
    }
    Ok(())
}

/// What was found, in parts that an event holds.
fn parts(id: ErasureId, found: Found, known: &BTreeSet<Position>) -> Vec<Marked> {
    let traces: Vec<_> = found.traces.into_iter().collect();
    let threads: Vec<_> = found.threads.into_iter().collect();
    let positions: Vec<_> = found.positions.into_iter().filter(|at| !known.contains(at)).collect();
    let count = [traces.len(), threads.len(), positions.len()].into_iter().max().unwrap_or_default();
    if positions.is_empty() {
        return Vec::new();
    }
    let part = |number: usize| {
        let range = number * ERASED_PER_EVENT_MAX..(number + 1) * ERASED_PER_EVENT_MAX;
        Marked {
            id,
            traces: within(&traces, range.clone()),
            threads: within(&threads, range.clone()),
            positions: within(&positions, range),
        }
    };
    (0..count.div_ceil(ERASED_PER_EVENT_MAX)).map(part).collect()
}

fn within<T: Clone>(all: &[T], range: std::ops::Range<usize>) -> Vec<T> {
    let start = range.start.min(all.len());
    all.get(start..range.end.min(all.len())).unwrap_or_default().to_vec()
}

/// Has files, indexes and the store rewritten. False if somebody holds what must go.
async fn scrub(handles: &Handles, workspace: WorkspaceId, grant: &Grant<DataErase>) -> Result<bool, Failure> {
    let address = handles.address(grant).await?;
    attachments::erase_unused(&address).await;
    let unused = handles.read(grant, |reader| Ok(reader.unused_contents(1)?)).await?;
    if !unused.is_empty() {
        return Ok(false);
    }
    let store = Arc::clone(&address.open.store);
    let followed = tokio::task::spawn_blocking(move || {
        let head = store.signals().head();
        for index in [Index::Columns, Index::Text] {
            match store.signals().wait_for(index, head, Duration::from_secs(ERASURE_RETRY_SECONDS)) {
                Err(Error::IndexBehind { .. }) => return Ok(false),
                waited => waited?,
            }
        }
        Ok::<_, Error>(true)
    });
    drop(address);
    if !followed.await.map_err(|_| Failure::Fault(clock::request_id()))?? {
        return Ok(false);
    }
    handles.registry.renew(workspace).await
}

async fn settle(handles: &Handles, grant: &Grant<DataErase>, erasure: &Erasure) -> Result<(), Failure> {
    let id = erasure.id;
    let marked = handles.read(grant, move |reader| Ok(reader.marked(id)?)).await?;
    let threads: BTreeSet<ThreadId> = marked.into_iter().flat_map(|part| part.threads).collect();
    let threads: Vec<ThreadId> = threads.into_iter().collect();
    for threads in threads.chunks(ERASED_PER_EVENT_MAX) {
        let threads = threads.to_vec();
        run(handles, grant, erasure, erasures::Command::Settle { id, threads }).await?;
    }
    run(handles, grant, erasure, erasures::Command::End(id)).await
}
