//! Lists are held to the plain definition: filter all rows by `Query::matches`, sort them, cut the window.

mod aggregate;
mod model;

use std::collections::{BTreeMap, HashSet};

use cairn_core::limits::{COLUMN_TEXT_BYTES_MAX, LIST_CHECKED_ITEMS_MIN, LIST_LOOKUP_IDS_MAX};
use cairn_core::query::{Comparison, Direction, Field, Operand, Predicate, Sort};
use cairn_core::time::Timestamp;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use tempfile::TempDir;

use self::model::{PROJECTS, columns, id, query, rows, sort_fields, sorted, window_of};
use super::*;
use crate::index::Columns;

/// An index in a folder of its own, and the rows that should be in it.
struct World {
    dir: TempDir,
    writer: Writer,
    searcher: Searcher,
    rows: BTreeMap<(u8, Uuid), Columns>,
    position: Position,
}

fn number(entity: Entity) -> u8 {
    match entity {
        Entity::Trace => 0,
        Entity::Span => 1,
        Entity::Thread => 2,
    }
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (writer, searcher) = open(dir.path(), Position::START).unwrap();
        Self { dir, writer, searcher, rows: BTreeMap::new(), position: Position::START }
    }

    fn with(rows: Vec<Columns>) -> Self {
        let mut world = Self::new();
        world.apply(rows.into_iter().map(Change::Put).collect());
        world
    }

    fn apply(&mut self, changes: Vec<Change>) {
        for change in &changes {
            match change {
                Change::Put(row) => {
                    self.rows.insert((number(row.entity), row.id), row.clone());
                }
                Change::Remove { entity, id } => {
                    self.rows.remove(&(number(*entity), *id));
                }
                Change::RemoveTrace { id } => self.rows.retain(|_, row| row.trace_id != Some(*id)),
            }
        }
        self.position = self.position.next();
        changes.into_iter().try_for_each(|change| self.writer.change(change)).unwrap();
        self.writer.disk.commit(self.position).unwrap();
    }

    fn reopen(self) -> Self {
        let Self { dir, writer, searcher, rows, position } = self;
        drop((writer, searcher));
        let (writer, searcher) = open(dir.path(), Position::START).unwrap();
        Self { dir, writer, searcher, rows, position }
    }

    fn list(&self, scope: &Scope, query: &Query, window: &Window) -> Listed {
        self.list_among(scope, query, None, window)
    }

    fn list_among(
        &self,
        scope: &Scope,
        query: &Query,
        ids: Option<&HashSet<Uuid>>,
        window: &Window,
    ) -> Listed {
        let mut verify = |id| {
            let row = &self.rows[&(number(scope.entity), id)];
            Ok(query.matches(scope.entity, row))
        };
        self.searcher.list(scope, query, ids, window, &mut verify).unwrap()
    }

    /// What the index must know by itself.
    fn list_unverified(&self, scope: &Scope, query: &Query, window: &Window) -> Vec<Uuid> {
        let mut verify = |_| -> Result<bool, Error> { panic!("the index should know: {query:?}") };
        let listed = self.searcher.list(scope, query, None, window, &mut verify).unwrap();
        listed.hits.into_iter().map(|hit| hit.id).collect()
    }

    fn expected(&self, scope: &Scope, query: &Query, window: &Window) -> Vec<Uuid> {
        let in_scope = |row: &&Columns| {
            row.entity == scope.entity
                && scope.project.is_none_or(|project| project == row.project_id)
                && scope.trace.is_none_or(|trace| Some(trace.uuid()) == row.trace_id)
        };
        let rows =
            self.rows.values().filter(in_scope).filter(|row| query.matches(scope.entity, *row)).collect();
        sorted(rows, window.sort.as_ref()).into_iter().map(|row| row.id).collect()
    }

    fn check(&self, scope: &Scope, query: &Query, window: &Window) {
        let listed = self.list(scope, query, window);
        let expected = self.expected(scope, query, window);
        let found: Vec<_> = listed.hits.into_iter().map(|hit| hit.id).collect();
        let wanted: Vec<_> = expected.iter().skip(window.offset).take(window.limit).copied().collect();
        assert_eq!(found, wanted, "{scope:?} {query:?} {window:?}");
        assert_eq!(listed.total, window.count.then_some(expected.len()), "{scope:?} {query:?} {window:?}");
    }

    /// Page by page with cursors; must give the whole list.
    fn check_paging(&self, scope: &Scope, query: &Query, sort: Option<&Sort>, page: usize) {
        let mut window = Window { limit: page, ..window_of(sort.cloned()) };
        let expected = self.expected(scope, query, &window);
        let mut found = Vec::new();
        loop {
            let listed = self.list(scope, query, &window);
            let Some(last) = listed.hits.last() else { break };
            window.after = Some(last.cursor.clone());
            found.extend(listed.hits.iter().map(|hit| hit.id));
            assert!(found.len() <= expected.len(), "{query:?} {sort:?} goes round");
        }
        assert_eq!(found, expected, "{scope:?} {query:?} {sort:?}");
    }
}

fn scope(entity: Entity) -> Scope {
    Scope { entity, project: None, trace: None }
}

fn scopes() -> impl Strategy<Value = Scope> {
    let entity = proptest::sample::select(&Entity::ALL[..]);
    let project = proptest::option::of(proptest::sample::select(PROJECTS.to_vec()));
    let trace =
        proptest::option::weighted(0.2, (0..20_u64).prop_map(|n| cairn_core::ids::TraceId::known(id(n))));
    (entity, project, trace).prop_map(|(entity, project, trace)| Scope { entity, project, trace })
}

fn sorts() -> impl Strategy<Value = Option<Sort>> {
    let direction = prop_oneof![Just(Direction::Ascending), Just(Direction::Descending)];
    let sort = (proptest::sample::select(sort_fields()), direction);
    proptest::option::weighted(0.7, sort.prop_map(|(field, direction)| Sort { field, direction }))
}

#[derive(Clone, Debug)]
enum Step {
    Put(Vec<Columns>),
    Remove(Vec<(bool, u64)>),
    RemoveTrace(u64),
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => rows(12).prop_map(Step::Put),
        2 => proptest::collection::vec((any::<bool>(), 0..24_u64), 1..8).prop_map(Step::Remove),
        1 => (0..24_u64).prop_map(Step::RemoveTrace),
        1 => Just(Step::Reopen),
    ];
    proptest::collection::vec(step, 1..14)
}

fn played(steps: Vec<Step>) -> World {
    let mut world = World::new();
    for step in steps {
        match step {
            Step::Put(rows) => world.apply(rows.into_iter().map(Change::Put).collect()),
            Step::Remove(ids) => {
                let remove = |(is_span, n)| Change::Remove {
                    entity: if is_span { Entity::Span } else { Entity::Trace },
                    id: id(n),
                };
                world.apply(ids.into_iter().map(remove).collect());
            }
            Step::RemoveTrace(n) => world.apply(vec![Change::RemoveTrace { id: id(n) }]),
            Step::Reopen => world = world.reopen(),
        }
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_list_is_what_filtering_and_sorting_all_rows_gives(
        steps in steps(),
        asked in proptest::collection::vec(
            (scopes(), query(), sorts(), 0..4_usize, 0..20_usize, any::<bool>()), 24
        ),
    ) {
        let world = played(steps);
        for (scope, query, sort, offset, limit, count) in asked {
            let window = Window { sort, after: None, offset, limit, count };
            world.check(&scope, &query, &window);
        }
    }

    #[test]
    fn paging_with_cursors_gives_every_row_once(
        steps in steps(),
        asked in proptest::collection::vec((scopes(), query(), sorts(), 1..6_usize), 8),
    ) {
        let world = played(steps);
        for (scope, query, sort, page) in asked {
            world.check_paging(&scope, &query, sort.as_ref(), page);
        }
    }
}

#[test]
fn every_sort_in_both_directions_pages_through_rows_with_and_without_values() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut world = World::new();
    for _ in 0..5 {
        let rows = rows(20).new_tree(&mut runner).unwrap().current();
        world.apply(rows.into_iter().map(Change::Put).collect());
    }
    for field in sort_fields() {
        for direction in [Direction::Ascending, Direction::Descending] {
            let sort = Sort { field: field.clone(), direction };
            for entity in Entity::ALL {
                world.check_paging(&scope(entity), &Query::All, Some(&sort), 3);
            }
        }
    }
}

#[test]
fn a_cursor_stays_right_while_rows_come_and_go_and_segments_are_merged() {
    let mut world = World::with((0..200).map(|n| columns(Entity::Trace, n * 10)).collect());
    let mut window = Window { limit: 7, ..window_of(None) };
    let mut found = Vec::new();
    for step in 0_u64.. {
        let listed = world.list(&scope(Entity::Trace), &Query::All, &window);
        let Some(last) = listed.hits.last() else { break };
        window.after = Some(last.cursor.clone());
        found.extend(listed.hits.iter().map(|hit| hit.id));
        // New rows above the cursor, updates everywhere, and the removal of what was seen already.
        let mut changes = vec![Change::Put(columns(Entity::Trace, 5_000 + step))];
        changes.extend((0..200).map(|n| Change::Put(columns(Entity::Trace, n * 10))));
        changes.push(Change::Remove { entity: Entity::Trace, id: found[0] });
        world.apply(changes);
    }
    let expected: Vec<_> = (0..200).rev().map(|n| id(n * 10)).collect();
    assert_eq!(found, expected);
}

#[test]
fn rows_whose_ids_begin_alike_are_in_order_too() {
    let alike = |n: u128| Uuid::from_u128(0x0190_babc_62a0_7fff_8000_0000_0000_0000 + n);
    let row = |n: u128| Columns { id: alike(n), ..columns(Entity::Span, 1) };
    let mut world = World::with([5, 1, 9].map(row).into());
    world.apply([3, 7, 9].map(|n| Change::Put(row(n))).into());
    let window = Window { after: None, ..window_of(None) };
    assert_eq!(world.list_unverified(&scope(Entity::Span), &Query::All, &window), [9, 7, 5, 3, 1].map(alike));
    let after = Some(Cursor { value: SortValue::Id, id: alike(7) });
    let window = Window { after, ..window };
    assert_eq!(world.list_unverified(&scope(Entity::Span), &Query::All, &window), [5, 3, 1].map(alike));
}

#[test]
fn the_newest_are_found_without_looking_at_the_others() {
    let world = World::with((0..500).map(|n| columns(Entity::Trace, n)).collect());
    let body = Query::term(Field::Input, Predicate::Contains("x".to_owned()));
    let mut looked_at = 0;
    let mut verify = |_| {
        looked_at += 1;
        Ok(true)
    };
    let window = Window { limit: 3, ..window_of(None) };
    let listed = world.searcher.list(&scope(Entity::Trace), &body, None, &window, &mut verify).unwrap();
    assert_eq!((listed.hits.len(), looked_at), (3, 3));
}

#[test]
fn an_unsure_list_in_some_order_goes_on_until_its_window_is_full() {
    let count = LIST_CHECKED_ITEMS_MIN as u64 * 3;
    let world = World::with((0..count).map(|n| columns(Entity::Trace, n)).collect());
    let body = Query::term(Field::Input, Predicate::Contains("x".to_owned()));
    let oldest: HashSet<_> = (0..4).map(id).collect();
    let sort = Some(Sort { field: Field::StartTime, direction: Direction::Descending });
    for (count, total) in [(false, None), (true, Some(4))] {
        let window = Window { limit: 2, offset: 1, count, ..window_of(sort.clone()) };
        let mut verify = |id| Ok(oldest.contains(&id));
        let listed = world.searcher.list(&scope(Entity::Trace), &body, None, &window, &mut verify).unwrap();
        assert_eq!(listed.hits.iter().map(|hit| hit.id).collect::<Vec<_>>(), [id(2), id(1)]);
        assert_eq!(listed.total, total);
    }
}

#[test]
fn a_count_of_an_unsure_list_does_not_depend_on_the_cursor() {
    let world = World::with((0..9).map(|n| columns(Entity::Trace, n)).collect());
    let body = Query::term(Field::Input, Predicate::Contains("x".to_owned()));
    for sort in [None, Some(Sort { field: Field::StartTime, direction: Direction::Descending })] {
        let first = world.searcher.list(
            &scope(Entity::Trace),
            &body,
            None,
            &Window { limit: 2, ..window_of(sort.clone()) },
            &mut |_| Ok(true),
        );
        let after = first.unwrap().hits.last().map(|hit| hit.cursor.clone());
        let window = Window { after, limit: 2, count: true, ..window_of(sort) };
        let listed =
            world.searcher.list(&scope(Entity::Trace), &body, None, &window, &mut |_| Ok(true)).unwrap();
        assert_eq!(listed.total, Some(9));
        assert_eq!(listed.hits.iter().map(|hit| hit.id).collect::<Vec<_>>(), [id(6), id(5)]);
    }
}

#[test]
fn ids_of_a_text_search_narrow_the_list_however_many_they_are() {
    let count = LIST_LOOKUP_IDS_MAX as u64 + 100;
    let world = World::with((0..count).map(|n| columns(Entity::Trace, n)).collect());
    let window = Window { count: true, limit: 2, ..window_of(None) };
    for wanted in [3..6, 2..count - 1] {
        let ids = wanted.clone().map(id).collect();
        let listed = world.list_among(&scope(Entity::Trace), &Query::All, Some(&ids), &window);
        assert_eq!(listed.total, Some(usize::try_from(wanted.end - wanted.start).unwrap()));
        assert_eq!(listed.hits[0].id, id(wanted.end - 1));
    }
}

/// Tantivy 0.27 panics when the bounds of a range over JSON look like different types, as in `[0.9 TO 1]`.
#[test]
fn whole_and_fractional_bounds_of_a_score_do_not_mix_types() {
    let scored = |n: u64, value: f64| Columns {
        scores: vec![("a.b\\c".to_owned(), value)],
        ..columns(Entity::Trace, n)
    };
    let world = World::with(vec![scored(1, 0.95), scored(2, 1.0), scored(3, 2.0), scored(4, -3.0)]);
    let at = |comparison, bound| {
        let field = Field::FeedbackScore("a.b\\c".to_owned());
        Query::term(field, Predicate::Compare(comparison, Operand::Number(bound)))
    };
    let between =
        |low, high| Query::And(vec![at(Comparison::GreaterOrEqual, low), at(Comparison::LessOrEqual, high)]);
    let list = |query| world.list_unverified(&scope(Entity::Trace), &query, &window_of(None));
    assert_eq!(list(between(0.9, 1.0)), [id(2), id(1)]);
    assert_eq!(list(between(-3.0, 0.95)), [id(4), id(1)]);
    assert_eq!(list(at(Comparison::Less, -1.0)), [id(4)]);
    assert!(list(at(Comparison::Less, -4.0)).is_empty());
}

/// Tantivy 0.27 subtracts the greater from the smaller when it excludes what lies in two ranges, unless the first row of
/// the segment does.
#[test]
fn rows_outside_two_ranges_at_once_are_found() {
    let row = |n: u32| Columns {
        ttft_ms: Some(f64::from(n)),
        cost: Some(f64::from(n)),
        ..columns(Entity::Trace, n.into())
    };
    let world = World::with((0..40).map(row).collect());
    let below =
        |field, bound| Query::term(field, Predicate::Compare(Comparison::Less, Operand::Number(bound)));
    let both = Query::And(vec![below(Field::Ttft, 30.0), below(Field::Cost, 20.0)]);
    world.check(&scope(Entity::Trace), &both.negated(), &Window { count: true, ..window_of(None) });
}

#[test]
fn negative_zero_is_zero() {
    let row = |n, ttft_ms| Columns { ttft_ms, ..columns(Entity::Trace, n) };
    let world = World::with(vec![row(1, Some(-0.0)), row(2, Some(0.0)), row(3, None)]);
    for wanted in [0.0, -0.0] {
        let query = Query::term(Field::Ttft, Predicate::Equals(Operand::Number(wanted)));
        assert_eq!(world.list_unverified(&scope(Entity::Trace), &query, &window_of(None)), [id(2), id(1)]);
        let query = Query::term(Field::Ttft, Predicate::Compare(Comparison::Less, Operand::Number(wanted)));
        assert!(world.list_unverified(&scope(Entity::Trace), &query, &window_of(None)).is_empty());
    }
}

#[test]
fn a_text_too_long_to_keep_is_looked_up_in_its_row() {
    let mut long = "x".repeat(COLUMN_TEXT_BYTES_MAX);
    long.push_str(" tail");
    let row = Columns { error_type: Some(long), ..columns(Entity::Trace, 1) };
    let world = World::with(vec![row, columns(Entity::Trace, 2)]);
    for predicate in [Predicate::EndsWith("tail".to_owned()), Predicate::Contains("x tail".to_owned())] {
        let query = Query::term(Field::ErrorType, predicate);
        world.check(&scope(Entity::Trace), &query, &Window { count: true, ..window_of(None) });
        world.check(&scope(Entity::Trace), &query.negated(), &Window { count: true, ..window_of(None) });
    }
}

#[test]
fn all_conditions_on_small_fields_are_answered_without_rows() {
    let world = World::with((0..4).map(|n| columns(Entity::Span, n)).collect());
    let predicates = [
        Predicate::IsEmpty,
        Predicate::Contains("1".to_owned()),
        Predicate::OneOf(vec!["1".to_owned()]),
        Predicate::Equals(Operand::Number(1.0)),
        Predicate::Compare(Comparison::Less, Operand::Time(Timestamp::EPOCH)),
    ];
    for field in sort_fields() {
        for predicate in &predicates {
            let query = Query::term(field.clone(), predicate.clone()).negated();
            world.list_unverified(&scope(Entity::Span), &query, &window_of(None));
        }
    }
}

#[test]
fn projects_are_counted_by_entity() {
    let mut world = World::with((0..7).map(|n| columns(Entity::Trace, n)).collect());
    world.apply(vec![
        Change::Put(columns(Entity::Span, 1)),
        Change::Remove { entity: Entity::Trace, id: id(3) },
    ]);
    assert_eq!(world.searcher.count(Entity::Trace, PROJECTS[0]).unwrap(), 6);
    assert_eq!(world.searcher.count(Entity::Span, PROJECTS[0]).unwrap(), 1);
    assert_eq!(world.searcher.count(Entity::Span, PROJECTS[1]).unwrap(), 0);
}

#[test]
fn removing_a_trace_removes_its_spans_and_only_those() {
    let span = |n, trace| Columns { trace_id: Some(id(trace)), ..columns(Entity::Span, n) };
    let mut world = World::with(vec![columns(Entity::Trace, 1), span(5, 1), span(6, 2)]);
    world.apply(vec![Change::RemoveTrace { id: id(1) }]);
    assert!(world.list_unverified(&scope(Entity::Trace), &Query::All, &window_of(None)).is_empty());
    assert_eq!(world.list_unverified(&scope(Entity::Span), &Query::All, &window_of(None)), [id(6)]);
}

#[test]
fn a_reopened_index_knows_its_position_and_rows() {
    let mut world = World::with(vec![columns(Entity::Trace, 1)]);
    world.apply(vec![Change::Put(columns(Entity::Trace, 2))]);
    let world = world.reopen();
    assert_eq!(world.searcher.position(), Position(2));
    assert_eq!(world.list_unverified(&scope(Entity::Trace), &Query::All, &window_of(None)), [id(2), id(1)]);
}

#[test]
fn an_index_of_another_version_or_a_damaged_one_begins_anew() {
    for damage in ["version", "meta", "segment"] {
        let World { dir, writer, searcher, .. } = World::with(vec![columns(Entity::Trace, 1)]);
        drop((writer, searcher));
        let meta = dir.path().join("meta.json");
        let text = std::fs::read_to_string(&meta).unwrap();
        match damage {
            "version" => {
                let payload = format!("{VERSION}:1");
                assert!(text.contains(&payload));
                std::fs::write(&meta, text.replace(&payload, &format!("{}:1", VERSION + 1))).unwrap();
            }
            "meta" => std::fs::write(&meta, "{").unwrap(),
            _ => {
                let files = std::fs::read_dir(dir.path()).unwrap().map(|file| file.unwrap().path());
                let segments =
                    files.filter(|path| path.extension().is_some_and(|end| end == "fast" || end == "idx"));
                segments.for_each(|path| std::fs::remove_file(path).unwrap());
            }
        }
        let (mut writer, searcher) = open(dir.path(), Position::START).unwrap();
        assert_eq!(searcher.position(), Position::START, "{damage}");
        assert_eq!(searcher.count(Entity::Trace, PROJECTS[0]).unwrap(), 0, "{damage}");
        writer.change(Change::Put(columns(Entity::Trace, 1))).unwrap();
        writer.disk.commit(Position(1)).unwrap();
        assert_eq!(searcher.count(Entity::Trace, PROJECTS[0]).unwrap(), 1, "{damage}");
    }
}

#[test]
fn a_second_writer_does_not_wipe_the_index_of_the_first() {
    let world = World::with(vec![columns(Entity::Trace, 1)]);
    assert!(matches!(open(world.dir.path(), Position::START), Err(Error::Index(_))));
    assert_eq!(world.searcher.count(Entity::Trace, PROJECTS[0]).unwrap(), 1);
    assert_eq!(world.reopen().searcher.position(), Position(1));
}
