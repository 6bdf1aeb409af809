//! The audit log over a real store: whatever is asked for and however little a page looks at, the pages together hold
//! what a walk through the whole log finds.

use std::sync::Arc;

use cairn_core::command::Context;
use cairn_core::event::Event;
use cairn_core::ids::{EnvironmentId, ProjectId, SpanId, TraceId, uuid_v7};
use cairn_core::merge::Origin;
use cairn_core::projects::{self, Visibility};
use cairn_core::{environments, spans, traces};
use tempfile::TempDir;

use super::*;
use crate::store::Store;
use crate::writer::Writer;

const PROJECT: ProjectId = ProjectId::known(Uuid::from_u128(2));
const TRACES: u64 = 40;

fn id(number: u64, kind: u8) -> Uuid {
    uuid_v7(Timestamp::from_millis(i64::try_from(number).unwrap()), [kind; 10])
}

fn trace(number: u64) -> Event {
    Event::Traces(traces::Event::Recorded(Box::new(traces::RowRecorded {
        id: TraceId::known(id(number, 1)),
        project_id: PROJECT,
        origin: Origin::Single,
        version: Timestamp::from_millis(1),
        start_time: Timestamp::from_millis(1),
        fields: traces::Fields { name: Some("run".to_owned()), ..traces::Fields::default() },
    })))
}

fn span_deleted(number: u64) -> Event {
    let (id, trace_id) = (SpanId::known(id(number, 3)), TraceId::known(id(number, 1)));
    Event::Spans(spans::Event::Deleted { id, trace_id })
}

fn environment(number: u64) -> Event {
    Event::Environments(environments::Event::Created {
        id: EnvironmentId::known(id(number, 2)),
        name: format!("stage {number}"),
        description: None,
        color: None,
        position: None,
    })
}

struct World {
    _dir: TempDir,
    writer: Writer,
    requests: Vec<RequestId>,
}

impl World {
    /// A minute passes with every request; Ann and a rule take turns.
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let writer = Writer::open(Arc::new(Store::open(dir.path()).unwrap())).unwrap();
        let mut world = Self { _dir: dir, writer, requests: Vec::new() };
        let project = projects::Event::Created {
            id: PROJECT,
            name: "agents".to_owned(),
            description: None,
            visibility: Visibility::Private,
        };
        world.request(0, "ann", vec![project.into()]);
        for number in 1..=TRACES {
            let mut events = vec![trace(number), trace(number + 1_000)];
            if number % 5 == 0 {
                events.push(environment(number));
            }
            if number % 8 == 0 {
                events.push(span_deleted(number));
            }
            let who = if number % 2 == 0 { "Ann" } else { "retention rule 7" };
            world.request(number, who, events);
        }
        world
    }

    fn request(&mut self, minute: u64, who: &str, events: Vec<Event>) {
        let now = Timestamp::from_millis(i64::try_from(minute).unwrap() * 60_000);
        let context = Context::new(now, Arc::from(who), [u8::try_from(minute).unwrap(); 32]);
        self.requests.push(context.request);
        for event in events {
            self.writer.append(event, &context).unwrap();
        }
        self.writer.commit().unwrap();
    }

    fn reader(&self) -> Reader {
        Reader::rows_only(self.writer.store()).unwrap()
    }

    /// All pages of what is wanted, and how many events were looked at for them.
    fn pages(&self, filter: &Filter, limit: usize, looked_max: usize) -> (Vec<Position>, usize) {
        let (mut found, mut looked_at, mut before) = (Vec::new(), 0, None);
        loop {
            let filter = filter.clone();
            let wanted = Wanted { filter, before, limit, looked_max, lookups_max: looked_max };
            let page = self.reader().audit(&wanted).unwrap();
            assert!(page.events.len() <= limit && page.looked_at <= looked_max, "{page:?}");
            assert!(before.is_none_or(|before| page.reached < before), "it goes on: {page:?}");
            found.extend(page.events.iter().map(|event| event.position));
            looked_at += page.looked_at;
            if page.is_complete {
                return (found, looked_at);
            }
            before = Some(page.reached);
        }
    }
}

fn filters(world: &World) -> Vec<Filter> {
    let minute = |minute: i64| Some(Timestamp::from_millis(minute * 60_000));
    let all = Filter::default();
    vec![
        all.clone(),
        Filter { decisions: true, ..all.clone() },
        Filter { areas: vec![Row::Environments, Row::Projects], ..all.clone() },
        Filter { areas: vec![Row::Traces], ..all.clone() },
        Filter { areas: vec![Row::Spans], actions: vec![Action::Delete], ..all.clone() },
        Filter { areas: vec![Row::Dashboards], ..all.clone() },
        Filter { areas: vec![Row::Dashboards], actions: vec![Action::Read], ..all.clone() },
        Filter { actions: vec![Action::Create], ..all.clone() },
        Filter { principal: Some("aNN".to_owned()), ..all.clone() },
        Filter { principal: Some("rule".to_owned()), decisions: true, ..all.clone() },
        Filter { from: minute(10), until: minute(20), ..all.clone() },
        Filter { from: minute(10), until: minute(20), decisions: true, ..all.clone() },
        Filter { from: minute(41), ..all.clone() },
        Filter { request: Some(world.requests[40]), ..all.clone() },
        Filter { request: Some(world.requests[40]), decisions: true, ..all.clone() },
        Filter { request: Some(RequestId::known(Uuid::nil())), ..all.clone() },
        Filter { project: Some(PROJECT), ..all.clone() },
        Filter { project: Some(PROJECT), decisions: true, ..all.clone() },
        Filter { project: Some(ProjectId::known(Uuid::nil())), ..all },
    ]
}

/// What a walk through the whole log finds, newest first.
fn found_by_walking(reader: &Reader, filter: &Filter) -> Vec<Position> {
    let mut records = reader.records_after(Position::START, usize::MAX).unwrap();
    records.reverse();
    let wants = |record: &&Record| {
        let kind = Kind::from_number(record.kind).unwrap();
        let who = record.principal.to_lowercase();
        (filter.areas.is_empty() || filter.areas.contains(&kind.row()))
            && (filter.actions.is_empty() || filter.actions.contains(&kind.action()))
            && (!filter.decisions || kind.is_decision())
            && filter.principal.as_ref().is_none_or(|part| who.contains(&part.to_lowercase()))
            && filter.request.is_none_or(|request| request == record.request)
            && filter.from.is_none_or(|from| from <= record.time)
            && filter.until.is_none_or(|until| record.time <= until)
            && filter
                .project
                .is_none_or(|project| project == PROJECT && matches!(kind.row(), Row::Projects | Row::Traces))
    };
    records.iter().filter(wants).map(|record| record.position).collect()
}

#[test]
fn pages_of_any_size_hold_what_a_walk_through_the_log_finds() {
    let world = World::new();
    for filter in filters(&world) {
        let expected = found_by_walking(&world.reader(), &filter);
        for (limit, looked_max) in [(1, 1_000), (3, 1_000), (1_000, 1_000), (2, 7), (1_000, 1), (1, 2)] {
            let (found, _) = world.pages(&filter, limit, looked_max);
            assert_eq!(found, expected, "{filter:?} by {limit}, {looked_max} looked at");
        }
    }
}

#[test]
fn decisions_are_found_where_they_lie() {
    let world = World::new();
    let decisions = TRACES / 5 + TRACES / 8 + 1;
    let (found, looked_at) = world.pages(&Filter { decisions: true, ..Filter::default() }, 1_000, 1_000);
    assert_eq!((found.len(), looked_at), (usize::try_from(decisions).unwrap(), found.len()));
    // The same after everything was made anew from the log.
    world.writer.store().rebuild_rows().unwrap();
    assert_eq!(world.pages(&Filter { decisions: true, ..Filter::default() }, 1_000, 1_000).0, found);
}

#[test]
fn an_event_is_told_with_what_it_is_about_and_what_it_says() {
    let world = World::new();
    let at = |filter: &Filter| {
        let found = world.pages(filter, 1_000, 1_000).0;
        world.reader().audited_at(found[0]).unwrap().unwrap()
    };
    let event = at(&Filter { areas: vec![Row::Environments], ..Filter::default() });
    let about = event.about.unwrap();
    assert_eq!(
        (about.kind, about.name.as_deref(), about.is_there, event.is_undoable),
        (things::Kind::Environment, Some("stage 40"), true, true)
    );
    let said: Vec<_> = event.said.iter().map(|field| (field.field.as_str(), field.after.clone())).collect();
    assert_eq!(said, [("name", Some(Value::from("stage 40")))]);
    let event = at(&Filter { areas: vec![Row::Spans], ..Filter::default() });
    let about = event.about.unwrap();
    assert_eq!((about.kind, about.name, about.is_there), (things::Kind::Span, None, false));
    assert_eq!(event.said, []);
    assert!(world.reader().audited_at(Position(9_999)).unwrap().is_none());
}

#[test]
fn every_kind_has_a_place_of_its_own_that_no_undoing_has() {
    let places: std::collections::BTreeSet<Uuid> = Kind::ALL.iter().map(|kind| place_of(*kind)).collect();
    assert_eq!(places.len(), Kind::ALL.len());
    assert!(!places.contains(&super::super::UNDOINGS));
}
