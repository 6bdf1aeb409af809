//! What was deleted and can be restored: who deleted it, when, and what it was called. It is found by its id, and
//! listed newest first.

use cairn_core::annotations::Item;
use cairn_core::history::undo::Subject;
use cairn_core::ids::{AnnotationQueueId, Position, ProjectId, SpanId, TraceId};
use cairn_core::time::Timestamp;
use fjall::{Keyspace, Readable};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Error;
use crate::reader::Reader;
use crate::rows;
use crate::slots::Slots;

/// Something that lies in the trash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trashed {
    pub id: Uuid,
    pub kind: Kind,
    pub name: Option<String>,
    pub project_id: Option<ProjectId>,
    /// Of the deletion.
    pub position: Position,
    pub time: Timestamp,
    pub principal: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u8)]
pub enum Kind {
    Project = 1,
    Trace,
    Dataset,
    Prompt,
    Experiment,
    Dashboard,
    FeedbackDefinition,
    Environment,
    AnnotationQueue,
    Optimization,
    Price,
    DerivedColumn,
    Alert,
}

/// The trash as one commit sees and changes it.
pub(crate) struct Trash {
    by_id: Slots<Trashed>,
    /// From the newest deletion to the oldest.
    in_order: Slots<Uuid>,
    /// Spans that went with their trace.
    spans: Slots<()>,
    /// What waited in annotation queues when it was deleted.
    queue_items: Slots<Item>,
}

impl Trash {
    pub(crate) fn new(rows: &Keyspace) -> Self {
        Self {
            by_id: Slots::new(rows.clone()),
            in_order: Slots::new(rows.clone()),
            spans: Slots::new(rows.clone()),
            queue_items: Slots::new(rows.clone()),
        }
    }

    pub(crate) fn put(&mut self, trashed: Trashed) -> Result<(), Error> {
        self.take(trashed.id)?;
        self.in_order.put(rows::history::trash_place(trashed.kind as u8, trashed.position), Some(trashed.id));
        self.by_id.put(rows::history::trashed(trashed.id), Some(trashed));
        Ok(())
    }

    pub(crate) fn take(&mut self, id: Uuid) -> Result<(), Error> {
        if let Some(trashed) = self.by_id.change(rows::history::trashed(id))?.take() {
            self.in_order.put(rows::history::trash_place(trashed.kind as u8, trashed.position), None);
        }
        Ok(())
    }

    pub(crate) fn keep_span(&mut self, trace: TraceId, span: SpanId) {
        self.spans.put(rows::history::trashed_span(trace, span), Some(()));
    }

    pub(crate) fn spans_of(&self, trace: TraceId) -> Result<Vec<SpanId>, Error> {
        let prefix = rows::history::trashed_spans(trace);
        let keys = self.spans.keys(&prefix)?;
        let id = |key: &rows::Key| key.get(prefix.len()..).and_then(rows::uuid).map(SpanId::known);
        Ok(keys.iter().filter_map(id).collect())
    }

    pub(crate) fn keep_queue_item(&mut self, item: Uuid, queue: AnnotationQueueId, kept: Item) {
        self.queue_items.put(rows::history::trashed_queue_item(item, queue), Some(kept));
    }

    pub(crate) fn drop_queue_item(&mut self, item: Uuid, queue: AnnotationQueueId) {
        self.queue_items.put(rows::history::trashed_queue_item(item, queue), None);
    }

    pub(crate) fn take_queue_items(&mut self, item: Uuid) -> Result<Vec<(AnnotationQueueId, Item)>, Error> {
        let prefix = rows::history::trashed_queue_items(item);
        let mut items = Vec::new();
        for key in self.queue_items.keys(&prefix)? {
            let queue = key.get(prefix.len()..).and_then(rows::uuid).map(AnnotationQueueId::known);
            items.extend(queue.zip(self.queue_items.change(key)?.take()));
        }
        Ok(items)
    }

    pub(crate) fn flush(&mut self, batch: &mut fjall::OwnedWriteBatch) -> Result<(), Error> {
        self.by_id.flush(batch)?;
        self.in_order.flush(batch)?;
        self.spans.flush(batch)?;
        self.queue_items.flush(batch)
    }
}

impl Kind {
    const ALL: [Self; 13] = [
        Self::Project,
        Self::Trace,
        Self::Dataset,
        Self::Prompt,
        Self::Experiment,
        Self::Dashboard,
        Self::FeedbackDefinition,
        Self::Environment,
        Self::AnnotationQueue,
        Self::Optimization,
        Self::Price,
        Self::DerivedColumn,
        Self::Alert,
    ];

    pub(crate) const fn of(subject: Subject) -> Option<Self> {
        Some(match subject {
            Subject::Project(_) => Self::Project,
            Subject::Trace(_) => Self::Trace,
            Subject::Dataset(_) => Self::Dataset,
            Subject::Prompt(_) => Self::Prompt,
            Subject::Experiment(_) => Self::Experiment,
            Subject::Dashboard(_) => Self::Dashboard,
            Subject::Definition(_) => Self::FeedbackDefinition,
            Subject::Environment(_) => Self::Environment,
            Subject::Queue(_) => Self::AnnotationQueue,
            Subject::Optimization(_) => Self::Optimization,
            Subject::Price(_) => Self::Price,
            Subject::DerivedColumn(_) => Self::DerivedColumn,
            Subject::Alert(_) => Self::Alert,
            Subject::Span(..)
            | Subject::DatasetVersion(..)
            | Subject::ExperimentItem(..)
            | Subject::Said(_)
            | Subject::Thread(_)
            | Subject::RetentionRule(_)
            | Subject::Agent(_)
            | Subject::Insights(_)
            | Subject::Issue(..)
            | Subject::Workspace => return None,
        })
    }
}

/// Some of what lies in the trash, newest deletion first.
#[derive(Clone, Debug, Default)]
pub struct Page {
    pub trashed: Vec<Trashed>,
    pub has_more: bool,
}

impl Reader {
    pub fn trashed(&self, id: Uuid) -> Result<Option<Trashed>, Error> {
        self.row(rows::history::trashed(id))
    }

    /// What was deleted before a position, of one kind or of all.
    pub fn trash(&self, before: Option<Position>, kind: Option<Kind>, limit: usize) -> Result<Page, Error> {
        let newest = Position(before.map_or(u64::MAX, |before| before.0.saturating_sub(1)));
        let mut trashed = Vec::new();
        for kind in Kind::ALL.into_iter().filter(|known| kind.is_none_or(|kind| kind == *known)) {
            let places = rows::history::trash_place(kind as u8, newest)..rows::history::trash_end(kind as u8);
            // One more than is shown tells whether there is more.
            for guard in self.snapshot().range(self.rows(), places).take(limit + 1) {
                let (_, id) = guard.into_inner()?;
                trashed.extend(self.trashed(rows::read(&id)?)?);
            }
        }
        trashed.sort_unstable_by_key(|trashed: &Trashed| std::cmp::Reverse(trashed.position));
        let has_more = trashed.len() > limit;
        trashed.truncate(limit);
        Ok(Page { trashed, has_more })
    }
}
