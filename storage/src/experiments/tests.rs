//! Figures of experiments over a real store: the same whatever comes first, and whatever goes again.

use std::sync::Arc;

use cairn_core::command::Context;
use cairn_core::event::Event;
use cairn_core::experiments::comparison::{Measure, Outcome};
use cairn_core::experiments::{Created, ItemAdded, Kind, Method, Status};
use cairn_core::feedback::{self, Target};
use cairn_core::ids::{DatasetId, ProjectId, SpanId};
use cairn_core::merge::Origin;
use cairn_core::query::{self, Direction, Field, JsonPath, JsonStep, Operand, Predicate, Query, Sort};
use cairn_core::time::Timestamp;
use cairn_core::{experiments, spans, traces};
use tempfile::TempDir;

use super::comparing::{Comparison, Focus};
use super::reading::Figures;
use super::*;
use crate::reader::Reader;
use crate::store::Store;
use crate::writer::Writer;

const PROJECT: ProjectId = ProjectId::known(Uuid::from_u128(2));

fn experiment_id(number: u128) -> ExperimentId {
    ExperimentId::known(Uuid::from_u128(10 + number))
}

fn trace_id(experiment: u128, run: u128) -> TraceId {
    TraceId::known(Uuid::from_u128(experiment * 1_000 + run + 100))
}

fn dataset_item(number: u128) -> DatasetItemId {
    DatasetItemId::known(Uuid::from_u128(number + 1))
}

fn created(number: u128) -> Event {
    let created = Created {
        id: experiment_id(number),
        name: format!("run {number}"),
        dataset_id: DatasetId::known(Uuid::from_u128(3)),
        project_id: None,
        kind: Kind::Regular,
        method: Method::Dataset,
        status: Status::Running,
        optimization_id: None,
        dataset_version_id: None,
        prompt_versions: Vec::new(),
        metadata: None,
        tags: Vec::new(),
        scores: Vec::new(),
    };
    experiments::Event::Created(Box::new(created)).into()
}

/// Runs 0 to 5 of items 0 to 2, two each.
fn item(experiment: u128, run: u128) -> Event {
    let added = ItemAdded {
        id: ExperimentItemId::known(Uuid::from_u128(experiment * 1_000 + run + 500)),
        experiment_id: experiment_id(experiment),
        dataset_item_id: dataset_item(run / 2),
        trace_id: trace_id(experiment, run),
        policy: Some(Policy { runs_per_item: 2, pass_threshold: 2 }),
    };
    experiments::Event::ItemAdded(Box::new(added)).into()
}

fn trace(experiment: u128, run: u128) -> Event {
    let end = 100 + i64::try_from(run * 10 + experiment).unwrap();
    let row = traces::RowRecorded {
        id: trace_id(experiment, run),
        project_id: PROJECT,
        origin: Origin::Batch,
        version: Timestamp::from_millis(5),
        start_time: Timestamp::from_millis(100),
        fields: traces::Fields { end_time: Some(Timestamp::from_millis(end)), ..traces::Fields::default() },
    };
    traces::Event::Recorded(Box::new(row)).into()
}

fn span(experiment: u128, run: u128) -> Event {
    let row = spans::RowRecorded {
        id: SpanId::known(Uuid::from_u128(experiment * 1_000 + run + 5_000)),
        project_id: PROJECT,
        trace_id: trace_id(experiment, run),
        parent: None,
        origin: Origin::Batch,
        version: Timestamp::from_millis(5),
        start_time: Timestamp::from_millis(1),
        fields: spans::Fields {
            usage: Some([("total_tokens".to_owned(), i64::try_from(run).unwrap())].into()),
            cost: Some(Decimal::new(i64::try_from(run + experiment).unwrap(), 2)),
            ..spans::Fields::default()
        },
        estimate: None,
    };
    spans::Event::Recorded(Box::new(row)).into()
}

fn score(experiment: u128, run: u128, name: &str, value: Decimal, category: Option<&str>) -> Event {
    let score = feedback::Score {
        name: name.to_owned(),
        value,
        category_name: category.map(str::to_owned),
        reason: None,
        source: "sdk".to_owned(),
        queue_id: None,
    };
    let target = Target::Trace(trace_id(experiment, run));
    let event = match feedback::assertions::Assertion::in_guise(&score) {
        Some(assertion) => feedback::Event::Asserted { target, project_id: PROJECT, assertion },
        None => feedback::Event::Scored { target, project_id: PROJECT, author: "ann".to_owned(), score },
    };
    event.into()
}

/// Everything about an experiment with six runs.
fn story(experiment: u128) -> Vec<Event> {
    let mut events = Vec::new();
    for run in 0..6 {
        events.push(item(experiment, run));
        events.push(trace(experiment, run));
        events.push(span(experiment, run));
        let value = Decimal::new(i64::try_from(run + experiment * (run % 3)).unwrap(), 1);
        events.push(score(experiment, run, "quality", value, None));
        let passed = Decimal::from(u8::from(run != 3));
        events.push(score(experiment, run, "polite", passed, Some("suite_assertion")));
    }
    events
}

/// The events in an order that a number stands for.
fn shuffled(mut events: Vec<Event>, mut seed: u64) -> Vec<Event> {
    for at in (1..events.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        events.swap(at, usize::try_from(seed >> 33).unwrap() % (at + 1));
    }
    events
}

fn world(events: impl IntoIterator<Item = Event>, commit_every: usize) -> (TempDir, Writer) {
    let dir = TempDir::new().unwrap();
    let mut writer = Writer::open(Arc::new(Store::open(dir.path()).unwrap())).unwrap();
    write(&mut writer, events, commit_every);
    (dir, writer)
}

fn write(writer: &mut Writer, events: impl IntoIterator<Item = Event>, commit_every: usize) {
    let context = Context::new(Timestamp::from_millis(10), Arc::from("ann"), [7; 32]);
    for (at, event) in events.into_iter().enumerate() {
        writer.append(event, &context).unwrap();
        if at % commit_every == 0 {
            writer.commit().unwrap();
        }
    }
    writer.commit().unwrap();
}

fn figures(writer: &Writer, experiment: u128) -> Figures {
    let reader = Reader::rows_only(writer.store()).unwrap();
    let experiment = reader.experiment(experiment_id(experiment)).unwrap().unwrap();
    reader.experiment_figures(&experiment).unwrap()
}

#[test]
fn figures_are_the_same_in_any_order_of_arrival() {
    let (_dir, writer) = world([created(1)].into_iter().chain(story(1)), 1);
    let expected = figures(&writer, 1);
    assert_eq!((expected.traces, expected.dataset_items), (6, 3));
    assert_eq!((expected.judged, expected.passed, expected.pass_rate()), (3, 2, Some(2.0 / 3.0)));
    assert_eq!(expected.feedback_scores[0].value, Decimal::new(35, 2));
    assert_eq!(expected.assertions[0].value, Decimal::new(833_333_333, 9));
    assert_eq!((expected.cost, expected.usage["total_tokens"]), (Some(Decimal::new(21, 2)), 2.5));
    let duration = expected.duration.unwrap();
    assert!((duration.p50 - 26.0).abs() < 1e-9 && (duration.p90 - 46.0).abs() < 1e-9, "{duration:?}");
    for seed in 0..20 {
        let events = [created(1)].into_iter().chain(shuffled(story(1), seed));
        let (_dir, writer) = world(events, 1 + usize::try_from(seed).unwrap() % 7);
        assert_eq!(figures(&writer, 1), expected, "{seed}");
    }
}

#[test]
fn what_goes_again_leaves_nothing_behind() {
    let (_dir, mut writer) = world([created(1), created(2)].into_iter().chain(story(1)), 5);
    let expected = figures(&writer, 1);
    // More runs come and go, as do traces and scores of the others.
    write(
        &mut writer,
        [score(1, 0, "quality", Decimal::from(9), None), score(1, 0, "other", Decimal::ONE, None)],
        1,
    );
    assert_ne!(figures(&writer, 1), expected);
    let target = Target::Trace(trace_id(1, 0));
    let clearing = feedback::Clearing { target, name: "other".to_owned(), author: None, queue_id: None };
    let cleared = feedback::Event::Cleared(clearing);
    write(&mut writer, [cleared.into(), score(1, 0, "quality", Decimal::ZERO, None)], 1);
    assert_eq!(figures(&writer, 1), expected);
    let Event::Experiments(experiments::Event::ItemAdded(mut added)) = item(1, 7) else { panic!("an item") };
    let removed = experiments::Event::ItemRemoved { id: added.id, experiment_id: added.experiment_id };
    write(&mut writer, [item(1, 7), trace(1, 7), span(1, 7)], 3);
    assert_eq!(figures(&writer, 1).traces, 7);
    write(&mut writer, [removed.into()], 1);
    assert_eq!(figures(&writer, 1), expected);
    // An item that is sent again moves with what it is told.
    added.experiment_id = experiment_id(2);
    write(&mut writer, [item(1, 7), experiments::Event::ItemAdded(added).into()], 1);
    assert_eq!((figures(&writer, 1), figures(&writer, 2).traces), (expected, 1));
    write(&mut writer, [traces::Event::Deleted { id: trace_id(1, 7) }.into()], 1);
    let gone = figures(&writer, 2);
    assert_eq!((gone.traces, gone.duration, gone.cost), (1, None, None));
    let deleted = [1, 2].map(|number| experiments::Event::Deleted { id: experiment_id(number) }.into());
    write(&mut writer, deleted, 1);
    for table in [70_u8, 71, 72, 73, 74, 75, 135, 136, 137] {
        let left = writer.store().keyspaces().rows.prefix([table]).count();
        assert_eq!(left, 0, "rows of table {table} are left");
    }
}

#[test]
fn replayed_figures_are_the_same_to_the_byte() {
    let events = (1..4).map(created).chain(shuffled((1..4).flat_map(story).collect(), 7));
    let (_dir, writer) = world(events, 4);
    let rows = |store: &Store| -> Vec<(Vec<u8>, Vec<u8>)> {
        let all = store.keyspaces().rows.iter();
        all.map(|guard| guard.into_inner().map(|(key, value)| (key.to_vec(), value.to_vec())).unwrap())
            .collect()
    };
    let before = rows(writer.store());
    writer.store().rebuild_rows().unwrap();
    assert_eq!(rows(writer.store()), before);
}

#[test]
fn experiments_are_compared_by_the_means_of_their_runs() {
    let events = [created(0), created(1)].into_iter().chain([story(0), story(1)].concat());
    let (_dir, writer) = world(events, 50);
    let reader = Reader::rows_only(writer.store()).unwrap();
    let experiments = vec![experiment_id(0), experiment_id(1)];
    let measures = reader.measures(&experiments).unwrap();
    let quality = Measure::FeedbackScore("quality".to_owned());
    let at = measures.all().iter().position(|measure| *measure == quality).unwrap();
    let mut comparison = Comparison { experiments, baseline: 0, focus: None };
    let compared = reader.compare(&comparison, &measures).unwrap();
    let ids: Vec<_> = compared.rows.iter().map(|row| row.dataset_item).collect();
    assert_eq!(ids, (0..3).map(dataset_item).collect::<Vec<_>>());
    // Of the base 0.05, 0.25 and 0.45; of the other 0.1, 0.35 and 0.6.
    let [base, other] = [0, 1].map(|column: usize| &compared.of[column][at]);
    assert!((base.moments.mean - 0.25).abs() < 1e-9 && (other.moments.mean - 0.35).abs() < 1e-9);
    assert_eq!((other.improved, other.regressed, other.unchanged), (3, 0, 0));
    assert_eq!((base.improved, base.regressed, base.unchanged), (0, 0, 0));
    let focus = Focus { column: 1, measure: quality, by_difference: true, outcome: None };
    comparison.focus = Some(focus);
    let compared = reader.compare(&comparison, &measures).unwrap();
    let values: Vec<f64> = compared.rows.iter().map(|row| row.value.unwrap()).collect();
    assert!(
        values.iter().zip([0.05, 0.1, 0.15]).all(|(found, expected)| (found - expected).abs() < 1e-9),
        "{values:?}"
    );
    comparison.focus.as_mut().unwrap().outcome = Some(Outcome::Regressed);
    assert_eq!(reader.compare(&comparison, &measures).unwrap().rows, []);
    let cells = reader.compared_row(&comparison.experiments, &measures, dataset_item(1)).unwrap();
    assert_eq!(cells.iter().map(|cell| cell.items.len()).collect::<Vec<_>>(), [2, 2]);
    assert!((cells[1].value(at).unwrap() - 0.35).abs() < 1e-9);
    let runs = reader.run_summary(experiment_id(0), dataset_item(1)).unwrap().unwrap();
    assert_eq!((runs.passed, runs.total, runs.is_passed), (1, 2, false));
}

#[test]
fn a_comparison_is_kept_until_a_run_of_it_changes() {
    let events = [created(0), created(1), created(2)].into_iter();
    let (_dir, mut writer) = world(events.chain([story(0), story(1), story(2)].concat()), 50);
    let experiments = vec![experiment_id(0), experiment_id(1)];
    let comparison = Comparison { experiments: experiments.clone(), baseline: 0, focus: None };
    let compare = |reader: &Reader| {
        let measures = reader.measures(&experiments).unwrap();
        let at = measures.all().iter().position(|measure| measure.name() == "feedback_scores.quality");
        let standings = reader.compare(&comparison, &measures).unwrap();
        let mean = standings.of[1][at.unwrap()].moments.mean;
        (standings, mean)
    };
    let reader = || Reader::rows_only(writer.store()).unwrap();
    let (before, again) = (reader(), reader());
    let (first, mean) = compare(&before);
    assert!(Arc::ptr_eq(&first, &compare(&again).0));
    // Another experiment is none of its business.
    let other = score(2, 0, "quality", Decimal::from(9), None);
    write(&mut writer, [other], 1);
    let reader = || Reader::rows_only(writer.store()).unwrap();
    assert!(Arc::ptr_eq(&first, &compare(&reader()).0));
    write(&mut writer, [score(1, 0, "quality", Decimal::from(9), None)], 1);
    let after = Reader::rows_only(writer.store()).unwrap();
    let (second, higher) = compare(&after);
    assert!(higher > mean + 1.0, "{higher} and {mean}");
    assert!(Arc::ptr_eq(&second, &compare(&after).0));
    // Who began to read before the change sees what there was then, and leaves it to nobody.
    assert!((compare(&before).1 - mean).abs() < 1e-9);
    assert!(Arc::ptr_eq(&second, &compare(&after).0));
}

#[test]
fn rows_side_by_side_are_sorted_and_kept_by_what_their_runs_come_to() {
    let events = [created(0), created(1)].into_iter().chain([story(0), story(1)].concat());
    let (_dir, mut writer) = world(events, 50);
    let dataset = DatasetId::known(Uuid::from_u128(3));
    let ids = [experiment_id(0), experiment_id(1)];
    let rows = |writer: &Writer, condition: &Query, sort: Option<Field>| {
        let reader = Reader::rows_only(writer.store()).unwrap();
        let sides = reader.sides(dataset, &ids).unwrap();
        let sort = sort.map(|field| Sort { field, direction: Direction::Ascending });
        let rows = reader.rows_side_by_side(dataset, &sides, condition, sort.as_ref()).unwrap();
        let runs = reader.run_statistics(dataset, &sides, condition).unwrap().runs;
        (rows.iter().map(|row| row.uuid().as_u128() - 1).collect::<Vec<_>>(), runs)
    };
    assert_eq!(rows(&writer, &Query::All, None), (vec![2, 1, 0], 12));
    let path = |key: &str| JsonPath(vec![JsonStep::Key(key.to_owned())]);
    let quality = || Field::OwnPath("feedback_scores", path("Quality"));
    assert_eq!(rows(&writer, &Query::All, Some(quality())).0, [0, 1, 2]);
    let high = Query::term(quality(), Predicate::Compare(query::Comparison::Greater, Operand::Number(0.2)));
    assert_eq!(rows(&writer, &high, None), (vec![2, 1], 8));
    let reader = Reader::rows_only(writer.store()).unwrap();
    let sides = reader.sides(dataset, &ids).unwrap();
    let asked = || {
        let keys = reader.rows_in_order(dataset, &sides, &high, None).unwrap();
        (keys, reader.run_statistics(dataset, &sides, &high).unwrap())
    };
    let (first, again) = (asked(), asked());
    assert!(Arc::ptr_eq(&first.0, &again.0) && Arc::ptr_eq(&first.1, &again.1));
    // What is kept of the rows goes with the next run.
    write(&mut writer, [item(1, 6), trace(1, 6)], 1);
    assert_eq!(rows(&writer, &Query::All, None), (vec![3, 2, 1, 0], 13));
    assert_eq!(rows(&writer, &Query::All, Some(Field::Own("duration"))).0, [0, 1, 2, 3]);
}
