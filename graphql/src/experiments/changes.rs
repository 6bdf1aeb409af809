//! Changing and deleting experiments, and what happens to them as it happens.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject, Subscription};
use cairn_core::access::ExperimentRead;
use cairn_core::event::{Event, Recorded};
use cairn_core::experiments::{self, Changes, Command, not_found};
use cairn_core::feedback::Target;
use cairn_core::ids::{self, DatasetId, ExperimentId, ProjectId, TraceId};
use cairn_core::merge::TagEdits;
use cairn_core::{prices, spans};
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use cairn_storage::view::Bodies;
use futures_util::Stream;
use uuid::Uuid;

use super::{Experiment, ExperimentKind, ExperimentStatus, load};
use crate::error::Result;
use crate::live::{ChangeKind, Fate, Topic, Watch, follow};
use crate::scalars::{JsonText, Position, uuid};
use crate::session::session;

/// Fields that are left out stay as they are.
#[derive(InputObject)]
pub(crate) struct UpdateExperimentInput {
    id: ID,
    name: Option<String>,
    #[graphql(flatten)]
    changes: UpdateExperimentsInput,
}

/// Fields that are left out stay as they are.
#[derive(InputObject)]
pub(crate) struct UpdateExperimentsInput {
    metadata: Option<JsonText>,
    /// Replaces the tags.
    tags: Option<Vec<String>>,
    #[graphql(default)]
    add_tags: Vec<String>,
    #[graphql(default)]
    remove_tags: Vec<String>,
    kind: Option<ExperimentKind>,
    status: Option<ExperimentStatus>,
}

impl UpdateExperimentsInput {
    fn changes(self, name: Option<String>) -> Box<Changes> {
        Box::new(Changes {
            name,
            metadata: self.metadata.map(|json| json.0),
            tags: self.tags,
            tag_edits: TagEdits { added: self.add_tags, removed: self.remove_tags },
            kind: self.kind.map(Into::into),
            status: self.status.map(Into::into),
            scores: None,
        })
    }
}

#[derive(Default)]
pub(crate) struct ExperimentMutations;

#[Object]
impl ExperimentMutations {
    async fn update_experiment(
        &self,
        context: &Context<'_>,
        input: UpdateExperimentInput,
    ) -> Result<Experiment> {
        let session = session(context)?;
        let id = ExperimentId::known(uuid(&input.id)?);
        let changes = input.changes.changes(input.name);
        session.execute(Command::Update { id, changes }).await?;
        load(session, id).await?.ok_or_else(|| not_found(id).into())
    }

    /// Changes experiments alike; those that are not there are left out.
    #[graphql(complexity = "10 + ids.len() * child_complexity")]
    async fn update_experiments(
        &self,
        context: &Context<'_>,
        ids: Vec<ID>,
        input: UpdateExperimentsInput,
    ) -> Result<Vec<Experiment>> {
        let ids = experiment_ids(&ids)?;
        let changes = input.changes(None);
        let command = Command::UpdateMany { ids: ids.clone(), changes, merge_tags: false };
        changed(context, ids, command).await
    }

    /// Says that experiments have ended as they should; those that are not there are left out.
    #[graphql(complexity = "10 + ids.len() * child_complexity")]
    async fn finish_experiments(&self, context: &Context<'_>, ids: Vec<ID>) -> Result<Vec<Experiment>> {
        let ids = experiment_ids(&ids)?;
        changed(context, ids.clone(), Command::set_status(ids, experiments::Status::Completed)).await
    }

    /// Says that experiments were given up; those that are not there are left out.
    #[graphql(complexity = "10 + ids.len() * child_complexity")]
    async fn cancel_experiments(&self, context: &Context<'_>, ids: Vec<ID>) -> Result<Vec<Experiment>> {
        let ids = experiment_ids(&ids)?;
        changed(context, ids.clone(), Command::set_status(ids, experiments::Status::Cancelled)).await
    }

    /// Deletes experiments; the traces stay. True also for what was not there.
    async fn delete_experiments(&self, context: &Context<'_>, ids: Vec<ID>) -> Result<bool> {
        session(context)?.execute(Command::Delete { ids: experiment_ids(&ids)? }).await?;
        Ok(true)
    }
}

fn experiment_ids(ids: &[ID]) -> Result<Vec<ExperimentId>> {
    ids.iter().map(|id| Ok(ExperimentId::known(uuid(id)?))).collect()
}

/// The experiments after a command, in the order in which they were named.
async fn changed(context: &Context<'_>, ids: Vec<ExperimentId>, command: Command) -> Result<Vec<Experiment>> {
    let session = session(context)?;
    session.execute(command).await?;
    let read = session.read::<ExperimentRead, _>(move |reader| {
        let found = ids.into_iter().map(|id| reader.experiment(id));
        Ok(found
            .filter_map(std::result::Result::transpose)
            .collect::<std::result::Result<Vec<_>, Error>>()?)
    });
    Ok(read.await?.into_iter().map(Experiment).collect())
}

#[derive(SimpleObject)]
pub(crate) struct ExperimentChange {
    /// Where to resume: everything up to here has been told.
    position: Position,
    kind: ChangeKind,
    experiment_id: ID,
    /// Null when it was deleted.
    experiment: Option<Experiment>,
}

#[derive(Default)]
pub(crate) struct ExperimentSubscriptions;

#[Subscription]
impl ExperimentSubscriptions {
    /// The progress of experiments: of one, of those over a dataset, or of those of a project. Told is whatever was
    /// made, changed or deleted after the position `after` (absent: from now on), items and what happens to their traces
    /// included. A trace of several experiments tells of the newest of them, or of the one that was asked for. Deletions
    /// are told whatever the dataset and project. Resuming from the last position received gives neither a gap nor a
    /// duplicate.
    async fn experiment_changes(
        &self,
        context: &Context<'_>,
        id: Option<ID>,
        dataset_id: Option<ID>,
        project_id: Option<ID>,
        after: Option<Position>,
    ) -> Result<impl Stream<Item = Result<ExperimentChange>>> {
        let watch = Experiments {
            id: id.map(|id| uuid(&id).map(ExperimentId::known)).transpose()?,
            dataset: dataset_id.map(|id| uuid(&id).map(DatasetId::known)).transpose()?,
            project: project_id.map(|id| uuid(&id).map(ProjectId::known)).transpose()?,
        };
        follow(session(context)?.clone(), after.map(|after| after.0), watch).await
    }
}

#[derive(Clone, Copy)]
struct Experiments {
    id: Option<ExperimentId>,
    dataset: Option<DatasetId>,
    project: Option<ProjectId>,
}

impl Experiments {
    /// The experiment of which a trace tells.
    fn of_trace(
        &self,
        reader: &Reader,
        trace: TraceId,
    ) -> std::result::Result<Option<(Uuid, ChangeKind)>, Error> {
        let experiments = reader.experiments_of(trace)?;
        let told = match self.id {
            Some(id) => experiments.contains(&id).then_some(id),
            None => experiments.into_iter().max(),
        };
        Ok(told.map(|id| (id.uuid(), ChangeKind::Upserted)))
    }

    /// What was said of a trace is told of its experiments.
    fn of_target(
        &self,
        reader: &Reader,
        target: Target,
    ) -> std::result::Result<Option<(Uuid, ChangeKind)>, Error> {
        match target {
            Target::Trace(id) => self.of_trace(reader, id),
            Target::Span(_) | Target::Thread(_) => Ok(None),
        }
    }
}

impl Topic for Experiments {
    type Touch = ChangeKind;
    type View = Fate<experiments::Experiment>;

    fn about(&self) -> Option<Uuid> {
        self.id.map(ExperimentId::uuid)
    }

    fn touched(
        &self,
        reader: &Reader,
        event: &Recorded<Event>,
    ) -> std::result::Result<Vec<(Uuid, ChangeKind)>, Error> {
        let touched = match &event.event {
            Event::Experiments(event) => {
                let id = event.experiment_id();
                let kind = match event {
                    experiments::Event::Deleted { .. } => ChangeKind::Deleted,
                    _ => ChangeKind::Upserted,
                };
                self.id.is_none_or(|wanted| wanted == id).then(|| (id.uuid(), kind))
            }
            Event::Traces(event) => self.of_trace(reader, event.id())?,
            Event::Spans(spans::Event::Recorded(row)) => self.of_trace(reader, row.trace_id)?,
            Event::Spans(spans::Event::Patched(patch)) => self.of_trace(reader, patch.trace_id)?,
            Event::Spans(spans::Event::Deleted { trace_id, .. })
            | Event::Prices(prices::Event::SpanRepriced { trace_id, .. }) => {
                self.of_trace(reader, *trace_id)?
            }
            Event::Feedback(event) => self.of_target(reader, event.target())?,
            Event::Comments(event) => self.of_target(reader, event.target())?,
            Event::Guardrails(_)
            | Event::Prices(_)
            | Event::Workspaces(_)
            | Event::Projects(_)
            | Event::Otel(_)
            | Event::Attachments(_)
            | Event::Definitions(_)
            | Event::Environments(_)
            | Event::Datasets(_)
            | Event::Prompts(_)
            | Event::Optimizations(_)
            | Event::Agents(_)
            | Event::History(_)
            | Event::Erasures(_)
            | Event::Retention(_)
            | Event::Derived(_)
            | Event::Insights(_)
            | Event::Runners(_)
            | Event::Annotations(_)
            | Event::Alerts(_)
            | Event::Dashboards(_)
            | Event::Threads(_) => None,
        };
        Ok(touched.into_iter().collect())
    }

    fn view(
        &self,
        reader: &Reader,
        _: ids::Position,
        id: Uuid,
        touch: ChangeKind,
    ) -> std::result::Result<Option<Fate<experiments::Experiment>>, Error> {
        Ok(Fate::of(reader.experiment(ExperimentId::known(id))?, touch))
    }
}

impl Watch for Experiments {
    type Permission = ExperimentRead;
    type Topic = Self;
    type Item = ExperimentChange;

    fn topic(&self) -> Self {
        *self
    }

    fn item(
        &self,
        _: &Bodies,
        position: ids::Position,
        id: Uuid,
        fate: &Fate<experiments::Experiment>,
    ) -> Option<ExperimentChange> {
        let is_of = |experiment: &experiments::Experiment| {
            self.dataset.is_none_or(|dataset| experiment.dataset_id == dataset)
                && self.project.is_none_or(|project| experiment.project_id == Some(project))
        };
        fate.here().is_none_or(is_of).then(|| ExperimentChange {
            position: Position(position),
            kind: fate.kind(),
            experiment_id: ExperimentId::known(id).into(),
            experiment: fate.here().cloned().map(Experiment),
        })
    }
}
