//! The one door through which stored records become events of today. Old versions are lifted here and nowhere else.

use std::sync::Arc;

use bytes::Bytes;
use cairn_core::event::{Event, Recorded};

use crate::error::Error;
use crate::log::block::{Payload, Record};
use crate::log::kind::{Kind, Row};
use crate::{
    agents, alerts, annotations, attachments, comments, dashboards, datasets, definitions, derived,
    environments, erasures, experiments, feedback, guardrails, history, insights, optimizations, otel,
    prices, projects, prompts, retention, runners, spans, threads, traces, workspaces,
};

/// How an event is written today.
pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    match event {
        Event::Workspaces(event) => workspaces::encode(event),
        Event::Projects(event) => projects::encode(event),
        Event::Traces(event) => traces::encode(event),
        Event::Spans(event) => spans::encode(event),
        Event::Feedback(event) => feedback::encode(event),
        Event::Comments(event) => comments::encode(event),
        Event::Guardrails(event) => guardrails::encode(event),
        Event::Otel(event) => otel::encode(event),
        Event::Attachments(event) => attachments::encode(event),
        Event::Definitions(event) => definitions::encode(event),
        Event::Environments(event) => environments::encode(event),
        Event::Prices(event) => prices::encode(event),
        Event::Datasets(event) => datasets::encode(event),
        Event::Experiments(event) => experiments::encode(event),
        Event::Annotations(event) => annotations::encode(event),
        Event::Dashboards(event) => dashboards::encode(event),
        Event::Alerts(event) => alerts::stored::encode(event),
        Event::Optimizations(event) => optimizations::encode(event),
        Event::Prompts(event) => prompts::encode(event),
        Event::Insights(event) => insights::encode(event),
        Event::Runners(event) => runners::encode(event),
        Event::Agents(event) => agents::encode(event),
        Event::Threads(event) => threads::encode(event),
        Event::History(event) => history::encode(event),
        Event::Erasures(event) => erasures::encode(event),
        Event::Retention(event) => retention::encode(event),
        Event::Derived(event) => derived::encode(event),
    }
}

/// The event of a record; `None` if it was erased.
pub(crate) fn event(record: &Record) -> Result<Option<Recorded<Event>>, Error> {
    let Some(payload) = record.payload.event() else { return Ok(None) };
    let unknown =
        |what, found: u16, known: u16| Error::TooNew { what, found: found.into(), known: known.into() };
    let newest = Kind::ALL.iter().map(|kind| kind.number()).max().unwrap_or_default();
    let kind = Kind::from_number(record.kind).ok_or_else(|| unknown("an event kind", record.kind, newest))?;
    if record.version > kind.version() {
        return Err(unknown(kind.name(), record.version, kind.version()));
    }
    let event = decode(kind, payload).ok_or_else(|| Error::Damaged {
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
    match kind.row() {
        Row::Workspaces => workspaces::decode(kind, payload).map(Event::Workspaces),
        Row::Projects => projects::decode(kind, payload).map(Event::Projects),
        Row::Traces => traces::decode(kind, payload).map(Event::Traces),
        Row::Spans => spans::decode(kind, payload).map(Event::Spans),
        Row::Feedback => feedback::decode(kind, payload).map(Event::Feedback),
        Row::Otel => otel::decode(payload).map(Event::Otel),
        Row::Threads => threads::decode(kind, payload).map(Event::Threads),
        Row::Attachments => attachments::decode(kind, payload).map(Event::Attachments),
        Row::Comments => comments::decode(kind, payload).map(Event::Comments),
        Row::Guardrails => guardrails::decode(payload).map(Event::Guardrails),
        Row::Definitions => definitions::decode(kind, payload).map(Event::Definitions),
        Row::Environments => environments::decode(kind, payload).map(Event::Environments),
        Row::Prices => prices::decode(kind, payload).map(Event::Prices),
        Row::Prompts => prompts::decode(kind, payload).map(Event::Prompts),
        Row::Datasets => datasets::decode(kind, payload).map(Event::Datasets),
        Row::Experiments => experiments::decode(kind, payload).map(Event::Experiments),
        Row::Annotations => annotations::decode(kind, payload).map(Event::Annotations),
        Row::Optimizations => optimizations::decode(kind, payload).map(Event::Optimizations),
        Row::Dashboards => dashboards::decode(kind, payload).map(Event::Dashboards),
        Row::Alerts => alerts::stored::decode(kind, payload).map(Event::Alerts),
        Row::Agents => agents::decode(kind, payload).map(Event::Agents),
        Row::Runners => runners::decode(kind, payload).map(Event::Runners),
        Row::History => history::decode(payload).map(Event::History),
        Row::Derived => derived::decode(kind, payload).map(Event::Derived),
        Row::Retention => retention::decode(kind, payload).map(Event::Retention),
        Row::Erasures => erasures::decode(kind, payload).map(Event::Erasures),
        Row::Insights => insights::decode(kind, payload).map(Event::Insights),
    }
}
