//! What full-text search finds, and in which order.

mod relevance;

use cairn_core::query::Field as Asked;
use cairn_core::query::tokens::tokens;
use cairn_core::time::Timestamp;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

const PROJECT: ProjectId = ProjectId::known(Uuid::from_u128(0xA));
const OTHER_PROJECT: ProjectId = ProjectId::known(Uuid::from_u128(0xB));
const DAY_MS: i64 = 24 * 3_600 * 1_000;

fn id(n: u64) -> Uuid {
    Uuid::from_u64_pair(0x0190_babc_0000_7000 + (n << 16), 0x8000_0000_0000_0000 + n)
}

fn texts(n: u64) -> Texts {
    Texts::empty(Place::alone(Searched::Trace, id(n)), Some(PROJECT), Timestamp::from_millis(DAY_MS))
}

fn input(n: u64, input: &str) -> Texts {
    Texts { input: input.to_owned(), ..texts(n) }
}

fn put(texts: Texts) -> TextChange {
    TextChange::Put(Box::new(texts))
}

/// Something that goes with something else.
fn within(texts: Texts, kind: Searched, owner: u64) -> Texts {
    Texts { place: Place { kind, id: texts.place.id, owner: id(owner), version: None }, ..texts }
}

struct World {
    dir: TempDir,
    writer: Writer,
    searcher: Searcher,
}

impl World {
    fn with(all: impl IntoIterator<Item = Texts>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (writer, searcher) = open(dir.path(), Position::START).unwrap();
        let mut world = Self { dir, writer, searcher };
        world.apply(all.into_iter().map(put), Position(1));
        world
    }

    fn apply(&mut self, changes: impl IntoIterator<Item = TextChange>, up_to: Position) {
        changes.into_iter().for_each(|change| self.writer.change(change).unwrap());
        self.writer.disk.commit(up_to).unwrap();
    }

    fn search(&self, query: &[Words]) -> Vec<Uuid> {
        self.search_in(&Places::Project(PROJECT), &Searched::RECORDED, query)
    }

    fn search_in(&self, places: &Places, kinds: &[Searched], query: &[Words]) -> Vec<Uuid> {
        let (hits, total) = self.searcher.search(places, kinds, query, 100, 0).unwrap();
        assert_eq!(hits.len(), total);
        hits.into_iter().map(|hit| hit.place.id).collect()
    }

    fn matching(&self, field: Option<Asked>, words: Words) -> Vec<Uuid> {
        let found = self.searcher.matching(Some(PROJECT), Entity::Trace, &[(field, words)]).unwrap();
        let mut found: Vec<_> = found.into_iter().collect();
        found.sort_unstable();
        found
    }
}

fn candidates(world: &World, field: Asked, predicate: query::Predicate) -> Option<Vec<Uuid>> {
    let term = query::Term { field, predicate };
    let found = world.searcher.candidates(Some(PROJECT), Entity::Trace, &[&term]).unwrap()?;
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_unstable();
    Some(found)
}

#[test]
fn substrings_are_looked_for_where_words_may_have_them() {
    let cut = Texts { is_whole: false, ..input(3, "unrelated") };
    let long = input(4, &"a".repeat(WORD_BYTES_MAX + 1));
    let other = Texts { output: "a parcel".to_owned(), ..input(5, "nothing") };
    let world = World::with([input(1, "where is the Parcel?"), input(2, "a refund"), cut, long, other]);
    let holds = |text: &str| query::Predicate::Contains(text.to_owned());
    assert_eq!(candidates(&world, Asked::Input, holds("e is the PARC")), Some([1, 3, 4].map(id).to_vec()));
    assert_eq!(candidates(&world, Asked::Text, holds("arcel")), Some([1, 3, 4, 5].map(id).to_vec()));
    assert_eq!(candidates(&world, Asked::Input, holds("?")), None, "no word can tell");
    assert_eq!(candidates(&world, Asked::Input, query::Predicate::IsEmpty), None);
}

fn words(text: &str) -> Words {
    Words { words: tokens(text).map(|(_, word)| word).collect(), phrase: false, prefix: false, slips: 0 }
}

fn phrase(text: &str) -> Words {
    Words { phrase: true, ..words(text) }
}

fn prefix(words: Words) -> Words {
    Words { prefix: true, ..words }
}

#[test]
fn words_may_be_spread_over_parts_but_a_phrase_may_not() {
    let spread = Texts { name: "rocket".to_owned(), output: "science".to_owned(), ..texts(1) };
    let world =
        World::with([spread, input(2, "rocket science"), input(3, "science, rocket"), input(4, "rocket")]);
    assert_eq!(world.matching(None, words("Rocket SCIENCE")), [1, 2, 3].map(id));
    assert_eq!(world.matching(None, phrase("rocket science")), [id(2)]);
    assert_eq!(world.search(&[words("rocket"), words("science")]).len(), 3);
}

#[test]
fn the_last_word_may_go_on_where_that_is_asked() {
    let world = World::with([
        input(1, "the embedding model"),
        input(2, "embed the model"),
        input(3, "the model emb"),
    ]);
    assert_eq!(world.matching(None, prefix(words("embed"))), [1, 2].map(id));
    assert_eq!(world.matching(None, words("embed")), [id(2)]);
    assert_eq!(world.matching(None, prefix(phrase("the embed"))), [id(1)]);
    assert_eq!(world.matching(None, prefix(words("embed mod"))), [id(2)]);
    assert_eq!(world.search(&[prefix(words("embed"))]), [id(2), id(1)], "the whole word is the better match");
}

#[test]
fn a_word_may_be_misspelt_where_that_is_asked() {
    let near = |text: &str, slips| Words { slips, ..words(text) };
    let world = World::with([
        input(1, "the refund"),
        input(2, "the refnud"),
        input(3, "the refunded"),
        input(4, "the friend"),
    ]);
    assert_eq!(world.matching(None, near("refund", 1)), [1, 2].map(id), "swapped letters are one slip");
    assert_eq!(world.matching(None, near("refund", 2)), [1, 2, 3].map(id));
    assert_eq!(world.search(&[near("refund", 1)]), [id(1), id(2)], "the word itself is the better match");
}

#[test]
fn marks_and_width_make_no_difference() {
    let world = World::with([input(1, "السَّلامُ عليكم"), input(2, "cafe\u{301} ＧＰＴ"), input(3, "ｶﾞｿﾘﾝ")]);
    assert_eq!(world.matching(None, words("السلام")), [id(1)]);
    assert_eq!(world.matching(None, words("café gpt")), [id(2)]);
    assert_eq!(world.matching(None, phrase("ガソリン")), [id(3)]);
}

#[test]
fn scripts_without_spaces_are_found_by_any_run_of_characters() {
    let world = World::with([input(1, "東京タワーに行く"), input(2, "京都と東山"), input(3, "서울")]);
    assert_eq!(world.matching(None, phrase("東京")), [id(1)]);
    assert_eq!(world.matching(None, words("東京")), [1, 2].map(id));
    assert_eq!(world.matching(None, phrase("서울")), [id(3)]);
}

#[test]
fn a_field_is_asked_only_of_its_own_part() {
    let error = Texts { error: "timeout".to_owned(), ..texts(2) };
    let world = World::with([input(1, "timeout"), error]);
    assert_eq!(world.matching(Some(Asked::Input), words("timeout")), [id(1)]);
    assert_eq!(world.matching(Some(Asked::ErrorMessage), words("timeout")), [id(2)]);
    assert!(world.matching(Some(Asked::Output), words("timeout")).is_empty());
}

#[test]
fn names_and_rare_words_and_the_new_rank_higher() {
    let long = "payment ".to_owned() + &"and something else ".repeat(50);
    let named = Texts { name: "payment".to_owned(), ..texts(2) };
    let world = World::with([input(1, &long), named, input(3, &long)]);
    assert_eq!(world.search(&[words("payment")])[0], id(2));

    let old = Texts { time: Timestamp::from_millis(0), ..input(1, "refund a b c") };
    let new = Texts { time: Timestamp::from_millis(60 * DAY_MS), ..input(2, "refund a b c") };
    let better = Texts { time: Timestamp::from_millis(0), ..input(3, "refund refund refund refund") };
    let world = World::with([old, new, better]);
    assert_eq!(world.search(&[words("refund")]), [3, 2, 1].map(id));
}

#[test]
fn hits_tell_their_kind_and_owner_and_stay_within_project_and_kinds() {
    let span = within(input(1, "hello"), Searched::Span, 9);
    let elsewhere = Texts { project_id: Some(OTHER_PROJECT), ..input(2, "hello") };
    let world = World::with([span, elsewhere, input(3, "hello")]);
    let here = Places::Project(PROJECT);
    let (hits, total) = world.searcher.search(&here, &[Searched::Span], &[words("hello")], 10, 0).unwrap();
    let told: Vec<_> = hits.iter().map(|hit| (hit.place.kind, hit.place.id, hit.place.owner)).collect();
    assert_eq!((told, total), (vec![(Searched::Span, id(1), id(9))], 1));
    assert_eq!(world.search(&[words("hello")]).len(), 2);
}

#[test]
fn other_kinds_are_found_where_they_are_asked_for_and_do_not_count_elsewhere() {
    let prompt = within(input(1, "hello"), Searched::Prompt, 1);
    let nowhere = Texts { project_id: None, ..within(input(2, "hello"), Searched::Dataset, 2) };
    let other = Texts { project_id: Some(OTHER_PROJECT), ..within(input(3, "hello"), Searched::Comment, 7) };
    let world = World::with([prompt, nowhere, other, input(4, "hello")]);
    let found = |places: &Places, kinds: &[Searched]| {
        let mut found = world.search_in(places, kinds, &[words("hello")]);
        found.sort_unstable();
        found
    };
    let (here, all) = (Places::Project(PROJECT), Places::AllBut(Vec::new()));
    assert_eq!(found(&here, &Searched::RECORDED), [id(4)]);
    assert_eq!(found(&here, &Searched::ALL), [1, 4].map(id));
    assert_eq!(found(&here, &[Searched::Prompt, Searched::Dataset]), [id(1)]);
    assert_eq!(found(&all, &Searched::ALL), [1, 2, 3, 4].map(id));
    assert_eq!(found(&all, &[Searched::Dataset, Searched::Comment]), [2, 3].map(id));
    assert_eq!(found(&Places::AllBut(vec![OTHER_PROJECT]), &Searched::ALL), [1, 2, 4].map(id));
    assert!(found(&all, &[]).is_empty());
    assert_eq!(world.matching(None, words("hello")), [id(4)], "lists know nothing of other kinds");
    assert_eq!(
        candidates(&world, Asked::Input, query::Predicate::Contains("hello".to_owned())),
        Some(vec![id(4)])
    );
}

#[test]
fn pages_of_a_search_follow_each_other() {
    let world = World::with((0..25).map(|n| input(n, "hello")));
    let all = world.search(&[words("hello")]);
    let here = Places::Project(PROJECT);
    let page =
        |offset| world.searcher.search(&here, &Searched::RECORDED, &[words("hello")], 10, offset).unwrap();
    let paged: Vec<_> =
        [0, 10, 20].into_iter().flat_map(|offset| page(offset).0).map(|hit| hit.place.id).collect();
    assert_eq!(paged, all);
    assert_eq!(paged[0], id(24), "equals rank newest first");
    assert_eq!(page(20).1, 25);
}

#[test]
fn changed_and_removed_texts_are_not_found_any_more() {
    let mut world = World::with([input(1, "before"), input(2, "before"), input(3, "before")]);
    let changes = vec![
        put(input(1, "after")),
        TextChange::Remove(Place::alone(Searched::Trace, id(2))),
        put(within(input(4, "before"), Searched::Span, 3)),
        TextChange::RemoveOwned(id(3)),
    ];
    world.apply(changes, Position(2));
    assert!(world.search(&[words("before")]).is_empty());
    assert_eq!(world.search(&[words("after")]), [id(1)]);
    drop((world.writer, world.searcher));
    let (_writer, searcher) = open(world.dir.path(), Position::START).unwrap();
    assert_eq!(searcher.position(), Position(2));
}

#[test]
fn what_was_said_of_a_thing_goes_with_it_or_alone() {
    let on = |n, of: u64, owner| Texts {
        said_of: Some(id(of)),
        ..within(input(n, "hello"), Searched::Comment, owner)
    };
    let span = within(input(2, "hello"), Searched::Span, 1);
    let all = [input(1, "hello"), span, on(11, 1, 1), on(12, 2, 1), on(13, 2, 1), on(14, 7, 7)];
    let found = |world: &World| {
        let mut found = world.search_in(&Places::AllBut(Vec::new()), &Searched::ALL, &[words("hello")]);
        found.sort_unstable();
        found
    };
    let mut world = World::with(all);
    world.apply([TextChange::RemoveSaid(id(2))], Position(2));
    assert_eq!(found(&world), [1, 2, 11, 14].map(id));
    world.apply([TextChange::RemoveOwned(id(1))], Position(3));
    assert_eq!(found(&world), [id(14)]);
    world.apply([TextChange::RemoveProject(PROJECT)], Position(4));
    assert!(found(&world).is_empty());
}

#[test]
fn an_item_of_two_datasets_is_two_documents() {
    let of = |dataset| within(input(1, "hello"), Searched::DatasetItem, dataset);
    let mut world = World::with([of(8), of(9)]);
    let all = Places::AllBut(Vec::new());
    assert_eq!(world.search_in(&all, &[Searched::DatasetItem], &[words("hello")]), [1, 1].map(id));
    world.apply([TextChange::Remove(of(8).place)], Position(2));
    let (hits, _) = world.searcher.search(&all, &Searched::ALL, &[words("hello")], 10, 0).unwrap();
    assert_eq!(hits[0].place, of(9).place);
}

#[test]
fn very_long_words_are_told_apart_by_their_beginning() {
    let long = "x".repeat(100_000);
    let world = World::with([input(1, &format!("a {long} b"))]);
    assert_eq!(world.matching(None, phrase(&format!("a {long} b"))), [id(1)]);
}

#[test]
fn too_many_matches_leave_the_newest() {
    let world = World::with((0..30).map(|n| input(n, "hello")));
    let within = Within { places: &Places::Project(PROJECT), kinds: &Searched::RECORDED };
    let found =
        search::newest(&world.searcher.disk.searcher(), within, &[(None, words("hello"))], 3).unwrap();
    assert_eq!(found, HashSet::from([29, 28, 27].map(id)));
}

#[test]
fn phrases_of_common_words_are_looked_for_among_the_newest() {
    let mut world = World::with((0..50).map(|n| input(n, "so it is")));
    world.apply((50..100).map(|n| put(input(n, "so it is"))), Position(2));
    let searcher = world.searcher.disk.searcher();
    let within = Within { places: &Places::Project(PROJECT), kinds: &Searched::RECORDED };
    let count = |text, max| {
        let query = search::bounded(&searcher, within, &[(&phrase(text), Part::ALL.to_vec())], max).unwrap();
        query.count(&searcher).unwrap()
    };
    assert_eq!(count("so it", 100), 100, "not too common");
    assert_eq!(count("so it", 10), 10);
    assert_eq!(count("so rare", 10), 0);
}

#[derive(Clone, Debug)]
struct Document([String; 3]);

fn document() -> impl Strategy<Value = Document> {
    let word = proptest::sample::select(vec!["a", "ab", "b", "bca", "abdc", "東", "京", "c-d"]);
    let text = proptest::collection::vec(word, 0..5).prop_map(|words| words.join(" "));
    proptest::array::uniform3(text).prop_map(Document)
}

impl query::Subject for Document {
    fn value(&self, _: &Asked) -> query::Value<'_> {
        query::Value::List(self.0.iter().map(|text| text.as_str().into()).collect())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn words_are_found_exactly_where_their_meaning_says(
        documents in proptest::collection::vec(document(), 1..20),
        asked in proptest::collection::vec(
            (proptest::collection::vec(proptest::sample::select(vec!["a", "ab", "b", "ba", "abcd", "東", "京", "c"]), 1..4),
             any::<bool>(), any::<bool>(), 0..3_u8),
            20
        ),
    ) {
        let world = World::with((0..).zip(&documents).map(|(n, Document([name, input, output]))| Texts {
            name: name.clone(), input: input.clone(), output: output.clone(), ..texts(n)
        }));
        for (words, phrase, prefix, slips) in asked {
            let slips = if phrase || prefix || words.len() > 1 { 0 } else { slips };
            let words = Words { words: words.into_iter().map(str::to_owned).collect(), phrase, prefix, slips };
            let term = query::Query::term(Asked::Text, query::Predicate::Words(words.clone()));
            let meant = (0..).zip(&documents).filter(|(_, document)| term.matches(Entity::Trace, *document));
            prop_assert_eq!(world.matching(None, words), meant.map(|(n, _)| id(n)).collect::<Vec<_>>());
        }
    }
}
