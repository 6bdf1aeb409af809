//! Threads as they are read: their row, and the first and the last of their traces, found by the order of keys.

use std::borrow::Cow;

use cairn_core::comments::Comment;
use cairn_core::feedback::{self, Target};
use cairn_core::ids::{Position, ProjectId, ThreadId, TraceId};
use cairn_core::merge::BodyRef;
use cairn_core::query::{Field, Subject, Value};
use cairn_core::threads::Status;
use cairn_core::time::Timestamp;
use cairn_core::traces;
use fjall::Readable;
use rust_decimal::prelude::ToPrimitive;

use super::{Changed, Thread as Row};
use crate::error::Error;
use crate::reader::Reader;
use crate::rows::{self, Edge};
use crate::traces::Sums;
use crate::view::{Asked, Part, Trace, comments, cost, list, number, score, text, whole};

/// One thread with what its traces add up to.
#[derive(Clone, Debug)]
pub struct Thread {
    pub id: ThreadId,
    pub project_id: ProjectId,
    /// What clients call its id.
    pub name: String,
    pub status: Status,
    pub tags: Vec<String>,
    pub traces: u64,
    pub sums: Sums,
    /// The earliest start and the latest end of its traces; `EPOCH` where there are none.
    pub start_time: Timestamp,
    pub end_time: Option<Timestamp>,
    /// The input of the earliest trace.
    pub first_message: Option<BodyRef>,
    /// The output of the latest trace.
    pub last_message: Option<BodyRef>,
    /// Those of the latest trace.
    pub environment: Option<String>,
    pub source: Option<String>,
    pub scores: feedback::State,
    pub comments: Vec<Comment>,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

impl Thread {
    /// Without traces there is nothing to show: it is there only for what hangs on it.
    pub const fn is_empty(&self) -> bool {
        self.traces == 0
    }

    /// A question and an answer for every trace.
    pub const fn messages(&self) -> u64 {
        self.traces.saturating_mul(2)
    }

    /// Milliseconds.
    pub fn duration(&self) -> Option<f64> {
        Timestamp::duration_ms(self.start_time, self.end_time)
    }
}

impl Reader {
    /// A thread by the id that scores and comments hang on, also one that has no traces.
    pub fn thread(&self, id: ThreadId) -> Result<Option<Thread>, Error> {
        let Some(row) = self.row::<Row>(rows::thread(id))? else { return Ok(None) };
        let first = self.edge(id, Edge::Start, End::First)?;
        let last = self.edge(id, Edge::Start, End::Last)?;
        let end_time = self.edge(id, Edge::End, End::Last)?.map(|(time, _)| time);
        let fields = |edge: Option<(Timestamp, TraceId)>| match edge {
            Some((_, trace)) => self.trace_fields(trace),
            None => Ok(traces::Fields::default()),
        };
        let (earliest, latest) = (fields(first)?, fields(last)?);
        let state = row.state;
        Ok(Some(Thread {
            id,
            project_id: state.project_id,
            name: state.name,
            status: state.status,
            tags: state.tags,
            traces: row.traces,
            sums: row.sums,
            start_time: first.map_or(Timestamp::EPOCH, |(time, _)| time),
            end_time,
            first_message: earliest.input,
            last_message: latest.output,
            environment: latest.environment,
            source: latest.source,
            scores: self.scores(Target::Thread(id))?,
            comments: self.comments(Target::Thread(id))?,
            created_at: state.created_at,
            created_by: state.created_by,
            last_updated_at: state.last_updated_at.to_micros(),
            last_updated_by: state.last_updated_by,
        }))
    }

    /// The thread that a project's clients call by a name.
    pub fn thread_named(&self, project: ProjectId, name: &str) -> Result<Option<ThreadId>, Error> {
        self.row(rows::thread_name(project, name))
    }

    /// The thread that a trace is in.
    pub fn thread_of(&self, trace: TraceId) -> Result<Option<ThreadId>, Error> {
        Ok(self.row::<super::Member>(rows::thread_member(trace))?.map(|member| member.thread))
    }

    /// The traces of a thread by start time, from a place on.
    pub fn traces_of_thread(
        &self,
        id: ThreadId,
        after: Option<(Timestamp, TraceId)>,
        limit: usize,
    ) -> Result<Vec<Trace>, Error> {
        let prefix = rows::thread_edges(id, Edge::Start);
        let from = match after {
            Some((time, trace)) => {
                let mut key = rows::thread_edge(id, Edge::Start, time, trace);
                key.push(0);
                key
            }
            None => prefix.clone(),
        };
        let mut found = Vec::new();
        for guard in self.snapshot().range(self.rows(), from..) {
            let key = guard.key()?;
            if found.len() >= limit || !key.starts_with(&prefix) {
                break;
            }
            if let Some((_, trace)) = rows::thread_edge_of(&key) {
                found.extend(self.trace(trace)?);
            }
        }
        Ok(found)
    }

    /// Which threads an event changed, and those of the events up to `last`.
    pub fn thread_changes(
        &self,
        first: Position,
        last: Position,
    ) -> Result<Vec<(Position, Vec<Changed>)>, Error> {
        let mut changes = Vec::new();
        let range = rows::thread_change(first)..=rows::thread_change(last);
        for guard in self.snapshot().range(self.rows(), range) {
            let (key, value) = guard.into_inner()?;
            if let Some(position) = rows::thread_change_of(&key) {
                changes.push((position, rows::read(&value)?));
            }
        }
        Ok(changes)
    }

    /// When the thread that has been silent longest was last heard of.
    pub fn thread_silent_longest(&self) -> Result<Option<Timestamp>, Error> {
        let first = self.snapshot().prefix(self.rows(), rows::threads_active()).next();
        let key = first.map(fjall::Guard::key).transpose()?;
        Ok(key.and_then(|key| rows::thread_active_of(&key)).map(|(time, _)| time))
    }

    fn edge(&self, id: ThreadId, edge: Edge, end: End) -> Result<Option<(Timestamp, TraceId)>, Error> {
        let mut keys = self.snapshot().prefix(self.rows(), rows::thread_edges(id, edge));
        let found = match end {
            End::First => keys.next(),
            End::Last => keys.next_back(),
        };
        let key = found.map(fjall::Guard::key).transpose()?;
        Ok(key.and_then(|key| rows::thread_edge_of(&key)))
    }

    fn trace_fields(&self, id: TraceId) -> Result<traces::Fields<BodyRef>, Error> {
        let state = self.row::<traces::State>(rows::trace(id))?;
        Ok(state.map(|state| state.register.resolve()).unwrap_or_default())
    }
}

impl Subject for Asked<'_, Thread> {
    fn value(&self, field: &Field) -> Value<'_> {
        let thread = self.thing;
        match field {
            Field::Id => Value::Text(Cow::Owned(thread.id.to_string())),
            Field::ThreadId => text(Some(&thread.name)),
            Field::Status => text(Some(thread.status.name())),
            Field::Providers => {
                Value::List(thread.sums.providers.keys().map(|name| Cow::Borrowed(name.as_str())).collect())
            }
            Field::Environment => text(thread.environment.as_deref()),
            Field::Source => text(thread.source.as_deref()),
            Field::Tags => list(Some(&thread.tags)),
            Field::Comments => comments(&thread.comments),
            Field::CreatedBy => text(Some(&thread.created_by)),
            Field::StartTime => Value::Time(thread.start_time),
            Field::EndTime => thread.end_time.map_or(Value::Missing, Value::Time),
            Field::CreatedAt => Value::Time(thread.created_at),
            Field::LastUpdatedAt => Value::Time(thread.last_updated_at),
            Field::Duration => number(thread.duration()),
            Field::Cost => number(cost(Some(thread.sums.cost))),
            Field::Usage(key) => number(thread.sums.usage.get(key).map(|value| whole(*value))),
            Field::SpanCount => number(thread.sums.spans.to_f64()),
            Field::LlmSpanCount => number(thread.sums.llm_spans.to_f64()),
            Field::MessageCount => number(thread.messages().to_f64()),
            Field::FeedbackScore(name) => score(&thread.scores, name),
            Field::FirstMessage => self.body_text(Part::Input, thread.first_message.as_ref()),
            Field::LastMessage => self.body_text(Part::Output, thread.last_message.as_ref()),
            Field::Text => self.said(),
            Field::ExperimentId
            | Field::AnnotationQueueId
            | Field::TraceId
            | Field::ParentSpanId
            | Field::Name
            | Field::Type
            | Field::Model
            | Field::Provider
            | Field::Ttft
            | Field::Error
            | Field::ErrorType
            | Field::ErrorMessage
            | Field::Input
            | Field::Output
            | Field::Metadata
            | Field::InputPath(_)
            | Field::OutputPath(_)
            | Field::MetadataPath(_)
            | Field::Derived(_)
            | Field::SpanFeedbackScore(_)
            | Field::Guardrails
            | Field::GuardrailsFailed
            | Field::GuardrailFailures(_)
            | Field::Own(_)
            | Field::OwnPath(..) => Value::Missing,
        }
    }
}

impl Asked<'_, Thread> {
    fn said(&self) -> Value<'_> {
        let thread = self.thing;
        let bodies = [(Part::Input, &thread.first_message), (Part::Output, &thread.last_message)];
        let messages = bodies.into_iter().filter_map(|(part, body)| self.body(part, body.as_ref()));
        let mut texts: Vec<Cow<'_, str>> =
            messages.map(|json| Cow::Owned(json.plain_text(usize::MAX))).collect();
        texts.extend([Cow::Borrowed(thread.name.as_str()), Cow::Owned(thread.id.to_string())]);
        texts.extend(thread.tags.iter().map(|tag| Cow::Borrowed(tag.as_str())));
        texts.extend(thread.comments.iter().map(|comment| Cow::Borrowed(comment.text.as_str())));
        Value::List(texts)
    }
}

#[derive(Clone, Copy)]
enum End {
    First,
    Last,
}
