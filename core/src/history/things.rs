//! What an event is about: the thing in whose history it stands. Which changes can be taken back is in `undo`.

use uuid::Uuid;

use crate::access::{
    AgentRead, AlertRead, AnnotationRead, AuditRead, DashboardRead, DataErase, DatasetRead, EnvironmentRead,
    ExperimentRead, FeedbackDefinitionRead, Grant, InsightRead, OptimizationRead, Permission, PriceRead,
    Principal, ProjectRead, PromptRead, RetentionRead, TraceRead, WorkspaceRead,
};
use crate::attachments::Owner;
use crate::event::Event;
use crate::feedback::Target;
use crate::history::{WORKSPACE, undo};
use crate::ids::{
    AlertId, AnnotationQueueId, DashboardId, DatasetId, DefinitionId, DerivedColumnId, EnvironmentId,
    ErasureId, ExperimentId, IssueId, JobId, OptimizationId, PriceId, ProjectId, PromptId, RepricingId,
    RetentionRuleId, RunnerId, SavedQueryId, SpanId, ThreadId, TraceId,
};
use crate::rejection::Rejection;
use crate::{dashboards, guardrails, insights, otel, prices, runners};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// The workspace in whose log the event stands.
    Workspace,
    Project(ProjectId),
    Trace(TraceId),
    Span(SpanId),
    Thread(ThreadId),
    Definition(DefinitionId),
    Environment(EnvironmentId),
    Price(PriceId),
    Repricing(RepricingId),
    Prompt(PromptId),
    Dataset(DatasetId),
    Experiment(ExperimentId),
    AnnotationQueue(AnnotationQueueId),
    Optimization(OptimizationId),
    Dashboard(DashboardId),
    Alert(AlertId),
    SavedQuery(SavedQueryId),
    /// The configuration of a project's agent.
    Agent(ProjectId),
    Runner(RunnerId),
    Job(JobId),
    /// What is looked for in the traces of a project.
    Insights(ProjectId),
    Issue(ProjectId, IssueId),
    RetentionRule(RetentionRuleId),
    DerivedColumn(DerivedColumnId),
    Erasure(ErasureId),
    /// The bytes of files that nobody uses any more.
    File,
    /// What a change was about that was taken back; the change says more of it.
    Unnamed(Uuid),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Workspace,
    Project,
    Trace,
    Span,
    Thread,
    FeedbackDefinition,
    Environment,
    Price,
    Repricing,
    Prompt,
    Dataset,
    Experiment,
    AnnotationQueue,
    Optimization,
    Dashboard,
    Alert,
    SavedQuery,
    Agent,
    Runner,
    Job,
    Insights,
    Issue,
    RetentionRule,
    DerivedColumn,
    Erasure,
    File,
    Unknown,
}

impl Kind {
    pub const ALL: [Self; 27] = [
        Self::Workspace,
        Self::Project,
        Self::Trace,
        Self::Span,
        Self::Thread,
        Self::FeedbackDefinition,
        Self::Environment,
        Self::Price,
        Self::Repricing,
        Self::Prompt,
        Self::Dataset,
        Self::Experiment,
        Self::AnnotationQueue,
        Self::Optimization,
        Self::Dashboard,
        Self::Alert,
        Self::SavedQuery,
        Self::Agent,
        Self::Runner,
        Self::Job,
        Self::Insights,
        Self::Issue,
        Self::RetentionRule,
        Self::DerivedColumn,
        Self::Erasure,
        Self::File,
        Self::Unknown,
    ];

    /// Refuses who may not know which things of this kind there are.
    pub fn check(self, principal: &Principal) -> Result<(), Rejection> {
        fn granted<P: Permission>(grant: Result<Grant<P>, Rejection>) -> Result<(), Rejection> {
            grant.map(|_| ())
        }
        match self {
            Self::Workspace => granted::<WorkspaceRead>(principal.grant()),
            Self::Project => granted::<ProjectRead>(principal.grant()),
            Self::Trace | Self::Span | Self::Thread | Self::File | Self::DerivedColumn => {
                granted::<TraceRead>(principal.grant())
            }
            Self::FeedbackDefinition => granted::<FeedbackDefinitionRead>(principal.grant()),
            Self::Environment => granted::<EnvironmentRead>(principal.grant()),
            Self::Price | Self::Repricing => granted::<PriceRead>(principal.grant()),
            Self::Prompt => granted::<PromptRead>(principal.grant()),
            Self::Dataset => granted::<DatasetRead>(principal.grant()),
            Self::Experiment => granted::<ExperimentRead>(principal.grant()),
            Self::AnnotationQueue => granted::<AnnotationRead>(principal.grant()),
            Self::Optimization => granted::<OptimizationRead>(principal.grant()),
            Self::Dashboard | Self::SavedQuery => granted::<DashboardRead>(principal.grant()),
            Self::Alert => granted::<AlertRead>(principal.grant()),
            Self::Agent => granted::<AgentRead>(principal.grant()),
            Self::Insights | Self::Issue => granted::<InsightRead>(principal.grant()),
            Self::RetentionRule => granted::<RetentionRead>(principal.grant()),
            Self::Erasure => granted::<DataErase>(principal.grant()),
            // Runners are their owners' own: of all of them only the log tells.
            Self::Runner | Self::Job | Self::Unknown => granted::<AuditRead>(principal.grant()),
        }
    }
}

impl Thing {
    /// For an undoing it is only known by its id.
    pub fn of(event: &Event) -> Self {
        match event {
            Event::Workspaces(_) => Self::Workspace,
            Event::Projects(event) => Self::Project(event.id()),
            Event::Traces(event) => Self::Trace(event.id()),
            Event::Spans(event) => Self::Span(event.id()),
            Event::Feedback(event) => event.target().into(),
            Event::Comments(event) => event.target().into(),
            Event::Guardrails(guardrails::Event::Checked(checked)) => Self::Span(checked.span_id),
            Event::Otel(otel::Event::TraceMet { trace_id, .. }) => Self::Trace(*trace_id),
            Event::Attachments(event) => match event.owner() {
                Some(Owner::Trace(id)) => Self::Trace(id),
                Some(Owner::Span(id)) => Self::Span(id),
                None => Self::File,
            },
            Event::Definitions(event) => Self::Definition(event.id()),
            Event::Environments(event) => Self::Environment(event.id()),
            Event::Prices(event) => match event {
                prices::Event::Put(put) => Self::Price(put.key.id()),
                prices::Event::Removed(key) => Self::Price(key.id()),
                prices::Event::SpanRepriced { id, .. } => Self::Span(*id),
                prices::Event::Repricing(event) => Self::Repricing(event.id()),
            },
            Event::Datasets(event) => Self::Dataset(event.dataset_id()),
            Event::Experiments(event) => Self::Experiment(event.experiment_id()),
            Event::Annotations(event) => Self::AnnotationQueue(event.queue_id()),
            Event::Dashboards(event) => match event {
                dashboards::Event::QuerySaved { id, .. } => Self::SavedQuery(*id),
                dashboards::Event::Created { id, .. }
                | dashboards::Event::Updated { id, .. }
                | dashboards::Event::Deleted { id } => Self::Dashboard(*id),
            },
            Event::Alerts(event) => Self::Alert(event.alert_id()),
            Event::Optimizations(event) => Self::Optimization(event.id()),
            Event::Prompts(event) => Self::Prompt(event.prompt_id()),
            Event::Insights(event) => Self::of_insights(event),
            Event::Runners(event) => Self::of_runner(event),
            Event::Agents(event) => Self::Agent(event.project_id()),
            Event::Threads(event) => Self::Thread(event.id()),
            Event::History(undo::Event::Undone { entity, .. }) => Self::Unnamed(*entity),
            Event::Erasures(event) => Self::Erasure(event.id()),
            Event::Retention(event) => Self::RetentionRule(event.id()),
            Event::Derived(event) => Self::DerivedColumn(event.id()),
        }
    }

    fn of_insights(event: &insights::Event) -> Self {
        let project = event.project_id();
        event.issue_id().map_or(Self::Insights(project), |issue| Self::Issue(project, issue))
    }

    fn of_runner(event: &runners::Event) -> Self {
        match event {
            runners::Event::Connected { id, .. }
            | runners::Event::Gone { id, .. }
            | runners::Event::AgentsSet { id, .. }
            | runners::Event::ChecklistPatched { id, .. } => Self::Runner(*id),
            runners::Event::JobCreated(created) => Self::Job(created.id),
            runners::Event::JobStarted { id }
            | runners::Event::JobReported { id, .. }
            | runners::Event::JobCancelled { id }
            | runners::Event::JobLogged { id, .. } => Self::Job(*id),
        }
    }

    /// By which its history is found; what has no name of its own has none.
    pub const fn uuid(self) -> Option<Uuid> {
        Some(match self {
            Self::File => return None,
            Self::Workspace => WORKSPACE,
            Self::Price(id) => id.uuid(),
            Self::Project(id) | Self::Agent(id) | Self::Insights(id) => id.uuid(),
            Self::Trace(id) => id.uuid(),
            Self::Span(id) => id.uuid(),
            Self::Thread(id) => id.uuid(),
            Self::Definition(id) => id.uuid(),
            Self::Environment(id) => id.uuid(),
            Self::Repricing(id) => id.uuid(),
            Self::Prompt(id) => id.uuid(),
            Self::Dataset(id) => id.uuid(),
            Self::Experiment(id) => id.uuid(),
            Self::AnnotationQueue(id) => id.uuid(),
            Self::Optimization(id) => id.uuid(),
            Self::Dashboard(id) => id.uuid(),
            Self::Alert(id) => id.uuid(),
            Self::SavedQuery(id) => id.uuid(),
            Self::Runner(id) => id.uuid(),
            Self::Job(id) => id.uuid(),
            Self::Issue(_, id) => id.uuid(),
            Self::RetentionRule(id) => id.uuid(),
            Self::DerivedColumn(id) => id.uuid(),
            Self::Erasure(id) => id.uuid(),
            Self::Unnamed(id) => id,
        })
    }

    pub const fn kind(self) -> Kind {
        match self {
            Self::Workspace => Kind::Workspace,
            Self::Project(_) => Kind::Project,
            Self::Trace(_) => Kind::Trace,
            Self::Span(_) => Kind::Span,
            Self::Thread(_) => Kind::Thread,
            Self::Definition(_) => Kind::FeedbackDefinition,
            Self::Environment(_) => Kind::Environment,
            Self::Price(_) => Kind::Price,
            Self::Repricing(_) => Kind::Repricing,
            Self::Prompt(_) => Kind::Prompt,
            Self::Dataset(_) => Kind::Dataset,
            Self::Experiment(_) => Kind::Experiment,
            Self::AnnotationQueue(_) => Kind::AnnotationQueue,
            Self::Optimization(_) => Kind::Optimization,
            Self::Dashboard(_) => Kind::Dashboard,
            Self::Alert(_) => Kind::Alert,
            Self::SavedQuery(_) => Kind::SavedQuery,
            Self::Agent(_) => Kind::Agent,
            Self::Runner(_) => Kind::Runner,
            Self::Job(_) => Kind::Job,
            Self::Insights(_) => Kind::Insights,
            Self::Issue(..) => Kind::Issue,
            Self::RetentionRule(_) => Kind::RetentionRule,
            Self::DerivedColumn(_) => Kind::DerivedColumn,
            Self::Erasure(_) => Kind::Erasure,
            Self::File => Kind::File,
            Self::Unnamed(_) => Kind::Unknown,
        }
    }
}

impl From<Target> for Thing {
    fn from(target: Target) -> Self {
        match target {
            Target::Trace(id) => Self::Trace(id),
            Target::Span(id) => Self::Span(id),
            Target::Thread(id) => Self::Thread(id),
        }
    }
}
