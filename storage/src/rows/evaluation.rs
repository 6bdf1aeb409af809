//! Where datasets, experiments, optimizations and annotation queues lie.

use cairn_core::ids::{
    AnnotationQueueId, CommentId, DatasetExportId, DatasetId, DatasetItemId, ExperimentId, ExperimentItemId,
    OptimizationId, TraceId,
};
use uuid::Uuid;

use super::{Key, Table, key, uuid};

pub(crate) fn datasets() -> Key {
    key(Table::Dataset, &[])
}

pub(crate) fn dataset(id: DatasetId) -> Key {
    key(Table::Dataset, &[id.bytes()])
}

pub(crate) fn dataset_exports() -> Key {
    key(Table::DatasetExport, &[])
}

pub(crate) fn dataset_export(id: DatasetExportId) -> Key {
    key(Table::DatasetExport, &[id.bytes()])
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

/// Where the items of a dataset end that have smaller ids, or any.
pub(crate) fn dataset_items_below(id: DatasetId, item: Option<DatasetItemId>) -> Key {
    item.map_or_else(
        || dataset_item(id, DatasetItemId::known(Uuid::max()), u32::MAX),
        |item| dataset_item_revisions(id, item),
    )
}

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

pub(crate) fn experiments_of_datasets() -> Key {
    key(Table::ExperimentOfDataset, &[])
}

pub(crate) fn experiment_of_dataset(id: DatasetId, experiment: ExperimentId) -> Key {
    key(Table::ExperimentOfDataset, &[id.bytes(), experiment.bytes()])
}

pub(crate) fn experiments_of_traces() -> Key {
    key(Table::ExperimentOfTrace, &[])
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

pub(crate) fn experiment_durations_from(id: ExperimentId, duration: u64) -> Key {
    key(Table::ExperimentDuration, &[id.bytes(), &duration.to_be_bytes()])
}

pub(crate) fn experiment_duration(id: ExperimentId, duration: u64, item: ExperimentItemId) -> Key {
    key(Table::ExperimentDuration, &[id.bytes(), &duration.to_be_bytes(), item.bytes()])
}

pub(crate) fn experiment_comments(id: ExperimentId) -> Key {
    key(Table::ExperimentComment, &[id.bytes()])
}

pub(crate) fn experiment_comment(id: ExperimentId, comment: CommentId, item: ExperimentItemId) -> Key {
    key(Table::ExperimentComment, &[id.bytes(), comment.bytes(), item.bytes()])
}

pub(crate) fn experiment_comment_of(key: &[u8]) -> Option<CommentId> {
    let (rest, _) = key.split_last_chunk::<16>()?;
    let (_, comment) = rest.split_last_chunk::<16>()?;
    uuid(comment).map(CommentId::known)
}

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

pub(crate) fn optimizations_of_datasets() -> Key {
    key(Table::OptimizationOfDataset, &[])
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
