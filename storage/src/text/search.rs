//! Words as Tantivy queries, ranked by BM25 with a mild liking for the new, or newest first.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::ops::Bound;

use cairn_core::limits::{PHRASE_DOCUMENTS_MAX, PHRASE_PREFIX_TERMS_MAX, WORD_PREFIX_TERMS_MAX};
use cairn_core::query::{self, Words};
use cairn_core::search::Searched;
use tantivy::columnar::Column;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EnableScoring, FuzzyTermQuery, Occur,
    PhrasePrefixQuery, PhraseQuery, Query, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Score, Searcher, SegmentReader, Term};
use uuid::Uuid;

use super::tokenizer::kept;
use super::{
    ENTITY, LAYOUT, OWNER_HIGH, OWNER_LOW, Part, Places, START_MS, Within, kind_and_version, name_of,
};
use crate::error::Error;
use crate::index::terms::Terms;
use crate::index::walk::{Ids, Walk};
use crate::index::{Place, Ranked};

/// What a part adds to a word's score beside the part where it weighs most.
const OTHER_PARTS_SHARE: f32 = 0.3;
/// What the beginning of a word weighs against a whole rare word.
const PREFIX_SCORE: f32 = 0.5;
/// What a word that is spelt otherwise weighs.
const MISSPELT_SCORE: f32 = 0.3;
/// How much better than old the newest may be ranked.
const RECENCY_SHARE: f32 = 0.25;
/// The age at which half of that is gone.
const RECENCY_HALF_MS: f32 = 7.0 * 24.0 * 3_600_000.0;

pub(super) fn ranked(
    searcher: &Searcher,
    within: Within<'_>,
    words: &[Words],
    limit: usize,
    offset: usize,
) -> Result<(Vec<Ranked>, usize), Error> {
    let asked: Vec<_> = words.iter().map(|words| (words, Part::ALL.to_vec())).collect();
    let query = bounded(searcher, within, &asked, PHRASE_DOCUMENTS_MAX)?;
    let weight = query.weight(EnableScoring::enabled_from_searcher(searcher))?;
    let readers = searcher.segment_readers();
    let segments = readers.iter().map(Segment::open).collect::<Result<Vec<_>, Error>>()?;
    let newest_ms = segments.iter().map(|segment| segment.start_ms.max_value()).max().unwrap_or_default();
    let count = offset.saturating_add(limit);
    let mut best = BinaryHeap::new();
    let mut total = 0;
    for (at, (reader, segment)) in readers.iter().zip(&segments).enumerate() {
        let alive = reader.alive_bitset();
        weight.for_each(reader, &mut |doc, score| {
            if alive.is_some_and(|alive| !alive.is_alive(doc)) || !segment.is_of(doc, within.kinds) {
                return;
            }
            total += 1;
            let score = score * segment.recency(doc, newest_ms);
            // The bits of positive numbers are ordered like the numbers.
            best.push(Reverse((score.to_bits(), segment.ids.get(doc), at, doc)));
            if best.len() > count {
                best.pop();
            }
        })?;
    }
    let best = best.into_sorted_vec();
    let hits = best.into_iter().skip(offset).filter_map(|Reverse((score, id, at, doc))| {
        segments.get(at)?.hit(doc, Uuid::from_u128(id), Score::from_bits(score))
    });
    Ok((hits.collect(), total))
}

pub(super) fn newest(
    searcher: &Searcher,
    within: Within<'_>,
    words: &[(Option<query::Field>, Words)],
    max: usize,
) -> Result<HashSet<Uuid>, Error> {
    let asked: Vec<_> = words
        .iter()
        .map(|(field, words)| match field {
            None | Some(query::Field::Text) => (words, Part::ALL.to_vec()),
            Some(field) => (words, vec![Part::holding(field)]),
        })
        .collect();
    let query = bounded(searcher, within, &asked, PHRASE_DOCUMENTS_MAX)?;
    Ok(Walk::start(searcher, &*query, None)?.take(max).collect())
}

/// Words and the parts that may have them.
pub(super) type Asked<'a> = (&'a Words, Vec<Part>);

struct Segment {
    ids: Ids,
    owner_high: Column<u64>,
    owner_low: Column<u64>,
    start_ms: Column<i64>,
    kind: Column<u64>,
}

impl Segment {
    fn open(reader: &SegmentReader) -> Result<Self, Error> {
        let fast = reader.fast_fields();
        Ok(Self {
            ids: Ids::open(reader)?,
            owner_high: fast.u64(OWNER_HIGH)?,
            owner_low: fast.u64(OWNER_LOW)?,
            start_ms: fast.i64(START_MS)?,
            kind: fast.u64(ENTITY)?,
        })
    }

    /// Nothing here reads a clock: age counts from the newest start that the index knows.
    #[expect(
        clippy::cast_precision_loss,
        reason = "the age of a trace matters to the hour, not to the millisecond"
    )]
    fn recency(&self, doc: DocId, newest_ms: i64) -> f32 {
        let start_ms = self.start_ms.first(doc).unwrap_or_default();
        let age_ms = newest_ms.saturating_sub(start_ms).max(0) as f32;
        1.0 + RECENCY_SHARE / (1.0 + age_ms / RECENCY_HALF_MS)
    }

    fn is_of(&self, doc: DocId, kinds: &[Searched]) -> bool {
        let number = self.kind.first(doc).map(|number| kind_and_version(number).0);
        kinds.iter().any(|kind| Some(kind.number()) == number)
    }

    fn hit(&self, doc: DocId, id: Uuid, score: Score) -> Option<Ranked> {
        let half = |column: &Column<u64>| column.first(doc).unwrap_or_default();
        let owner = Uuid::from_u64_pair(half(&self.owner_high), half(&self.owner_low));
        let (number, version) = kind_and_version(self.kind.first(doc)?);
        let kind = Searched::numbered(number)?;
        Some(Ranked { place: Place { kind, id, owner, version }, score })
    }
}

/// Queries that everything must match but for its words.
pub(super) fn only(within: Within<'_>) -> Vec<(Occur, Box<dyn Query>)> {
    let mut only: Vec<(Occur, Box<dyn Query>)> = match within.places {
        Places::Project(project) => vec![(Occur::Must, Box::new(term(LAYOUT.project, &name_of(*project))))],
        Places::AllBut(projects) => {
            let others = projects.iter().map(|project| term(LAYOUT.project, &name_of(*project)));
            others.map(|query| (Occur::MustNot, Box::new(query) as Box<dyn Query>)).collect()
        }
    };
    // Nearly all there is are traces and spans: those who look for other things, too, look at each instead.
    if within.kinds.len() < 2 || !within.kinds.iter().any(|kind| Searched::RECORDED.contains(kind)) {
        let kinds = within.kinds.iter().map(|kind| term(LAYOUT.entity, kind.letter()));
        let any = BooleanQuery::union(kinds.map(|query| Box::new(query) as Box<dyn Query>).collect());
        only.push((Occur::Must, Box::new(any)));
    }
    only
}

/// The whole question. A phrase of common words is looked for only where they are met about `phrase_documents_max`
/// times, among the newest.
pub(super) fn bounded(
    searcher: &Searcher,
    within: Within<'_>,
    asked: &[Asked<'_>],
    phrase_documents_max: u64,
) -> Result<Box<dyn Query>, Error> {
    let mut only = only(within);
    if let Some(high) = phrase_floor(searcher, asked, phrase_documents_max)? {
        let above = Bound::Excluded(Term::from_field_u64(LAYOUT.id_high, high));
        only.push((Occur::Must, Box::new(RangeQuery::new(above, Bound::Unbounded))));
    }
    // Where to look must not count for the score.
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = only
        .into_iter()
        .map(|(occur, query)| (occur, Box::new(ConstScoreQuery::new(query, 0.0)) as Box<dyn Query>))
        .collect();
    for (words, parts) in asked {
        clauses.push((Occur::Must, has(words, parts)));
    }
    Ok(Box::new(BooleanQuery::new(clauses)))
}

fn has(words: &Words, parts: &[Part]) -> Box<dyn Query> {
    if words.phrase && words.words.len() > 1 {
        return anywhere(parts, |field| phrase(field, words));
    }
    let last = words.words.len().saturating_sub(1);
    let each = words.words.iter().enumerate().map(|(at, word)| {
        let goes_on = words.prefix && at == last;
        anywhere(parts, |field| match (goes_on, words.slips) {
            (true, _) => beginning(field, word),
            (false, 0) => Box::new(word_term(field, word)),
            (false, slips) => misspelt(field, word, slips),
        })
    });
    Box::new(BooleanQuery::intersection(each.collect()))
}

fn anywhere(parts: &[Part], query: impl Fn(Field) -> Box<dyn Query>) -> Box<dyn Query> {
    let fields = LAYOUT.parts.iter().filter(|(part, _)| parts.contains(part));
    let weighed = fields
        .map(|(part, field)| -> Box<dyn Query> { Box::new(BoostQuery::new(query(*field), part.weight())) });
    Box::new(DisjunctionMaxQuery::with_tie_breaker(weighed.collect(), OTHER_PARTS_SHARE))
}

fn phrase(field: Field, words: &Words) -> Box<dyn Query> {
    let terms = words.words.iter().map(|word| Term::from_field_text(field, kept(word))).collect();
    if words.prefix {
        let mut query = PhrasePrefixQuery::new(terms);
        query.set_max_expansions(PHRASE_PREFIX_TERMS_MAX);
        Box::new(query)
    } else {
        Box::new(PhraseQuery::new(terms))
    }
}

/// The word itself counts as usual, longer ones a little.
fn beginning(field: Field, word: &str) -> Box<dyn Query> {
    let longer = Terms::starting_with(field, kept(word)).at_most(WORD_PREFIX_TERMS_MAX);
    Box::new(BooleanQuery::union(vec![
        Box::new(word_term(field, word)),
        Box::new(BoostQuery::new(Box::new(longer), PREFIX_SCORE)),
    ]))
}

/// The word itself counts as usual, those a few letters away a little.
fn misspelt(field: Field, word: &str, slips: u8) -> Box<dyn Query> {
    let near = FuzzyTermQuery::new(Term::from_field_text(field, word), slips, true);
    Box::new(BooleanQuery::union(vec![
        Box::new(word_term(field, word)),
        Box::new(BoostQuery::new(Box::new(near), MISSPELT_SCORE)),
    ]))
}

fn word_term(field: Field, word: &str) -> TermQuery {
    TermQuery::new(Term::from_field_text(field, kept(word)), IndexRecordOption::WithFreqs)
}

pub(super) fn term(field: Field, text: &str) -> TermQuery {
    TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic)
}

/// The first half of an id above which phrases of common words are looked for; `None` if none is too common.
fn phrase_floor(searcher: &Searcher, asked: &[Asked<'_>], max: u64) -> Result<Option<u64>, Error> {
    let mut commonest = 0;
    for (words, parts) in asked.iter().filter(|(words, _)| words.phrase && words.words.len() > 1) {
        let mut rarest = u64::MAX;
        for word in &words.words {
            let mut documents = 0;
            for (_, field) in LAYOUT.parts.iter().filter(|(part, _)| parts.contains(part)) {
                documents += searcher.doc_freq(&Term::from_field_text(*field, kept(word)))?;
            }
            rarest = rarest.min(documents);
        }
        commonest = commonest.max(rarest);
    }
    floor(searcher, commonest, max)
}

/// Where to stop so that a word of so many documents is met about `max` times.
fn floor(searcher: &Searcher, documents: u64, max: u64) -> Result<Option<u64>, Error> {
    if documents <= max {
        return Ok(None);
    }
    let all: u64 = searcher.segment_readers().iter().map(|reader| u64::from(reader.max_doc())).sum();
    let wanted = u128::from(all) * u128::from(max) / u128::from(documents);
    let readers = searcher.segment_readers().iter();
    let segments = readers
        .map(|reader| Ok((Ids::open(reader)?, reader.max_doc())))
        .collect::<Result<Vec<_>, Error>>()?;
    let newer = |high: u64| -> u128 {
        let counts = segments.iter().map(|(ids, count)| u128::from(ids.first_at_most(high, *count)));
        counts.sum()
    };
    let (mut from, mut to) = (0, u64::MAX);
    while from < to {
        let middle = from + (to - from) / 2;
        if newer(middle) > wanted {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    Ok(Some(from))
}

#[cfg(test)]
mod tests {
    #[test]
    fn scores_are_ordered_like_their_bits() {
        let scores = [0.0_f32, 1e-20, 0.5, 1.0, 1.25, 300.0];
        assert!(scores.windows(2).all(|pair| pair[0].to_bits() < pair[1].to_bits()));
    }
}
