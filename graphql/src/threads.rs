//! Threads: reading them, and closing, opening, tagging and deleting them. What changed of late is in `changes`.

mod changes;

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Enum, ID, Object};
use cairn_actors::failure::Failure;
use cairn_core::access::TraceRead;
use cairn_core::command::check_batch;
use cairn_core::ids::{ProjectId, ThreadId, TraceId};
use cairn_core::merge::TagEdits;
use cairn_core::threads::{self, Command, Delete, TagChange, Which};
use cairn_core::time;
use cairn_storage::threads::read;
use cairn_storage::view::{self, Part};

pub(crate) use self::changes::ThreadSubscriptions;
use crate::bodies::{previewed, whole};
use crate::comments::{self, Comment};
use crate::connection::{ByStart, Page, page_cost};
use crate::error::{Problem, Result};
use crate::feedback::{FeedbackScore, scores};
use crate::projects::Project;
use crate::scalars::{JsonText, Timestamp, uuid};
use crate::session::{Session, loader, session};
use crate::traces::{TOTAL_TOKENS, Trace, UsageEntry, usage};

/// A conversation: the traces of a project that name the same thread id.
pub(crate) struct Thread(pub(crate) read::Thread);

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ThreadStatus {
    Active,
    Inactive,
}

impl From<threads::Status> for ThreadStatus {
    fn from(status: threads::Status) -> Self {
        match status {
            threads::Status::Active => Self::Active,
            threads::Status::Inactive => Self::Inactive,
        }
    }
}

#[Object]
impl Thread {
    /// Given by the server; scores, tags and comments hang on it.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What clients call its id: a text of their own, unique within the project.
    async fn thread_id(&self) -> &str {
        &self.0.name
    }

    async fn project_id(&self) -> ID {
        self.0.project_id.into()
    }

    #[graphql(complexity = "5 + child_complexity")]
    async fn project(&self, context: &Context<'_>) -> Result<Project> {
        let project = loader(context)?.load_one(self.0.project_id).await?;
        project.map(Project).ok_or_else(|| Problem::not_found("the project of this thread was deleted"))
    }

    /// Inactive once it was closed or silent for too long; a new trace makes it active again.
    async fn status(&self) -> ThreadStatus {
        self.0.status.into()
    }

    /// When the earliest of its traces began.
    async fn start_time(&self) -> Timestamp {
        Timestamp(self.0.start_time)
    }

    /// When the last of its traces ended, as far as is known.
    async fn end_time(&self) -> Option<Timestamp> {
        self.0.end_time.map(Timestamp)
    }

    async fn duration_ms(&self) -> Option<f64> {
        self.0.duration()
    }

    /// The input of the earliest trace.
    #[graphql(complexity = 10)]
    async fn first_message(&self, context: &Context<'_>) -> Result<Option<JsonText>> {
        whole(context, Part::Input, self.0.first_message).await
    }

    /// The output of the latest trace.
    #[graphql(complexity = 10)]
    async fn last_message(&self, context: &Context<'_>) -> Result<Option<JsonText>> {
        whole(context, Part::Output, self.0.last_message).await
    }

    /// As `Trace.inputPreview`.
    #[graphql(complexity = 10)]
    async fn first_message_preview(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(200)")] chars: Option<i32>,
    ) -> Result<Option<String>> {
        previewed(context, Part::Input, self.0.first_message, chars).await
    }

    /// As `Trace.inputPreview`.
    #[graphql(complexity = 10)]
    async fn last_message_preview(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(200)")] chars: Option<i32>,
    ) -> Result<Option<String>> {
        previewed(context, Part::Output, self.0.last_message, chars).await
    }

    async fn trace_count(&self) -> u64 {
        self.0.traces
    }

    /// A question and an answer for every trace.
    async fn message_count(&self) -> u64 {
        self.0.messages()
    }

    async fn tags(&self) -> &[String] {
        &self.0.tags
    }

    /// Of the latest trace.
    async fn environment(&self) -> Option<&str> {
        self.0.environment.as_deref()
    }

    /// Of the latest trace.
    async fn source(&self) -> Option<&str> {
        self.0.source.as_deref()
    }

    /// Summed over all spans of its traces.
    async fn usage(&self) -> Vec<UsageEntry> {
        usage(&self.0.sums.usage)
    }

    async fn total_tokens(&self) -> Option<i64> {
        self.0.sums.usage.get(TOTAL_TOKENS).copied()
    }

    /// US dollars, summed over all spans of its traces; null when unknown.
    async fn cost(&self) -> Option<f64> {
        Some(self.0.sums.cost).filter(|cost| !cost.is_zero()).and_then(|cost| f64::try_from(cost).ok())
    }

    async fn span_count(&self) -> u64 {
        self.0.sums.spans
    }

    async fn llm_span_count(&self) -> u64 {
        self.0.sums.llm_spans
    }

    async fn providers(&self) -> Vec<&str> {
        self.0.sums.providers.keys().map(String::as_str).collect()
    }

    async fn feedback_scores(&self) -> Vec<FeedbackScore> {
        scores(&self.0.scores)
    }

    /// Oldest first.
    async fn comments(&self) -> Vec<Comment> {
        comments::shown(&self.0.comments)
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

    /// Its traces by start time, the earliest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn traces(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<Trace>> {
        let thread = self.0.id;
        let page = ByStart::new(format!("traces of {thread}"), first, after)?;
        let after = page.after().map(|(start, id)| (start, TraceId::known(id)));
        let traces = loader(context)?.load_one(TracesKey { thread, after, limit: page.limit() }).await?;
        let total = usize::try_from(self.0.traces).unwrap_or(usize::MAX);
        let place = |trace: &view::Trace| (trace.start_time, trace.id.uuid());
        Ok(page.page(traces.unwrap_or_default(), total, place, Trace::from))
    }
}

#[derive(Default)]
pub(crate) struct ThreadQueries;

#[Object]
impl ThreadQueries {
    async fn thread(&self, context: &Context<'_>, id: ID) -> Result<Option<Thread>> {
        let id = ThreadId::known(uuid(&id)?);
        Ok(loader(context)?.load_one(id).await?.map(Thread))
    }

    /// The thread that the clients of a project call by an id of their own.
    async fn thread_by_thread_id(
        &self,
        context: &Context<'_>,
        project_id: ID,
        thread_id: String,
    ) -> Result<Option<Thread>> {
        let project = ProjectId::known(uuid(&project_id)?);
        let read = session(context)?.read::<TraceRead, _>(move |reader| {
            Ok(reader.thread_named(project, &thread_id)?.map(|id| reader.thread(id)).transpose()?.flatten())
        });
        Ok(read.await?.filter(|thread| !thread.is_empty()).map(Thread))
    }
}

#[derive(Default)]
pub(crate) struct ThreadMutations;

#[Object]
impl ThreadMutations {
    /// Makes threads inactive until a new trace comes. All must exist.
    async fn close_threads(&self, context: &Context<'_>, ids: Vec<ID>) -> Result<Vec<Thread>> {
        let ids = known(&ids)?;
        session(context)?.execute(Command::Close(Which::Known(ids.clone()))).await?;
        present(context, ids).await
    }

    /// Makes threads active again. All must exist.
    async fn open_threads(&self, context: &Context<'_>, ids: Vec<ID>) -> Result<Vec<Thread>> {
        let ids = known(&ids)?;
        session(context)?.execute(Command::Open(Which::Known(ids.clone()))).await?;
        present(context, ids).await
    }

    /// Adds and removes tags. Ids that are unknown are skipped.
    async fn tag_threads(
        &self,
        context: &Context<'_>,
        ids: Vec<ID>,
        #[graphql(default)] add: Vec<String>,
        #[graphql(default)] remove: Vec<String>,
    ) -> Result<Vec<Thread>> {
        let ids = known(&ids)?;
        let change = TagChange { tags: None, edits: TagEdits { added: add, removed: remove } };
        let command = Command::TagMany { ids: ids.clone(), change, merge_tags: true };
        session(context)?.execute(command).await?;
        present(context, ids).await
    }

    /// Deletes threads with all their traces. Ids that are unknown are skipped.
    async fn delete_threads(&self, context: &Context<'_>, ids: Vec<ID>) -> Result<bool> {
        session(context)?.execute(Delete(Which::Known(known(&ids)?))).await?;
        Ok(true)
    }
}

fn known(ids: &[ID]) -> Result<Vec<ThreadId>> {
    check_batch("ids", ids.len())?;
    ids.iter().map(|id| uuid(id).map(ThreadId::known)).collect()
}

/// Threads that were just changed, in the order in which they were named.
async fn present(context: &Context<'_>, ids: Vec<ThreadId>) -> Result<Vec<Thread>> {
    let mut found = loader(context)?.load_many(ids.iter().copied()).await?;
    Ok(ids.iter().filter_map(|id| found.remove(id)).map(Thread).collect())
}

pub(crate) async fn thread(context: &Context<'_>, id: ThreadId) -> Result<Thread> {
    let found = loader(context)?.load_one(id).await?;
    found.map(Thread).ok_or_else(|| Problem::not_found(format!("thread `{id}` not found")))
}

impl Loader<ThreadId> for Session {
    type Value = read::Thread;
    type Error = Failure;

    /// Those that have traces.
    async fn load(&self, keys: &[ThreadId]) -> std::result::Result<HashMap<ThreadId, read::Thread>, Failure> {
        let ids = keys.to_vec();
        self.read::<TraceRead, _>(move |reader| {
            let mut found = HashMap::with_capacity(ids.len());
            for id in ids {
                let thread = reader.thread(id)?.filter(|thread| !thread.is_empty());
                found.extend(thread.map(|thread| (id, thread)));
            }
            Ok(found)
        })
        .await
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct TracesKey {
    thread: ThreadId,
    after: Option<(time::Timestamp, TraceId)>,
    limit: usize,
}

impl Loader<TracesKey> for Session {
    type Value = Vec<view::Trace>;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[TracesKey],
    ) -> std::result::Result<HashMap<TracesKey, Vec<view::Trace>>, Failure> {
        let keys = keys.to_vec();
        self.read::<TraceRead, _>(move |reader| {
            let mut found = HashMap::with_capacity(keys.len());
            for key in keys {
                found.insert(key, reader.traces_of_thread(key.thread, key.after, key.limit)?);
            }
            Ok(found)
        })
        .await
    }
}
