//! The merge of one entity, over traces: each cell of the table of arrivals, and any order of them.

use proptest::prelude::*;

use super::*;
use crate::traces::Fields as TraceFields;

type Trace = TraceFields<Json>;

/// What arrives at a server time.
#[derive(Clone, Debug)]
enum Arrival {
    Single { version: i64, fields: Trace },
    Batch { version: i64, fields: Trace },
    Patch { fields: Trace, edits: TagEdits },
}

fn text(json: &'static str) -> Option<Json> {
    Json::parse(bytes::Bytes::from_static(json.as_bytes())).ok()
}

fn named(name: &str) -> Trace {
    Trace { name: Some(name.to_owned()), ..Trace::default() }
}

fn single(version: i64, fields: Trace) -> Arrival {
    Arrival::Single { version, fields }
}

fn batch(version: i64, fields: Trace) -> Arrival {
    Arrival::Batch { version, fields }
}

fn patch(fields: Trace) -> Arrival {
    Arrival::Patch { fields, edits: TagEdits::default() }
}

/// Applies arrivals at the server times 10, 20, 30 ….
fn arrive(arrivals: &[Arrival]) -> Register<Trace> {
    let mut register = Register::default();
    for (place, arrival) in (1..).zip(arrivals.iter().cloned()) {
        let now = Timestamp::from_nanos(place * 10);
        let row = |version, origin, fields| {
            let version = Timestamp::from_nanos(version);
            Row { version, recorded_at: now, origin, start_time: Timestamp::from_nanos(1), fields }
        };
        match arrival {
            Arrival::Single { version, fields } => register.record(row(version, Origin::Single, fields)),
            Arrival::Batch { version, fields } => register.record(row(version, Origin::Batch, fields)),
            Arrival::Patch { fields, edits } => {
                register.patch(Layer { version: now, fields, tag_edits: edits });
            }
        }
    }
    register
}

fn resolved(arrivals: &[Arrival]) -> Trace {
    arrive(arrivals).resolve()
}

#[test]
fn a_patch_alone_is_partial_and_starts_at_the_epoch() {
    let register = arrive(&[patch(named("patched"))]);
    assert!(!register.is_full());
    assert_eq!(register.start_time(), Timestamp::EPOCH);
    assert_eq!(register.resolve(), named("patched"));
}

#[test]
fn a_patch_before_a_single_creation_wins_with_what_it_says() {
    let said = Trace { output: text("{}"), ..named("patched") };
    let created = Trace { output: text("1"), input: text("2"), ..named("created") };
    let expected = Trace { output: text("1"), input: text("2"), ..named("patched") };
    assert_eq!(resolved(&[patch(said), single(20, created)]), expected);
}

#[test]
fn a_patch_before_a_newer_batch_row_only_fills_its_gaps() {
    let said = Trace { output: text("1"), ..named("patched") };
    let expected = Trace { output: text("1"), ..named("created") };
    assert_eq!(resolved(&[patch(said), batch(15, named("created"))]), expected);
}

#[test]
fn a_patch_wins_over_a_batch_row_that_was_made_before_it_but_came_later() {
    assert_eq!(resolved(&[patch(named("patched")), batch(5, named("created"))]), named("patched"));
}

#[test]
fn a_patch_after_a_row_wins_even_if_the_clock_of_the_client_runs_ahead() {
    for row in [single(1_000, named("created")), batch(1_000, named("created"))] {
        assert_eq!(resolved(&[row, patch(named("patched"))]), named("patched"));
    }
}

#[test]
fn an_empty_value_in_a_patch_after_a_row_replaces_what_was_there() {
    let created = Trace { output: text("1"), ..Trace::default() };
    let emptied = Trace { output: text("{}"), ..Trace::default() };
    assert_eq!(resolved(&[single(5, created), patch(emptied.clone())]), emptied);
}

#[test]
fn a_newer_batch_row_replaces_the_whole_row_and_clears_what_it_lacks() {
    let first = Trace { output: text("1"), ..named("first") };
    assert_eq!(resolved(&[batch(5, first.clone()), batch(6, named("second"))]), named("second"));
    assert_eq!(resolved(&[batch(6, named("second")), batch(5, first)]), named("second"));
}

#[test]
fn of_equal_versions_the_later_row_stands() {
    assert_eq!(resolved(&[batch(5, named("first")), batch(5, named("second"))]), named("second"));
}

#[test]
fn a_replay_of_the_row_does_not_undo_a_patch() {
    let row = batch(5, named("created"));
    assert_eq!(resolved(&[row.clone(), patch(named("patched")), row]), named("patched"));
}

#[test]
fn tags_are_added_and_removed_whatever_comes_first() {
    let tagged = Trace { tags: Some(vec!["a".to_owned(), "b".to_owned()]), ..Trace::default() };
    let edits = TagEdits { added: vec!["c".to_owned()], removed: vec!["a".to_owned()] };
    let edit = Arrival::Patch { fields: Trace::default(), edits };
    let expected = Some(vec!["b".to_owned(), "c".to_owned()]);
    assert_eq!(resolved(&[single(5, tagged.clone()), edit.clone()]).tags, expected);
    assert_eq!(resolved(&[edit, single(20, tagged)]).tags, expected);
}

#[test]
fn layers_stay_bounded_and_lose_nothing() {
    let edits = (0..100).map(|number| {
        let edits = TagEdits { added: vec![format!("tag {number}")], removed: Vec::new() };
        Arrival::Patch { fields: Trace::default(), edits }
    });
    let register = arrive(&edits.collect::<Vec<_>>());
    assert!(register.layers.len() <= PATCH_LAYERS_MAX);
    assert_eq!(register.resolve().tags.unwrap().len(), 100);
}

/// Rows of different versions, all made before any patch arrives; patches that speak of different fields.
fn arrivals() -> impl Strategy<Value = Vec<Arrival>> {
    let rows = prop::collection::vec((any::<bool>(), any::<bool>()), 0..4).prop_map(|rows| {
        let rows = (0_i64..).zip(rows).map(|(version, (named, answered))| {
            let name = named.then(|| format!("row {version}"));
            let output = answered.then(|| Json::from_value(&version.into()));
            batch(version - 10, Trace { output, name, ..Trace::default() })
        });
        rows.collect::<Vec<_>>()
    });
    let patches = prop::sample::subsequence(
        vec![
            patch(named("patched")),
            patch(Trace { output: text("\"patched\""), ..Trace::default() }),
            patch(Trace { end_time: Some(Timestamp::from_nanos(7)), ..Trace::default() }),
            patch(Trace { thread_id: Some("talk".to_owned()), ..Trace::default() }),
            patch(Trace { metadata: text("{\"plan\": \"pro\"}"), ..Trace::default() }),
            Arrival::Patch {
                fields: Trace::default(),
                edits: TagEdits { added: vec!["t".to_owned()], removed: Vec::new() },
            },
        ],
        0..=6,
    );
    (rows, patches).prop_map(|(rows, patches)| [rows, patches].concat())
}

proptest! {
    #[test]
    fn any_order_and_repetition_of_arrivals_gives_the_same_fields(
        (arrivals, shuffled) in arrivals().prop_flat_map(|arrivals| {
            let twice = [arrivals.clone(), arrivals.clone()].concat();
            (Just(arrivals), Just(twice).prop_shuffle())
        }),
    ) {
        prop_assert_eq!(resolved(&shuffled), resolved(&arrivals));
    }
}
