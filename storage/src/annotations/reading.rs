//! Annotation queues as they are read: with how far they have come, their items, and what is next for somebody.

use std::borrow::Cow;

use cairn_core::annotations::view::Shown;
use cairn_core::annotations::{Item, Lock, Progress, Queue, Standing};
use cairn_core::ids::{AnnotationQueueId, ThreadId, TraceId};
use cairn_core::query::{Entity, Field, Predicate, Query, Subject, Term, Value};
use cairn_core::time::Timestamp;
use fjall::{Guard, Readable};
use uuid::Uuid;

use crate::error::Error;
use crate::reader::Reader;
use crate::rows;
use crate::view::Within;

impl Reader {
    pub fn annotation_queue(&self, id: AnnotationQueueId) -> Result<Option<Shown>, Error> {
        match self.row::<Queue>(rows::annotation_queue(id))? {
            Some(queue) => self.shown(queue).map(Some),
            None => Ok(None),
        }
    }

    /// All queues, newest first.
    pub fn annotation_queues(&self) -> Result<Vec<Shown>, Error> {
        let stored = self.snapshot().prefix(self.rows(), rows::annotation_queues()).rev();
        stored.map(|guard| self.shown(rows::read(&guard.into_inner()?.1)?)).collect()
    }

    fn shown(&self, queue: Queue) -> Result<Shown, Error> {
        let progress: Option<Progress> = self.row(rows::queue_progress(queue.id))?;
        Ok(Shown { queue, progress: progress.unwrap_or_default() })
    }

    pub fn annotation_item(&self, id: AnnotationQueueId, item: Uuid) -> Result<Option<Item>, Error> {
        self.row(rows::queue_item(id, item))
    }

    /// Whether something is in a queue, or was when it was deleted.
    pub fn concerns_queue(&self, id: AnnotationQueueId, item: Uuid) -> Result<bool, Error> {
        let is_kept = self.row::<Item>(rows::history::trashed_queue_item(item, id))?.is_some();
        Ok(is_kept || self.annotation_item(id, item)?.is_some())
    }

    /// Items of a queue with ids above `after`, oldest first.
    pub fn annotation_items(
        &self,
        id: AnnotationQueueId,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<(Uuid, Item)>, Error> {
        let start = match after {
            // The first key behind that of the item.
            Some(after) => [rows::queue_item(id, after), vec![0]].concat(),
            None => rows::queue_items(id),
        };
        let end = rows::queue_item(id, Uuid::max());
        let mut items = Vec::new();
        for guard in self.snapshot().range(self.rows(), start..=end).take(limit) {
            let (key, value) = guard.into_inner()?;
            let item = key.split_last_chunk::<16>().and_then(|(_, item)| rows::uuid(item));
            if let Some(item) = item {
                items.push((item, rows::read(&value)?));
            }
        }
        Ok(items)
    }

    /// Who looks at an item, also those whose time has run out.
    pub fn annotation_locks_on(&self, id: AnnotationQueueId, item: Uuid) -> Result<Vec<Lock>, Error> {
        Ok(self.row(rows::queue_lock(id, item))?.unwrap_or_default())
    }

    /// Who looks at which items of a queue.
    pub fn annotation_locks(&self, id: AnnotationQueueId) -> Result<Vec<(Uuid, Vec<Lock>)>, Error> {
        let mut locks = Vec::new();
        self.each(rows::queue_locks(id), |key, value| {
            let item = key.split_last_chunk::<16>().and_then(|(_, item)| rows::uuid(item));
            if let Some(item) = item {
                locks.push((item, rows::read(value)?));
            }
            Ok(())
        })?;
        Ok(locks)
    }

    /// The oldest item that waits for somebody to judge it and that others leave room at; of those behind `after` first,
    /// and then of those before it.
    pub fn next_annotation(
        &self,
        queue: &Queue,
        after: Option<Uuid>,
        who: &str,
        now: Timestamp,
    ) -> Result<Option<(Uuid, Item)>, Error> {
        let prefix = rows::open_items(queue.id);
        let from = after.map_or_else(|| prefix.clone(), |item| rows::open_item(queue.id, item));
        let behind = self.snapshot().range(self.rows(), from.clone()..).map(Guard::key);
        let behind = behind.take_while(|key| key.as_ref().map_or(true, |key| key.starts_with(&prefix)));
        let before = self.snapshot().range(self.rows(), prefix.clone()..from).map(Guard::key);
        for key in behind.chain(before) {
            let key = key?;
            let Some(item) = key.split_last_chunk::<16>().and_then(|(_, item)| rows::uuid(item)) else {
                continue;
            };
            if after == Some(item) {
                continue;
            }
            let Some(row) = self.annotation_item(queue.id, item)? else { continue };
            let locks = self.annotation_locks_on(queue.id, item)?;
            if queue.standing(&row.review, &locks, who, now) == Standing::Waiting {
                return Ok(Some((item, row)));
            }
        }
        Ok(None)
    }

    /// The queues that a trace or thread is in, oldest first.
    pub fn annotation_queues_of(&self, item: Uuid) -> Result<Vec<Queue>, Error> {
        let mut queues = Vec::new();
        for id in self.annotation_queue_ids_of(item)? {
            queues.extend(self.row(rows::annotation_queue(id))?);
        }
        Ok(queues)
    }

    fn annotation_queue_ids_of(&self, item: Uuid) -> Result<Vec<AnnotationQueueId>, Error> {
        let mut ids = Vec::new();
        let prefix = rows::queues_of_item(item);
        for guard in self.snapshot().prefix(self.rows(), &prefix) {
            let id = guard.key()?.get(prefix.len()..).and_then(rows::uuid);
            ids.extend(id.map(AnnotationQueueId::known));
        }
        Ok(ids)
    }

    /// What a trace is in.
    pub fn trace_within(&self, trace: TraceId) -> Result<Within, Error> {
        let queues = self.annotation_queue_ids_of(trace.uuid())?;
        Ok(Within { experiments: self.experiments_of(trace)?, queues })
    }

    /// What a span of a trace is in: the experiments of the trace.
    pub fn span_within(&self, trace: TraceId) -> Result<Within, Error> {
        Ok(Within { experiments: self.experiments_of(trace)?, queues: Vec::new() })
    }

    /// What a thread is in.
    pub fn thread_within(&self, thread: ThreadId) -> Result<Within, Error> {
        Ok(Within { experiments: Vec::new(), queues: self.annotation_queue_ids_of(thread.uuid())? })
    }

    /// Says a query in ids where it asks for annotation queues, which the indexes know nothing of.
    pub(crate) fn without_queues<'a>(&self, query: &'a Query) -> Result<Cow<'a, Query>, Error> {
        if query.fields().into_iter().all(|field| *field != Field::AnnotationQueueId) {
            return Ok(Cow::Borrowed(query));
        }
        self.in_ids(query).map(Cow::Owned)
    }

    fn in_ids(&self, query: &Query) -> Result<Query, Error> {
        let each = |parts: &[Query]| parts.iter().map(|part| self.in_ids(part)).collect::<Result<_, _>>();
        Ok(match query {
            Query::All => Query::All,
            Query::And(parts) => Query::And(each(parts)?),
            Query::Or(parts) => Query::Or(each(parts)?),
            Query::Not(part) => Query::Not(Box::new(self.in_ids(part)?)),
            Query::Term(term) if term.field == Field::AnnotationQueueId => self.items_where(term)?,
            Query::Term(term) => Query::Term(term.clone()),
        })
    }

    /// Who asks for things in no queue asks for all that are in none of them.
    fn items_where(&self, term: &Term) -> Result<Query, Error> {
        let is_empty = term.predicate == Predicate::IsEmpty;
        let mut items = Vec::new();
        for Shown { queue, .. } in self.annotation_queues()? {
            if is_empty || term.matches(Entity::Trace, &Named(queue.id)) {
                self.each(rows::queue_items(queue.id), |key, _| {
                    let item = key.split_last_chunk::<16>().and_then(|(_, item)| rows::uuid(item));
                    items.extend(item.map(|item| item.to_string()));
                    Ok(())
                })?;
            }
        }
        let among = Query::term(Field::Id, Predicate::OneOf(items));
        Ok(if is_empty { among.negated() } else { among })
    }
}

/// A queue, of which only the id is asked.
struct Named(AnnotationQueueId);

impl Subject for Named {
    fn value(&self, _: &Field) -> Value<'_> {
        Value::Text(self.0.to_string().into())
    }
}
