//! Where rows lie: one keyspace, a table a first byte. Rows are disposable: raise `ROWS_VERSION` and they are made anew.

pub(crate) mod said;

use cairn_core::feedback::Target;
use cairn_core::ids::RepricingId;
use cairn_core::ids::{
    AnnotationQueueId, BlueprintId, DashboardId, DatasetId, DatasetItemId, DefinitionId, EnvironmentId,
    ExperimentId, ExperimentItemId, IssueId, JobId, OptimizationId, Position, ProjectId, PromptId,
    PromptVersionId, RunnerId, SavedQueryId, SpanId, TraceId,
};
use cairn_core::insights::Day;
use cairn_core::otel::OtelTraceId;
use cairn_core::prices::Key as PriceKey;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::error::Error;
use crate::runners::Stage;

/// The shape of all rows together. A change of any row raises it; the next start replays the log.
pub(crate) const ROWS_VERSION: u32 = 6;

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
    /// Experiment id → what its items add up to.
    ExperimentTally = 135,
    /// Experiment id, dataset item id → what its runs add up to.
    ExperimentRuns = 136,
    /// Experiment id, duration, item id.
    ExperimentDuration = 137,
    Prompt = 60,
    /// Name, project id → prompt id.
    PromptName = 61,
    PromptVersion = 62,
    /// Prompt id, number, version id → nothing.
    PromptMember = 63,
    /// Commit, prompt id → version id.
    PromptCommit = 64,
    /// Project id → its configuration.
    AgentConfiguration = 120,
    AgentBlueprint = 121,
    /// Project id, number (0 for masks), blueprint id → nothing.
    AgentMember = 122,
    Runner = 123,
    /// Project id, runner id → nothing.
    RunnerOfProject = 124,
    /// The same, of those that live.
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
    /// Kind and id of a target → the verdicts on it.
    Assertions = 89,
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

pub(crate) fn agent_configuration(id: ProjectId) -> Key {
    key(Table::AgentConfiguration, &[id.bytes()])
}

pub(crate) fn agent_blueprint(id: BlueprintId) -> Key {
    key(Table::AgentBlueprint, &[id.bytes()])
}

pub(crate) fn agent_members_numbered(id: ProjectId, number: u32) -> Key {
    key(Table::AgentMember, &[id.bytes(), &number.to_be_bytes()])
}

pub(crate) fn agent_member(id: ProjectId, number: u32, blueprint: BlueprintId) -> Key {
    key(Table::AgentMember, &[id.bytes(), &number.to_be_bytes(), blueprint.bytes()])
}

pub(crate) fn runner(id: RunnerId) -> Key {
    key(Table::Runner, &[id.bytes()])
}

pub(crate) fn runners_of_project(id: ProjectId) -> Key {
    key(Table::RunnerOfProject, &[id.bytes()])
}

pub(crate) fn runner_of_project(id: ProjectId, runner: RunnerId) -> Key {
    key(Table::RunnerOfProject, &[id.bytes(), runner.bytes()])
}

pub(crate) fn living_runners(id: ProjectId) -> Key {
    key(Table::LivingRunner, &[id.bytes()])
}

pub(crate) fn living_runner(id: ProjectId, runner: RunnerId) -> Key {
    key(Table::LivingRunner, &[id.bytes(), runner.bytes()])
}

pub(crate) fn job(id: JobId) -> Key {
    key(Table::Job, &[id.bytes()])
}

pub(crate) fn jobs_of_runner(id: RunnerId) -> Key {
    key(Table::JobOfRunner, &[id.bytes()])
}

pub(crate) fn job_of_runner(id: RunnerId, created: Position) -> Key {
    key(Table::JobOfRunner, &[id.bytes(), &created.0.to_be_bytes()])
}

pub(crate) fn open_jobs() -> Key {
    key(Table::OpenJob, &[])
}

pub(crate) fn open_jobs_at(id: RunnerId, stage: Stage) -> Key {
    key(Table::OpenJob, &[id.bytes(), &[stage as u8]])
}

pub(crate) fn open_job(id: RunnerId, stage: Stage, created: Position) -> Key {
    key(Table::OpenJob, &[id.bytes(), &[stage as u8], &created.0.to_be_bytes()])
}

/// The runner in the key of an open job.
pub(crate) fn runner_of_open_job(key: &[u8]) -> Option<RunnerId> {
    key.get(1..17).and_then(uuid).map(RunnerId::known)
}

pub(crate) fn job_logs(id: JobId) -> Key {
    key(Table::JobLog, &[id.bytes()])
}

pub(crate) fn job_log(id: JobId, first: u32) -> Key {
    key(Table::JobLog, &[id.bytes(), &first.to_be_bytes()])
}

pub(crate) fn insights_job(id: ProjectId) -> Key {
    key(Table::InsightsJob, &[id.bytes()])
}

pub(crate) fn insights_issues(id: ProjectId) -> Key {
    key(Table::InsightsIssue, &[id.bytes()])
}

pub(crate) fn insights_issue(id: ProjectId, issue: IssueId) -> Key {
    key(Table::InsightsIssue, &[id.bytes(), issue.bytes()])
}

pub(crate) fn insights_days(id: ProjectId, issue: IssueId) -> Key {
    key(Table::InsightsDay, &[id.bytes(), issue.bytes()])
}

pub(crate) fn insights_day(id: ProjectId, issue: IssueId, day: Day) -> Key {
    key(Table::InsightsDay, &[id.bytes(), issue.bytes(), &day.number().to_be_bytes()])
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

pub(crate) fn datasets() -> Key {
    key(Table::Dataset, &[])
}

pub(crate) fn dataset(id: DatasetId) -> Key {
    key(Table::Dataset, &[id.bytes()])
}

pub(crate) fn dataset_versions(id: DatasetId) -> Key {
    key(Table::DatasetVersion, &[id.bytes()])
}

pub(crate) fn dataset_version(id: DatasetId, number: u32) -> Key {
    key(Table::DatasetVersion, &[id.bytes(), &number.to_be_bytes()])
}

pub(crate) fn dataset_version_ref(id: DatasetId, name: &str) -> Key {
    key(Table::DatasetVersionRef, &[id.bytes(), name.as_bytes()])
}

pub(crate) fn dataset_items(id: DatasetId) -> Key {
    key(Table::DatasetItem, &[id.bytes()])
}

pub(crate) fn dataset_item_revisions(id: DatasetId, item: DatasetItemId) -> Key {
    key(Table::DatasetItem, &[id.bytes(), item.bytes()])
}

pub(crate) fn dataset_item(id: DatasetId, item: DatasetItemId, number: u32) -> Key {
    key(Table::DatasetItem, &[id.bytes(), item.bytes(), &number.to_be_bytes()])
}

/// The item and the version number at the end of a revision's key.
pub(crate) fn revision_of(key: &[u8]) -> Option<(DatasetItemId, u32)> {
    let (rest, number) = key.split_last_chunk::<4>()?;
    let (_, item) = rest.split_last_chunk::<16>()?;
    Some((DatasetItemId::known(uuid(item)?), u32::from_be_bytes(*number)))
}

pub(crate) fn dataset_item_place(item: DatasetItemId) -> Key {
    key(Table::DatasetItemPlace, &[item.bytes()])
}

pub(crate) fn experiments() -> Key {
    key(Table::Experiment, &[])
}

pub(crate) fn experiment(id: ExperimentId) -> Key {
    key(Table::Experiment, &[id.bytes()])
}

pub(crate) fn experiment_items(id: ExperimentId) -> Key {
    key(Table::ExperimentItem, &[id.bytes()])
}

pub(crate) fn experiment_item(id: ExperimentId, item: ExperimentItemId) -> Key {
    key(Table::ExperimentItem, &[id.bytes(), item.bytes()])
}

pub(crate) fn experiment_item_place(item: ExperimentItemId) -> Key {
    key(Table::ExperimentItemPlace, &[item.bytes()])
}

pub(crate) fn experiments_of_dataset(id: DatasetId) -> Key {
    key(Table::ExperimentOfDataset, &[id.bytes()])
}

pub(crate) fn experiment_of_dataset(id: DatasetId, experiment: ExperimentId) -> Key {
    key(Table::ExperimentOfDataset, &[id.bytes(), experiment.bytes()])
}

pub(crate) fn experiment_of_trace(trace: TraceId) -> Key {
    key(Table::ExperimentOfTrace, &[trace.bytes()])
}

pub(crate) fn experiment_tally(id: ExperimentId) -> Key {
    key(Table::ExperimentTally, &[id.bytes()])
}

pub(crate) fn experiment_runs(id: ExperimentId, dataset_item: DatasetItemId) -> Key {
    key(Table::ExperimentRuns, &[id.bytes(), dataset_item.bytes()])
}

/// `duration` is in bits whose order is that of the durations.
pub(crate) fn experiment_durations_from(id: ExperimentId, duration: u64) -> Key {
    key(Table::ExperimentDuration, &[id.bytes(), &duration.to_be_bytes()])
}

pub(crate) fn experiment_duration(id: ExperimentId, duration: u64, item: ExperimentItemId) -> Key {
    key(Table::ExperimentDuration, &[id.bytes(), &duration.to_be_bytes(), item.bytes()])
}

/// The duration in the key of one.
pub(crate) fn duration_of(key: &[u8]) -> Option<u64> {
    let (rest, _) = key.split_last_chunk::<16>()?;
    rest.split_last_chunk::<8>().map(|(_, duration)| u64::from_be_bytes(*duration))
}

pub(crate) fn experiment_by_dataset_items(id: ExperimentId) -> Key {
    key(Table::ExperimentByDatasetItem, &[id.bytes()])
}

pub(crate) fn experiment_runs_of(id: ExperimentId, dataset_item: DatasetItemId) -> Key {
    key(Table::ExperimentByDatasetItem, &[id.bytes(), dataset_item.bytes()])
}

pub(crate) fn experiment_by_dataset_item(
    id: ExperimentId,
    dataset_item: DatasetItemId,
    item: ExperimentItemId,
) -> Key {
    key(Table::ExperimentByDatasetItem, &[id.bytes(), dataset_item.bytes(), item.bytes()])
}

pub(crate) fn optimizations() -> Key {
    key(Table::Optimization, &[])
}

pub(crate) fn optimization(id: OptimizationId) -> Key {
    key(Table::Optimization, &[id.bytes()])
}

pub(crate) fn optimizations_of_dataset(id: DatasetId) -> Key {
    key(Table::OptimizationOfDataset, &[id.bytes()])
}

pub(crate) fn optimization_of_dataset(id: DatasetId, optimization: OptimizationId) -> Key {
    key(Table::OptimizationOfDataset, &[id.bytes(), optimization.bytes()])
}

pub(crate) fn trials(id: OptimizationId) -> Key {
    key(Table::Trial, &[id.bytes()])
}

pub(crate) fn trial(id: OptimizationId, experiment: ExperimentId) -> Key {
    key(Table::Trial, &[id.bytes(), experiment.bytes()])
}

pub(crate) fn trial_memberships() -> Key {
    key(Table::TrialMembership, &[])
}

pub(crate) fn trial_membership(trace: TraceId) -> Key {
    key(Table::TrialMembership, &[trace.bytes()])
}

pub(crate) fn standing(id: OptimizationId) -> Key {
    key(Table::Standing, &[id.bytes()])
}

pub(crate) fn annotation_queues() -> Key {
    key(Table::AnnotationQueue, &[])
}

pub(crate) fn annotation_queue(id: AnnotationQueueId) -> Key {
    key(Table::AnnotationQueue, &[id.bytes()])
}

pub(crate) fn queue_items(id: AnnotationQueueId) -> Key {
    key(Table::QueueItem, &[id.bytes()])
}

pub(crate) fn queue_item(id: AnnotationQueueId, item: Uuid) -> Key {
    key(Table::QueueItem, &[id.bytes(), item.as_bytes()])
}

pub(crate) fn queues_of_items() -> Key {
    key(Table::QueueOfItem, &[])
}

pub(crate) fn queues_of_item(item: Uuid) -> Key {
    key(Table::QueueOfItem, &[item.as_bytes()])
}

pub(crate) fn queue_of_item(item: Uuid, id: AnnotationQueueId) -> Key {
    key(Table::QueueOfItem, &[item.as_bytes(), id.bytes()])
}

pub(crate) fn open_items(id: AnnotationQueueId) -> Key {
    key(Table::OpenItem, &[id.bytes()])
}

pub(crate) fn open_item(id: AnnotationQueueId, item: Uuid) -> Key {
    key(Table::OpenItem, &[id.bytes(), item.as_bytes()])
}

pub(crate) fn queue_locks(id: AnnotationQueueId) -> Key {
    key(Table::QueueLock, &[id.bytes()])
}

pub(crate) fn queue_lock(id: AnnotationQueueId, item: Uuid) -> Key {
    key(Table::QueueLock, &[id.bytes(), item.as_bytes()])
}

pub(crate) fn queue_progress(id: AnnotationQueueId) -> Key {
    key(Table::QueueProgress, &[id.bytes()])
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
