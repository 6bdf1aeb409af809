//! The only way into the log: events are appended and projected together, then made durable in one atomic batch.

use std::sync::Arc;

use cairn_core::alerts;
use cairn_core::annotations;
use cairn_core::attachments::{Attachment, ContentHash, Owner};
use cairn_core::command::Context;
use cairn_core::comments::{self, Comment};
use cairn_core::dashboards;
use cairn_core::datasets::exports::Export;
use cairn_core::datasets::items::Item;
use cairn_core::datasets::versions::Version;
use cairn_core::erasures::Erasure;
use cairn_core::event::{Event, Recorded};
use cairn_core::experiments::{self, Experiment};
use cairn_core::feedback::{self, Target};
use cairn_core::ids::{
    AnnotationQueueId, BlueprintId, CommentId, DatasetExportId, DatasetId, DatasetItemId, ErasureId,
    ExperimentId, ExperimentItemId, IssueId, JobId, OptimizationId, Position, ProjectId, PromptId,
    PromptVersionId, RunnerId, SpanId, ThreadId, TraceId,
};
use cairn_core::limits::{LOG_BLOCK_BYTES_TARGET, LOG_BLOCK_EVENTS_MAX, LOG_PART_BYTES};
use cairn_core::optimizations::Optimization;
use cairn_core::otel::OtelTraceId;
use cairn_core::prices;
use cairn_core::prompts::state::Prompt;
use cairn_core::prompts::{self, Commit};
use cairn_core::runners::state::{Job, Runner};
use cairn_core::time::Timestamp;
use cairn_core::workspaces::configuration::Configuration;
use cairn_core::{agents, datasets, definitions, environments, insights, projects, spans, threads, traces};

use crate::attachments::Standing;
use crate::datasets::VersionName;
use crate::error::Error;
use crate::log::block::{self, Block, Hash, Record};
use crate::log::{part_key, upcast};
use crate::staging::Staging;
use crate::store::{Store, meta_row};

/// There is one for a workspace, held by its actor.
pub struct Writer {
    store: Arc<Store>,
    staging: Staging,
    head: Position,
    chain: Hash,
    pending: Vec<Record>,
    pending_bytes: usize,
}

impl Writer {
    pub fn open(store: Arc<Store>) -> Result<Self, Error> {
        let staging = Staging::open(store.keyspaces().clone(), store.log().clone())?;
        let (head, chain) = store.log().head()?;
        Ok(Self { store, staging, head, chain, pending: Vec::new(), pending_bytes: 0 })
    }

    pub const fn store(&self) -> &Arc<Store> {
        &self.store
    }

    pub const fn head(&self) -> Position {
        self.head
    }

    /// The chain of hashes up to the last commit.
    pub const fn chain(&self) -> Hash {
        self.chain
    }

    /// Bytes that wait for the next commit.
    pub const fn pending_bytes(&self) -> usize {
        self.pending_bytes
    }

    pub const fn projects(&self) -> &projects::State {
        self.staging.projects()
    }

    pub const fn definitions(&self) -> &definitions::State {
        self.staging.definitions()
    }

    pub const fn environments(&self) -> &environments::State {
        self.staging.environments()
    }

    pub const fn prices(&self) -> &prices::State {
        self.staging.prices()
    }

    /// Writes what a span costs by the prices in force into an event that is about to be appended.
    pub fn pin_price(&mut self, event: &mut spans::Event, now: Timestamp) -> Result<(), Error> {
        self.staging.pin_price(event, now)
    }

    pub fn erasure(&mut self, id: ErasureId) -> Result<Option<&Erasure>, Error> {
        self.staging.erasures.get(id)
    }

    pub const fn retention(&self) -> &cairn_core::retention::State {
        self.staging.retention.state()
    }

    pub const fn derived(&self) -> &cairn_core::derived::State {
        self.staging.derived.state()
    }

    /// How many erasures are not done.
    pub fn open_erasures(&self) -> Result<usize, Error> {
        self.staging.erasures.open_count()
    }

    pub fn workspace_configuration(&mut self) -> Result<Option<&Configuration>, Error> {
        self.staging.configuration()
    }

    pub fn prompt(&mut self, id: PromptId) -> Result<Option<&Prompt>, Error> {
        self.staging.prompts().prompt(id)
    }

    pub fn prompt_named(&mut self, project: ProjectId, name: &str) -> Result<Option<PromptId>, Error> {
        self.staging.prompts().named(project, name)
    }

    pub fn prompt_version(&mut self, id: PromptVersionId) -> Result<Option<&prompts::state::Version>, Error> {
        self.staging.prompts().version(id)
    }

    /// Whether a version of the prompt has the commit.
    pub fn has_prompt_commit(&mut self, prompt: PromptId, commit: &Commit) -> Result<bool, Error> {
        self.staging.prompts().has_commit(prompt, commit)
    }

    pub fn agent_configuration(
        &mut self,
        project: ProjectId,
    ) -> Result<Option<&agents::state::Configuration>, Error> {
        self.staging.agents.configuration(project)
    }

    pub fn agent_blueprint(&mut self, id: BlueprintId) -> Result<Option<&agents::state::Blueprint>, Error> {
        self.staging.agents.blueprint(id)
    }

    /// The version of a number.
    pub fn agent_version(&self, project: ProjectId, number: u32) -> Result<Option<BlueprintId>, Error> {
        self.staging.agents.numbered(project, number)
    }

    pub fn runner(&mut self, id: RunnerId) -> Result<Option<&Runner>, Error> {
        self.staging.runners.runner(id)
    }

    pub fn living_runners(&mut self, project: ProjectId) -> Result<Vec<Runner>, Error> {
        self.staging.runners.living(project)
    }

    pub fn job(&mut self, id: JobId) -> Result<Option<&Job>, Error> {
        self.staging.runners.job(id)
    }

    /// The jobs that wait for a runner, oldest first.
    pub fn pending_jobs(&mut self, runner: RunnerId) -> Result<Vec<JobId>, Error> {
        self.staging.runners.pending(runner)
    }

    /// All jobs that wait or run.
    pub fn open_jobs(&mut self) -> Result<Vec<Job>, Error> {
        self.staging.runners.open_jobs()
    }

    pub fn insights_job(&mut self, project: ProjectId) -> Result<Option<&insights::state::Job>, Error> {
        self.staging.insights.job(project)
    }

    pub fn insights_issue(
        &mut self,
        project: ProjectId,
        id: IssueId,
    ) -> Result<Option<&insights::state::Issue>, Error> {
        self.staging.insights.issue(project, id)
    }

    pub fn insights_issues(&mut self, project: ProjectId) -> Result<Vec<insights::state::Issue>, Error> {
        self.staging.insights.issues(project)
    }

    pub fn trace(&mut self, id: TraceId) -> Result<Option<&traces::State>, Error> {
        self.staging.trace(id)
    }

    pub fn span(&mut self, id: SpanId) -> Result<Option<&spans::State>, Error> {
        self.staging.span(id)
    }

    pub fn has_spans(&self, trace_id: TraceId) -> Result<bool, Error> {
        Ok(!self.staging.spans_of(trace_id)?.is_empty())
    }

    pub fn attachment(&mut self, owner: Owner, name: &str) -> Result<Option<&Attachment>, Error> {
        self.staging.attachments.get(owner, name)
    }

    /// Where the bodies of a trace or span stand; `None` while it is not there.
    pub fn standing(&mut self, owner: Owner) -> Result<Option<Standing>, Error> {
        Ok(match owner {
            Owner::Trace(id) => self.staging.trace(id)?.map(|state| {
                let fields = state.register.resolve();
                Standing::new(state.project_id, [fields.input, fields.output, fields.metadata])
            }),
            Owner::Span(id) => self.staging.span(id)?.map(|state| {
                let fields = state.register.resolve();
                Standing::new(state.project_id, [fields.input, fields.output, fields.metadata])
            }),
        })
    }

    /// The attachments that stood in the owner's bodies.
    pub fn embedded_attachments(&mut self, owner: Owner) -> Result<Vec<Attachment>, Error> {
        self.staging.attachments.embedded(owner)
    }

    /// Whether no attachment has the content any more, while its bytes are still kept.
    pub fn is_content_unused(&mut self, hash: ContentHash) -> Result<bool, Error> {
        self.staging.attachments.is_unused(hash)
    }

    pub fn scores(&mut self, target: Target) -> Result<Option<&feedback::State>, Error> {
        self.staging.scores(target)
    }

    pub fn comments(&mut self, target: Target) -> Result<&[Comment], Error> {
        self.staging.comments.on(target)
    }

    pub fn comment(&mut self, id: CommentId) -> Result<Option<comments::Placed>, Error> {
        self.staging.comments.get(id)
    }

    pub fn thread(&mut self, id: ThreadId) -> Result<Option<&threads::State>, Error> {
        Ok(self.staging.threads.get(id)?.map(|thread| &thread.state))
    }

    /// The thread that a project's clients call by a name.
    pub fn thread_named(&mut self, project: ProjectId, name: &str) -> Result<Option<ThreadId>, Error> {
        self.staging.threads.named(project, name)
    }

    pub fn traces_of_thread(&self, id: ThreadId) -> Result<Vec<TraceId>, Error> {
        self.staging.threads.traces_of(id)
    }

    /// The active threads that were last heard of before a time, the longest silent first.
    pub fn silent_threads(&self, before: Timestamp, limit: usize) -> Result<Vec<ThreadId>, Error> {
        self.staging.threads.silent(before, limit)
    }

    /// How many guardrail checks a trace has.
    pub fn guardrail_checks(&mut self, trace_id: TraceId) -> Result<usize, Error> {
        self.staging.checks.count(trace_id)
    }

    pub fn otel_trace(&mut self, project: ProjectId, otel_id: OtelTraceId) -> Result<Option<TraceId>, Error> {
        self.staging.otel_trace(project, otel_id)
    }

    pub const fn datasets(&self) -> &datasets::State {
        self.staging.datasets.state()
    }

    pub fn dataset_version(&mut self, dataset: DatasetId, number: u32) -> Result<Option<&Version>, Error> {
        self.staging.datasets.version(dataset, number)
    }

    /// The version that somebody calls by its tag, its hash or its id.
    pub fn dataset_version_called(
        &mut self,
        dataset: DatasetId,
        reference: &str,
    ) -> Result<Option<u32>, Error> {
        let mut names = vec![VersionName::Tag(reference), VersionName::Hash(reference)];
        names.extend(uuid::Uuid::parse_str(reference).ok().map(VersionName::Id));
        for name in names {
            if let Some(number) = self.staging.datasets.version_called(dataset, &name)? {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }

    pub fn dataset_export(&mut self, id: DatasetExportId) -> Result<Option<&Export>, Error> {
        self.staging.datasets.export(id)
    }

    pub fn experiment(&mut self, id: ExperimentId) -> Result<Option<&Experiment>, Error> {
        self.staging.experiments.get(id)
    }

    pub fn experiment_item(&mut self, id: ExperimentItemId) -> Result<Option<&experiments::Item>, Error> {
        self.staging.experiments.item(id)
    }

    pub const fn alerts(&self) -> &alerts::state::State {
        self.staging.alerts.state()
    }

    pub const fn dashboards(&self) -> &dashboards::State {
        self.staging.dashboards()
    }

    pub fn annotation_queue(&mut self, id: AnnotationQueueId) -> Result<Option<&annotations::Queue>, Error> {
        self.staging.annotations.get(id)
    }

    pub fn annotation_item(
        &mut self,
        id: AnnotationQueueId,
        item: uuid::Uuid,
    ) -> Result<Option<&annotations::Item>, Error> {
        self.staging.annotations.item(id, item)
    }

    /// The queues that something belongs into by its scores, and is not in.
    pub fn annotation_queues_wanting(
        &mut self,
        project: ProjectId,
        target: Target,
    ) -> Result<Vec<AnnotationQueueId>, Error> {
        self.staging.queues_wanting(project, target)
    }

    pub fn annotation_item_count(&mut self, id: AnnotationQueueId) -> Result<u64, Error> {
        self.staging.annotations.item_count(id)
    }

    pub fn annotation_locks(
        &mut self,
        id: AnnotationQueueId,
        item: uuid::Uuid,
    ) -> Result<&[annotations::Lock], Error> {
        self.staging.annotations.locks(id, item)
    }

    pub fn optimization(&mut self, id: OptimizationId) -> Result<Option<&Optimization>, Error> {
        self.staging.optimizations.get(id)
    }

    /// Whether a trace stands for an item of an experiment.
    pub fn is_in_experiment(&mut self, trace: TraceId, experiment: ExperimentId) -> Result<bool, Error> {
        let places = self.staging.experiments.tallies.places(trace)?;
        Ok(places.iter().any(|place| place.experiment == experiment))
    }

    /// The version that carries a tag that people gave.
    pub fn dataset_version_tagged(&mut self, dataset: DatasetId, tag: &str) -> Result<Option<u32>, Error> {
        self.staging.datasets.version_called(dataset, &VersionName::Tag(tag))
    }

    /// The version that a group of requests writes to.
    pub fn dataset_version_of_group(
        &mut self,
        dataset: DatasetId,
        group: uuid::Uuid,
    ) -> Result<Option<u32>, Error> {
        self.staging.datasets.version_called(dataset, &VersionName::Group(group))
    }

    pub fn dataset_item(
        &mut self,
        dataset: DatasetId,
        number: u32,
        id: DatasetItemId,
    ) -> Result<Option<Item>, Error> {
        self.staging.datasets.item(dataset, number, id)
    }

    /// The items that a version has.
    pub fn dataset_items_in(&mut self, dataset: DatasetId, number: u32) -> Result<Vec<DatasetItemId>, Error> {
        self.staging.datasets.items_in(dataset, number)
    }

    /// In which dataset an item lies.
    pub fn dataset_of_item(&mut self, id: DatasetItemId) -> Result<Option<DatasetId>, Error> {
        self.staging.datasets.place(id)
    }

    /// Appends an event to the next commit. Decisions that follow see its effect at once.
    pub fn append(&mut self, event: Event, context: &Context) -> Result<Position, Error> {
        self.check_healthy()?;
        let position = self.head.next();
        let (kind, payload) = upcast::encode(&event);
        let record = Record {
            position,
            time: context.now,
            principal: Arc::clone(&context.principal),
            request: context.request,
            kind: kind.number(),
            version: kind.version(),
            payload,
        };
        self.take(record, event)
    }

    /// Appends an event as it was recorded elsewhere: by whom, when and in which request.
    pub(crate) fn restore(&mut self, record: Record, event: Event) -> Result<Position, Error> {
        self.check_healthy()?;
        self.take(Record { position: self.head.next(), ..record }, event)
    }

    fn take(&mut self, record: Record, event: Event) -> Result<Position, Error> {
        let recorded = Recorded {
            position: record.position,
            time: record.time,
            principal: Arc::clone(&record.principal),
            request: record.request,
            event,
        };
        self.staging.note_kind(&record);
        self.staging.project(&recorded)?;
        self.pending_bytes += record.payload.event_bytes();
        self.pending.push(record);
        self.head = recorded.position;
        Ok(recorded.position)
    }

    /// Stops all writing: a command failed half-way, and its events must not become durable.
    pub fn fail(&self, error: &Error) {
        self.store.signals().fail(error.to_string());
    }

    /// Makes everything appended durable, or nothing. After a failure nothing more is accepted.
    pub fn commit(&mut self) -> Result<Position, Error> {
        self.check_healthy()?;
        if self.pending.is_empty() {
            return Ok(self.head);
        }
        let kinds: Vec<u16> = self.pending.iter().map(|record| record.kind).collect();
        self.write().inspect_err(|error| self.fail(error))?;
        self.store.signals().count(kinds.into_iter());
        self.store.signals().advance_head(self.head);
        Ok(self.head)
    }

    fn write(&mut self) -> Result<(), Error> {
        let mut batch = self.store.batch();
        let mut blocks: Vec<(Position, Block)> = Vec::new();
        for records in into_blocks(std::mem::take(&mut self.pending)) {
            let Some(first) = records.first().map(|record| record.position) else { continue };
            let log = self.store.log().keyspace();
            block::encode(&records, &mut self.chain, |number, part| {
                batch.insert(log, part_key(first, number), part);
            })?;
            let block = Block::just_written(records);
            // A large one is not kept: its memory is free before it is written once more.
            blocks.extend((block.bytes <= LOG_PART_BYTES).then_some((first, block)));
        }
        self.staging.flush(&mut batch)?;
        batch.insert(&self.store.keyspaces().rows, crate::rows::meta(), meta_row(self.head)?);
        // Whoever sees the commit must know that these are not what they were.
        self.store.comparisons().change(self.staging.experiments.tallies.take_touched(), self.head);
        batch.commit()?;
        self.pending_bytes = 0;
        for (first, block) in blocks {
            self.store.log().remember(first, block);
        }
        Ok(())
    }

    fn check_healthy(&self) -> Result<(), Error> {
        match self.store.signals().fault() {
            Some(fault) => Err(Error::Poisoned(fault.to_owned())),
            None => Ok(()),
        }
    }
}

/// Cuts records into blocks by number and size, in order.
fn into_blocks(records: Vec<Record>) -> Vec<Vec<Record>> {
    let mut blocks: Vec<Vec<Record>> = Vec::new();
    let mut bytes = usize::MAX;
    for record in records {
        let length = record.payload.event_bytes();
        match blocks.last_mut() {
            Some(block) if block.len() < LOG_BLOCK_EVENTS_MAX && bytes + length <= LOG_BLOCK_BYTES_TARGET => {
                bytes += length;
                block.push(record);
            }
            _ => {
                bytes = length;
                blocks.push(vec![record]);
            }
        }
    }
    blocks
}

#[cfg(test)]
mod tests;
