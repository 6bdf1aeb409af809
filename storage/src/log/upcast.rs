//! The one door through which stored records become events of today. Old versions are lifted here and nowhere else.

use std::sync::Arc;

use bytes::Bytes;
use cairn_core::event::{Event, Recorded};

use crate::error::Error;
use crate::log::block::{Payload, Record};
use crate::log::kind::Kind;
use crate::prices;
use crate::{
    agents, annotations, comments, dashboards, datasets, definitions, environments, experiments, feedback,
    insights, optimizations, otel, projects, prompts, runners, spans, traces, workspaces,
};

/// How an event is written today.
pub(crate) fn encode(event: &Event) -> (Kind, Bytes) {
    match event {
        Event::Workspaces(event) => workspaces::encode(event),
        Event::Projects(event) => projects::encode(event),
        Event::Traces(event) => traces::encode(event),
        Event::Spans(event) => spans::encode(event),
        Event::Feedback(event) => feedback::encode(event),
        Event::Comments(event) => comments::encode(event),
        Event::Otel(event) => otel::encode(event),
        Event::Definitions(event) => definitions::encode(event),
        Event::Environments(event) => environments::encode(event),
        Event::Prices(event) => prices::encode(event),
        Event::Datasets(event) => datasets::encode(event),
        Event::Experiments(event) => experiments::encode(event),
        Event::Annotations(event) => annotations::encode(event),
        Event::Dashboards(event) => dashboards::encode(event),
        Event::Optimizations(event) => optimizations::encode(event),
        Event::Prompts(event) => prompts::encode(event),
        Event::Insights(event) => insights::encode(event),
        Event::Runners(event) => runners::encode(event),
        Event::Agents(event) => agents::encode(event),
    }
}

/// The event of a record; `None` if it was erased.
pub(crate) fn event(record: &Record) -> Result<Option<Recorded<Event>>, Error> {
    let Payload::Kept(payload) = &record.payload else { return Ok(None) };
    let unknown =
        |what, found: u16, known: u16| Error::TooNew { what, found: found.into(), known: known.into() };
    let newest = Kind::ALL.iter().map(|kind| kind.number()).max().unwrap_or_default();
    let kind = Kind::from_number(record.kind).ok_or_else(|| unknown("an event kind", record.kind, newest))?;
    if record.version > kind.version() {
        return Err(unknown(kind.name(), record.version, kind.version()));
    }
    let event = decode(kind, payload.clone()).ok_or_else(|| Error::Damaged {
        at: record.position,
        what: format!("a {} cannot be read", kind.name()),
    })?;
    Ok(Some(Recorded {
        position: record.position,
        time: record.time,
        principal: Arc::clone(&record.principal),
        request: record.request,
        event,
    }))
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    match kind {
        Kind::WorkspaceCreated | Kind::WorkspaceConfigured | Kind::WorkspaceConfigurationCleared => {
            workspaces::decode(kind, payload).map(Event::Workspaces)
        }
        Kind::ProjectCreated | Kind::ProjectUpdated | Kind::ProjectDeleted => {
            projects::decode(kind, payload).map(Event::Projects)
        }
        Kind::TraceRecorded | Kind::TracePatched | Kind::TraceDeleted => {
            traces::decode(kind, payload).map(Event::Traces)
        }
        Kind::SpanRecorded | Kind::SpanPatched | Kind::SpanDeleted => {
            spans::decode(kind, payload).map(Event::Spans)
        }
        #[rustfmt::skip]
        Kind::FeedbackScored | Kind::FeedbackCleared | Kind::AssertionRecorded | Kind::CommentAdded
        | Kind::CommentEdited | Kind::CommentDeleted => said(kind, payload),
        Kind::OtelTraceMet => otel::decode(payload).map(Event::Otel),
        Kind::DefinitionCreated | Kind::DefinitionReplaced | Kind::DefinitionDeleted => {
            definitions::decode(kind, payload).map(Event::Definitions)
        }
        Kind::EnvironmentCreated | Kind::EnvironmentUpdated | Kind::EnvironmentDeleted => {
            environments::decode(kind, payload).map(Event::Environments)
        }
        Kind::PricePut
        | Kind::PriceRemoved
        | Kind::SpanRepriced
        | Kind::RepricingBegun
        | Kind::RepricingAdvanced
        | Kind::RepricingEnded => prices::decode(kind, payload).map(Event::Prices),
        #[rustfmt::skip]
        Kind::DatasetCreated | Kind::DatasetUpdated | Kind::DatasetDeleted | Kind::DatasetVersionMade
        | Kind::DatasetVersionUpdated | Kind::DatasetItemPut | Kind::DatasetItemRemoved
        | Kind::DatasetItemsCopied => datasets::decode(kind, payload).map(Event::Datasets),
        Kind::ExperimentCreated
        | Kind::ExperimentUpdated
        | Kind::ExperimentDeleted
        | Kind::ExperimentItemAdded
        | Kind::ExperimentItemRemoved => experiments::decode(kind, payload).map(Event::Experiments),
        #[rustfmt::skip]
        Kind::AnnotationQueueCreated | Kind::AnnotationQueueUpdated | Kind::AnnotationQueueDeleted
        | Kind::AnnotationItemsAdded | Kind::AnnotationItemsRemoved
        | Kind::AnnotationItemLocked => annotations::decode(kind, payload).map(Event::Annotations),
        #[rustfmt::skip]
        Kind::DashboardCreated | Kind::DashboardUpdated | Kind::DashboardDeleted
        | Kind::DashboardQuerySaved => dashboards::decode(kind, payload).map(Event::Dashboards),
        Kind::OptimizationWritten | Kind::OptimizationUpdated | Kind::OptimizationDeleted => {
            optimizations::decode(kind, payload).map(Event::Optimizations)
        }
        Kind::AgentBlueprintCreated | Kind::AgentEnvironmentsSet | Kind::AgentEnvironmentRemoved => {
            agents::decode(kind, payload).map(Event::Agents)
        }
        #[rustfmt::skip]
        Kind::RunnerConnected | Kind::RunnerGone | Kind::RunnerAgentsSet | Kind::RunnerChecklistPatched
        | Kind::JobCreated | Kind::JobStarted | Kind::JobReported | Kind::JobCancelled | Kind::JobLogged => {
            runners::decode(kind, payload).map(Event::Runners)
        },
        #[rustfmt::skip]
        Kind::InsightsJobCreated | Kind::InsightsJobStatusSet | Kind::InsightsGuidanceSet
        | Kind::InsightsTriggered | Kind::InsightsReported | Kind::InsightsIssueFound
        | Kind::InsightsIssueStatusSet => insights::decode(kind, payload).map(Event::Insights),
        Kind::PromptCreated
        | Kind::PromptUpdated
        | Kind::PromptDeleted
        | Kind::PromptVersionCreated
        | Kind::PromptVersionTagged
        | Kind::PromptEnvironmentsSet => prompts::decode(kind, payload).map(Event::Prompts),
    }
}

fn said(kind: Kind, payload: Bytes) -> Option<Event> {
    match kind {
        Kind::CommentAdded | Kind::CommentEdited | Kind::CommentDeleted => {
            comments::decode(kind, payload).map(Event::Comments)
        }
        _ => feedback::decode(kind, payload).map(Event::Feedback),
    }
}
