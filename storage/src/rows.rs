//! Where rows lie: one keyspace, a table a first byte. Rows are disposable: raise `ROWS_VERSION` and they are made anew.

mod agents;
mod attachments;
mod evaluation;
pub(crate) mod history;
pub(crate) mod said;
mod threads;

use cairn_core::feedback::Target;
use cairn_core::ids::{
    AlertId, DashboardId, DefinitionId, DerivedColumnId, EnvironmentId, ErasureId, FiringId, Position,
    ProjectId, PromptId, PromptVersionId, RepricingId, RetentionRuleId, SavedQueryId, SpanId, TraceId,
};
use cairn_core::otel::OtelTraceId;
use cairn_core::prices::Key as PriceKey;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::error::Error;

pub(crate) use agents::*;
pub(crate) use attachments::*;
pub(crate) use evaluation::*;
pub(crate) use threads::*;

/// The shape of all rows together. A change of any row raises it; the next start replays the log.
pub(crate) const ROWS_VERSION: u32 = 14;

pub(crate) type Key = Vec<u8>;

#[derive(Clone, Copy)]
#[repr(u8)]
enum Table {
    /// The version of the rows, and the position that they have reached.
    Meta = 1,
    Project = 2,
    ProjectActivity = 3,
    Trace = 4,
    /// Trace id, span id → the span.
    Span = 5,
    /// Span id → trace id.
    SpanPlace = 6,
    Sums = 7,
    Scores = 8,
    OtelTrace = 9,
    /// Name without case → project id.
    ProjectName = 10,
    Definition = 35,
    Environment = 36,
    Configuration = 37,
    /// Provider, model, date → the workspace's own price.
    OwnPrice = 95,
    Repricing = 96,
    Dataset = 65,
    /// Dataset id, number → the version.
    DatasetVersion = 66,
    /// Dataset id, what a version is called by → its number.
    DatasetVersionRef = 67,
    /// Dataset id, item id, version number → the item since then, or nothing if it is gone since then.
    DatasetItem = 68,
    /// Item id → dataset id.
    DatasetItemPlace = 69,
    Experiment = 70,
    /// Experiment id, item id → the item.
    ExperimentItem = 71,
    /// Item id → experiment id.
    ExperimentItemPlace = 72,
    /// Trace id → where the items lie that it stands for.
    ExperimentOfTrace = 73,
    /// Experiment id, dataset item id, item id → what the item adds to the experiment.
    ExperimentByDatasetItem = 74,
    /// Dataset id, experiment id.
    ExperimentOfDataset = 75,
    DatasetExport = 76,
    /// Experiment id → what its items add up to.
    ExperimentTally = 135,
    /// Experiment id, dataset item id → what its runs add up to.
    ExperimentRuns = 136,
    /// Experiment id, duration, item id.
    ExperimentDuration = 137,
    /// Experiment id, comment id, item id.
    ExperimentComment = 138,
    Prompt = 60,
    /// Name, project id → prompt id.
    PromptName = 61,
    PromptVersion = 62,
    /// Prompt id, number, version id → nothing.
    PromptMember = 63,
    /// Commit, prompt id → version id.
    PromptCommit = 64,
    Thread = 80,
    /// Project id, name → thread id.
    ThreadName = 81,
    /// Trace id → where in which thread it stands.
    ThreadMember = 82,
    /// What is looked for by time, each under an `Edge` or `ACTIVE`.
    ThreadOrder = 83,
    /// Position → which threads its event changed.
    ThreadChange = 84,
    /// Project id, name → the thread that last had the name, once it is gone.
    ThreadGone = 90,
    /// Project id → its configuration.
    AgentConfiguration = 120,
    AgentBlueprint = 121,
    /// Project id, number (0 for masks), blueprint id → nothing.
    AgentMember = 122,
    Runner = 123,
    /// Project id, owner, runner id → nothing.
    RunnerOfProject = 124,
    /// Project id, runner id → nothing, of those that live.
    LivingRunner = 125,
    Job = 126,
    /// Runner id, position of creation → job id.
    JobOfRunner = 127,
    /// Runner id, stage, position of creation → job id.
    OpenJob = 128,
    /// Job id, number of the first line → where the lines are, and how many.
    JobLog = 129,
    /// Project id → its job.
    InsightsJob = 130,
    /// Project id, issue id → the issue.
    InsightsIssue = 131,
    /// Project id, issue id, day → its figures of the day.
    InsightsDay = 132,
    Optimization = 105,
    /// Dataset id, optimization id.
    OptimizationOfDataset = 106,
    /// Optimization id, experiment id → the trial.
    Trial = 107,
    /// Trace id → the trials that it belongs to.
    TrialMembership = 108,
    /// Optimization id → how it stands.
    Standing = 109,
    AnnotationQueue = 110,
    /// Queue id, trace or thread id → the item.
    QueueItem = 111,
    /// Trace or thread id, queue id.
    QueueOfItem = 112,
    /// Queue id, trace or thread id: not enough people have judged it yet.
    OpenItem = 113,
    /// Queue id, trace or thread id → who looks at it.
    QueueLock = 114,
    /// Queue id → how far it has come.
    QueueProgress = 115,
    Dashboard = 116,
    SavedQuery = 117,
    /// Kind and id of a target → its comments.
    Comments = 85,
    /// Comment id → its target.
    CommentPlace = 86,
    /// Trace id, id of a span with scores → nothing.
    ScoredSpan = 87,
    /// Trace id → its guardrail checks.
    Guardrails = 88,
    /// Kind and id of a target → the verdicts on it.
    Assertions = 89,
    /// Owner, name → the attachment.
    Attachment = 100,
    /// Project id, owner, name → nothing.
    AttachmentInProject = 101,
    /// Owner → how many of its attachments stood in its bodies.
    AttachmentsEmbedded = 102,
    /// Hash → how many attachments have the content.
    ContentUses = 103,
    /// Hash → nothing.
    ContentUnused = 104,
    /// Id of something deleted → what it was.
    Trashed = 145,
    /// Kind, position of the deletion counted downwards → the id.
    TrashPlace = 146,
    /// Trace id, span id: the span went with its trace once.
    TrashedSpan = 147,
    /// Trace or thread id, queue id → the item as which it waited there when it was deleted.
    TrashedQueueItem = 148,
    Erasure = 150,
    /// Id of an erasure that is not done → nothing.
    OpenErasure = 151,
    RetentionRule = 155,
    DerivedColumn = 160,
    Alert = 165,
    /// Alert id → what it has yet to tell, and what it told.
    AlertStanding = 166,
    /// Alert id, position of the firing → the firing.
    AlertFiring = 167,
    /// Id of a firing → its alert and position.
    AlertFiringPlace = 168,
    /// Id of a firing whose message is under way → the alert.
    AlertPending = 169,
}

fn key(table: Table, parts: &[&[u8]]) -> Key {
    let mut key = Vec::with_capacity(1 + parts.iter().map(|part| part.len()).sum::<usize>());
    key.push(table as u8);
    for part in parts {
        key.extend_from_slice(part);
    }
    key
}

pub(crate) fn meta() -> Key {
    key(Table::Meta, &[])
}

pub(crate) fn projects() -> Key {
    key(Table::Project, &[])
}

pub(crate) fn project(id: ProjectId) -> Key {
    key(Table::Project, &[id.bytes()])
}

pub(crate) fn project_name(name_key: &str) -> Key {
    key(Table::ProjectName, &[name_key.as_bytes()])
}

pub(crate) fn project_activity(id: ProjectId) -> Key {
    key(Table::ProjectActivity, &[id.bytes()])
}

pub(crate) fn definitions() -> Key {
    key(Table::Definition, &[])
}

pub(crate) fn definition(id: DefinitionId) -> Key {
    key(Table::Definition, &[id.bytes()])
}

pub(crate) fn environments() -> Key {
    key(Table::Environment, &[])
}

pub(crate) fn environment(id: EnvironmentId) -> Key {
    key(Table::Environment, &[id.bytes()])
}

/// A workspace has one.
pub(crate) fn configuration() -> Key {
    key(Table::Configuration, &[])
}

pub(crate) fn own_prices() -> Key {
    key(Table::OwnPrice, &[])
}

pub(crate) fn own_price(price: &PriceKey) -> Key {
    let from = price.effective_from.as_nanos().to_be_bytes();
    let length = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes();
    let (provider, model) = (length(&price.provider), length(&price.model));
    key(Table::OwnPrice, &[&provider, price.provider.as_bytes(), &model, price.model.as_bytes(), &from])
}

pub(crate) fn repricings() -> Key {
    key(Table::Repricing, &[])
}

pub(crate) fn repricing(id: RepricingId) -> Key {
    key(Table::Repricing, &[id.bytes()])
}

pub(crate) fn retention_rules() -> Key {
    key(Table::RetentionRule, &[])
}

pub(crate) fn retention_rule(id: RetentionRuleId) -> Key {
    key(Table::RetentionRule, &[id.bytes()])
}

pub(crate) fn alerts() -> Key {
    key(Table::Alert, &[])
}

pub(crate) fn alert(id: AlertId) -> Key {
    key(Table::Alert, &[id.bytes()])
}

pub(crate) fn alert_standings() -> Key {
    key(Table::AlertStanding, &[])
}

pub(crate) fn alert_standing(id: AlertId) -> Key {
    key(Table::AlertStanding, &[id.bytes()])
}

pub(crate) fn alert_firings(id: AlertId) -> Key {
    key(Table::AlertFiring, &[id.bytes()])
}

pub(crate) fn alert_firing(id: AlertId, at: Position) -> Key {
    key(Table::AlertFiring, &[id.bytes(), &at.0.to_be_bytes()])
}

pub(crate) fn alert_firing_place(id: FiringId) -> Key {
    key(Table::AlertFiringPlace, &[id.bytes()])
}

pub(crate) fn alerts_pending() -> Key {
    key(Table::AlertPending, &[])
}

pub(crate) fn alert_pending(id: FiringId) -> Key {
    key(Table::AlertPending, &[id.bytes()])
}

pub(crate) fn derived_columns() -> Key {
    key(Table::DerivedColumn, &[])
}

pub(crate) fn derived_column(id: DerivedColumnId) -> Key {
    key(Table::DerivedColumn, &[id.bytes()])
}

pub(crate) fn erasures() -> Key {
    key(Table::Erasure, &[])
}

pub(crate) fn erasure(id: ErasureId) -> Key {
    key(Table::Erasure, &[id.bytes()])
}

pub(crate) fn open_erasures() -> Key {
    key(Table::OpenErasure, &[])
}

pub(crate) fn open_erasure(id: ErasureId) -> Key {
    key(Table::OpenErasure, &[id.bytes()])
}

pub(crate) fn prompts() -> Key {
    key(Table::Prompt, &[])
}

pub(crate) fn prompt(id: PromptId) -> Key {
    key(Table::Prompt, &[id.bytes()])
}

/// The length before a name keeps it from being the beginning of another.
pub(crate) fn prompts_named(name: &str) -> Key {
    let length = u32::try_from(name.len()).unwrap_or(u32::MAX).to_be_bytes();
    key(Table::PromptName, &[&length, name.as_bytes()])
}

pub(crate) fn prompt_name(name: &str, project_id: ProjectId) -> Key {
    let mut key = prompts_named(name);
    key.extend_from_slice(project_id.bytes());
    key
}

pub(crate) fn prompt_version(id: PromptVersionId) -> Key {
    key(Table::PromptVersion, &[id.bytes()])
}

pub(crate) fn prompt_members(id: PromptId) -> Key {
    key(Table::PromptMember, &[id.bytes()])
}

pub(crate) fn prompt_members_numbered(id: PromptId, number: u32) -> Key {
    key(Table::PromptMember, &[id.bytes(), &number.to_be_bytes()])
}

pub(crate) fn prompt_member(id: PromptId, number: u32, version: PromptVersionId) -> Key {
    key(Table::PromptMember, &[id.bytes(), &number.to_be_bytes(), version.bytes()])
}

pub(crate) fn prompt_commits(commit: &str) -> Key {
    key(Table::PromptCommit, &[commit.as_bytes()])
}

pub(crate) fn prompt_commit(commit: &str, id: PromptId) -> Key {
    key(Table::PromptCommit, &[commit.as_bytes(), id.bytes()])
}

pub(crate) fn trace(id: TraceId) -> Key {
    key(Table::Trace, &[id.bytes()])
}

pub(crate) fn spans_of(trace_id: TraceId) -> Key {
    key(Table::Span, &[trace_id.bytes()])
}

pub(crate) fn span(trace_id: TraceId, id: SpanId) -> Key {
    key(Table::Span, &[trace_id.bytes(), id.bytes()])
}

pub(crate) fn span_place(id: SpanId) -> Key {
    key(Table::SpanPlace, &[id.bytes()])
}

pub(crate) fn sums(trace_id: TraceId) -> Key {
    key(Table::Sums, &[trace_id.bytes()])
}

pub(crate) fn scores(target: Target) -> Key {
    said::of_target(Table::Scores, target)
}

pub(crate) fn otel_trace(project_id: ProjectId, otel_id: &OtelTraceId) -> Key {
    key(Table::OtelTrace, &[project_id.bytes(), otel_id])
}

pub(crate) fn dashboards() -> Key {
    key(Table::Dashboard, &[])
}

pub(crate) fn dashboard(id: DashboardId) -> Key {
    key(Table::Dashboard, &[id.bytes()])
}

pub(crate) fn saved_query(id: SavedQueryId) -> Key {
    key(Table::SavedQuery, &[id.bytes()])
}

/// An entity's id and a position: its history is one range.
pub(crate) fn history(entity: Uuid, at: Position) -> Key {
    let mut key = entity.as_bytes().to_vec();
    key.extend_from_slice(&at.0.to_be_bytes());
    key
}

pub(crate) fn write<T: Serialize>(row: &T) -> Result<Vec<u8>, Error> {
    Ok(postcard::to_stdvec(row)?)
}

pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    Ok(postcard::from_bytes(bytes)?)
}

pub(crate) fn uuid(bytes: &[u8]) -> Option<Uuid> {
    Uuid::from_slice(bytes).ok()
}
