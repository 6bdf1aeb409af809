//! Feedback scores on traces, spans and threads: several authors, one merged reading. The verdicts of assertions, which
//! clients may send in the guise of scores, are in `assertions`.

pub mod assertions;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::{FeedbackWrite, Needs};
use crate::command::{ProjectRef, check_batch, check_text};
use crate::event::Recorded;
use crate::ids::{ProjectId, SpanId, ThreadId, TraceId};
use crate::limits::NAME_CHARS_MAX;
use crate::rejection::Rejection;
use crate::spans;
use crate::threads;
use crate::time::Timestamp;

/// Digits that a score keeps after the point.
pub const SCORE_DIGITS: u32 = 9;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Target {
    Trace(TraceId),
    Span(SpanId),
    Thread(ThreadId),
}

impl Target {
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Trace(id) => id.uuid(),
            Self::Span(id) => id.uuid(),
            Self::Thread(id) => id.uuid(),
        }
    }
}

/// A score to be given. A thread may be named rather than known.
#[derive(Clone, Debug, PartialEq)]
pub struct Write<T = Target> {
    pub target: T,
    pub project: ProjectRef,
    pub author: Option<String>,
    pub score: Score,
}

/// Which kind of thing is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    Trace,
    Span,
    Thread,
}

impl Target {
    pub const fn kind(self) -> TargetKind {
        match self {
            Self::Trace(_) => TargetKind::Trace,
            Self::Span(_) => TargetKind::Span,
            Self::Thread(_) => TargetKind::Thread,
        }
    }

    /// What a client is told that names something which there is not.
    pub fn missing(self) -> Rejection {
        let kind = match self.kind() {
            TargetKind::Trace => "Trace",
            TargetKind::Span => "Span",
            TargetKind::Thread => "Thread",
        };
        Rejection::not_found(format!("{kind} id: {} not found", self.uuid()))
    }
}

/// What somebody said of something, under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    pub name: String,
    pub value: Decimal,
    pub category_name: Option<String>,
    pub reason: Option<String>,
    pub source: String,
    pub queue_id: Option<Uuid>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Scores may come before what they score.
    Score(Vec<Write>),
    /// One score of something that must exist.
    ScoreExisting(Box<Write>),
    /// Scores of threads, by the names that clients call their ids. Those that are missing begin with their score.
    ScoreThreads(Vec<Write<String>>),
    Clear(Clearing),
    /// Every author's scores of these names, or one's. An unknown thread has no scores to lose.
    ClearThread {
        project: ProjectRef,
        thread: String,
        names: Vec<String>,
        author: Option<String>,
    },
    /// Verdicts may come before what they judge, too.
    Assert(Vec<assertions::Write>),
}

/// Which scores of a name go: every author's, or one's; asked by whatever queue, or by one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clearing {
    pub target: Target,
    pub name: String,
    pub author: Option<String>,
    pub queue_id: Option<Uuid>,
}

impl Clearing {
    pub fn takes(&self, given: &Given) -> bool {
        given.score.name == self.name
            && self.author.as_ref().is_none_or(|author| given.author == *author)
            && self.queue_id.is_none_or(|queue| given.score.queue_id == Some(queue))
    }
}

impl Needs for Command {
    type Permission = FeedbackWrite;
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Scored { target: Target, project_id: ProjectId, author: String, score: Score },
    Cleared(Clearing),
    Asserted { target: Target, project_id: ProjectId, assertion: assertions::Assertion },
}

impl Event {
    pub const fn target(&self) -> Target {
        match self {
            Self::Scored { target, .. } | Self::Asserted { target, .. } => *target,
            Self::Cleared(clearing) => clearing.target,
        }
    }
}

/// All scores of one target.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub given: Vec<Given>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Given {
    pub author: String,
    pub score: Score,
    pub created_at: Timestamp,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

/// Clients send the verdicts of a test suite as scores of this category; they are no feedback.
const ASSERTION_CATEGORY: &str = "suite_assertion";

impl Given {
    pub(crate) fn is_assertion(&self) -> bool {
        self.score.category_name.as_deref() == Some(ASSERTION_CATEGORY)
    }
}

impl State {
    /// What assertions came to, by name: passed if it did for everybody who said.
    pub fn verdicts(&self) -> impl Iterator<Item = (&str, bool)> {
        let mut verdicts: BTreeMap<&str, bool> = BTreeMap::new();
        for given in self.given.iter().filter(|given| given.is_assertion()) {
            *verdicts.entry(&given.score.name).or_insert(true) &= given.score.value == Decimal::ONE;
        }
        verdicts.into_iter()
    }
}

/// The scores of one name, as one.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged<'a> {
    pub name: &'a str,
    pub value: Decimal,
    pub category_name: Option<String>,
    pub reason: Option<String>,
    pub source: &'a str,
    pub created_by: String,
    pub last_updated_by: String,
    pub created_at: Timestamp,
    pub last_updated_at: Timestamp,
    /// By author, or by `<author>_<queue id>` where a queue asked; with `_<span id>` behind it across spans.
    pub by_author: BTreeMap<String, Said<'a>>,
}

/// What one author said, and of which span where several are looked at together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Said<'a> {
    pub given: &'a Given,
    pub span: Option<(SpanId, spans::Kind)>,
}

/// The scores of one of several spans.
#[derive(Clone, Debug, PartialEq)]
pub struct OfSpan {
    pub id: SpanId,
    pub kind: spans::Kind,
    pub scores: State,
}

/// The mean of what things got under a name, kept while they come and go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    sum: Decimal,
    count: u64,
}

impl Tally {
    pub fn add(&mut self, value: Decimal) {
        self.sum = self.sum.saturating_add(value);
        self.count += 1;
    }

    pub fn remove(&mut self, value: Decimal) {
        self.sum = self.sum.saturating_sub(value);
        self.count = self.count.saturating_sub(1);
    }

    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub fn mean(&self) -> Decimal {
        let mean = self.sum.checked_div(Decimal::from(self.count)).unwrap_or_default();
        mean.round_dp(SCORE_DIGITS).normalize()
    }
}

impl Command {
    pub fn check(&self) -> Result<(), Rejection> {
        match self {
            Self::Score(writes) => {
                check_batch("scores", writes.len())?;
                writes.iter().enumerate().try_for_each(|(at, write)| write.check(&format!("scores[{at}].")))
            }
            Self::ScoreExisting(write) => write.check(""),
            Self::ScoreThreads(writes) => {
                check_batch("scores", writes.len())?;
                writes.iter().enumerate().try_for_each(|(at, write)| {
                    threads::check_name(&format!("scores[{at}].threadId"), &write.target)?;
                    write.check(&format!("scores[{at}]."))
                })
            }
            Self::Clear(clearing) => check_name("", &clearing.name),
            Self::Assert(writes) => assertions::check(writes),
            Self::ClearThread { thread, names, .. } => {
                threads::check_name("threadId", thread)?;
                check_batch("names", names.len())?;
                names.iter().try_for_each(|name| check_name("", name))
            }
        }
    }
}

impl<T> Write<T> {
    fn check(&self, place: &str) -> Result<(), Rejection> {
        check_name(place, &self.score.name)?;
        if self.score.value.abs() > Decimal::new(999_999_999_999_999_999, SCORE_DIGITS) {
            return Err(out_of_bounds(place));
        }
        Ok(())
    }

    pub fn decide(self, target: Target, project_id: ProjectId, principal: &str) -> Event {
        let mut score = self.score;
        if let Some(assertion) = assertions::Assertion::in_guise(&score) {
            return Event::Asserted { target, project_id, assertion };
        }
        score.value = score.value.round_dp(SCORE_DIGITS).normalize();
        Event::Scored {
            target,
            project_id,
            author: self.author.unwrap_or_else(|| principal.to_owned()),
            score,
        }
    }
}

/// For values that are numbers, yet no score.
pub fn out_of_bounds(place: &str) -> Rejection {
    let bound = Decimal::new(999_999_999_999_999_999, SCORE_DIGITS);
    Rejection::invalid(format!("{place}value must be between -{bound} and {bound}"))
}

pub(crate) fn check_name(place: &str, name: &str) -> Result<(), Rejection> {
    if name.trim().is_empty() {
        return Err(Rejection::invalid(format!("{place}name must not be blank")));
    }
    check_text(place, "name", Some(name), NAME_CHARS_MAX)
}

pub fn evolve(state: &mut State, event: &Recorded<Event>) {
    match &event.event {
        Event::Scored { author, score, .. } => {
            let same = |given: &&mut Given| {
                given.author == *author
                    && given.score.name == score.name
                    && given.score.queue_id == score.queue_id
            };
            match state.given.iter_mut().find(same) {
                Some(given) => {
                    given.score = score.clone();
                    given.last_updated_at = event.time;
                    given.last_updated_by = event.principal.to_string();
                }
                None => state.given.push(Given {
                    author: author.clone(),
                    score: score.clone(),
                    created_at: event.time,
                    last_updated_at: event.time,
                    last_updated_by: event.principal.to_string(),
                }),
            }
        }
        Event::Cleared(clearing) => state.given.retain(|given| !clearing.takes(given)),
        Event::Asserted { .. } => {}
    }
}

/// The scores as they are read: one a name, sorted by name; the mean where several authors gave one.
pub fn merged(state: &State) -> Vec<Merged<'_>> {
    let mut by_name: BTreeMap<&str, Vec<Said<'_>>> = BTreeMap::new();
    for given in &state.given {
        by_name.entry(&given.score.name).or_default().push(Said { given, span: None });
    }
    let mean = |said: &[Said<'_>]| {
        let sum: Decimal = said.iter().map(|said| said.given.score.value).sum();
        (sum / Decimal::from(said.len())).round_dp(SCORE_DIGITS).normalize()
    };
    by_name.into_iter().filter_map(|(name, said)| merge(name, mean(&said), &said)).collect()
}

/// The scores of several spans as one of each name. `means` are those over all of the spans, of which some may suffice
/// to show who said what.
pub fn across<'a>(spans: &'a [OfSpan], means: &BTreeMap<String, Tally>) -> Vec<Merged<'a>> {
    let mut by_name: BTreeMap<&str, Vec<Said<'_>>> = BTreeMap::new();
    for span in spans {
        for given in &span.scores.given {
            let said = Said { given, span: Some((span.id, span.kind)) };
            by_name.entry(&given.score.name).or_default().push(said);
        }
    }
    let merged = by_name.into_iter().map(|(name, said)| merge(name, means.get(name)?.mean(), &said));
    merged.flatten().collect()
}

/// What each name comes to, for tallies.
pub fn values(state: &State) -> Vec<(String, Decimal)> {
    merged(state).into_iter().map(|score| (score.name.to_owned(), score.value)).collect()
}

fn merge<'a>(name: &'a str, value: Decimal, said: &[Said<'a>]) -> Option<Merged<'a>> {
    let given: Vec<&'a Given> = said.iter().map(|said| said.given).collect();
    let first = given.first()?;
    let joined =
        |text: fn(&Given) -> &str| given.iter().map(|given| text(given)).collect::<Vec<_>>().join(", ");
    let joined_if_any = |text: fn(&Given) -> Option<&str>, missing: Option<&'static str>| {
        let parts: Vec<_> = given.iter().filter_map(|given| text(given).or(missing)).collect();
        given.iter().any(|given| text(given).is_some()).then(|| parts.join(", "))
    };
    let missing_reason = (given.len() > 1).then_some("<no reason>");
    Some(Merged {
        name,
        value,
        category_name: joined_if_any(|given| given.score.category_name.as_deref(), None),
        reason: joined_if_any(|given| given.score.reason.as_deref(), missing_reason),
        source: &first.score.source,
        created_by: joined(|given| &given.author),
        last_updated_by: joined(|given| &given.last_updated_by),
        created_at: given.iter().map(|given| given.created_at).min()?,
        last_updated_at: given.iter().map(|given| given.last_updated_at).max()?,
        by_author: said.iter().map(|said| (author_key(said), *said)).collect(),
    })
}

fn author_key(said: &Said<'_>) -> String {
    let mut key = said.given.author.clone();
    let ids = [said.given.score.queue_id, said.span.map(|(id, _)| id.uuid())];
    for id in ids.into_iter().flatten() {
        key.push('_');
        key.push_str(&id.to_string());
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(author: &str, value: i64, reason: Option<&str>) -> Given {
        Given {
            author: author.to_owned(),
            score: Score {
                name: "accuracy".to_owned(),
                value: Decimal::new(value, 1),
                category_name: None,
                reason: reason.map(str::to_owned),
                source: "sdk".to_owned(),
                queue_id: None,
            },
            created_at: Timestamp::EPOCH,
            last_updated_at: Timestamp::EPOCH,
            last_updated_by: author.to_owned(),
        }
    }

    #[test]
    fn several_authors_give_a_mean_and_joined_reasons() {
        let state = State { given: vec![given("ann", 10, Some("good")), given("bob", 5, None)] };
        let read = merged(&state);
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].value, Decimal::new(75, 2));
        assert_eq!(read[0].reason.as_deref(), Some("good, <no reason>"));
        assert_eq!(read[0].created_by, "ann, bob");
        assert_eq!(read[0].by_author.keys().collect::<Vec<_>>(), ["ann", "bob"]);
    }

    #[test]
    fn the_scores_of_spans_are_merged_for_each_span_before_their_mean_is_taken() {
        let span = |number, given: Vec<Given>| OfSpan {
            id: SpanId::known(Uuid::from_u128(number)),
            kind: spans::Kind::Llm,
            scores: State { given },
        };
        let two = span(1, vec![given("ann", 10, Some("good")), given("bob", 0, None)]);
        let one = span(2, vec![given("ann", 0, None)]);
        let mut means: BTreeMap<String, Tally> = BTreeMap::new();
        for (name, value) in [&two, &one].into_iter().flat_map(|span| values(&span.scores)) {
            means.entry(name).or_default().add(value);
        }
        let spans = [two, one];
        let read = across(&spans, &means);
        assert_eq!(read[0].value, Decimal::new(25, 2));
        let keys: Vec<_> = read[0].by_author.keys().map(|key| &key[..5]).collect();
        assert_eq!(keys, ["ann_0", "ann_0", "bob_0"]);
    }

    #[test]
    fn a_tally_forgets_what_goes() {
        let mut tally = Tally::default();
        for value in [1, 4, 7] {
            tally.add(Decimal::from(value));
        }
        tally.remove(Decimal::from(7));
        assert_eq!(tally.mean(), Decimal::new(25, 1));
        for value in [1, 4] {
            tally.remove(Decimal::from(value));
        }
        assert!(tally.is_empty());
    }

    #[test]
    fn the_verdict_of_a_test_suite_is_no_feedback() {
        let mut score = given("ann", 10, None).score;
        score.category_name = Some("suite_assertion".to_owned());
        let target = Target::Trace(TraceId::known(Uuid::nil()));
        let write = Write { target, project: ProjectRef::Default, author: None, score };
        let event = write.decide(target, ProjectId::known(Uuid::nil()), "ann");
        assert!(matches!(event, Event::Asserted { assertion, .. } if assertion.passed));
    }

    #[test]
    fn what_is_cleared_is_of_the_author_and_the_queue_that_are_named() {
        let queue = Uuid::from_u128(7);
        let mut asked = given("ann", 10, None);
        asked.score.queue_id = Some(queue);
        let state = State { given: vec![given("ann", 10, None), asked, given("bob", 0, None)] };
        for (author, queue_id, left) in [
            (None, None, 0),
            (Some("ann"), None, 1),
            (Some("ann"), Some(queue), 2),
            (Some("bob"), Some(queue), 3),
            (None, Some(queue), 2),
        ] {
            let clearing = Clearing {
                target: Target::Trace(TraceId::known(Uuid::nil())),
                name: "accuracy".to_owned(),
                author: author.map(str::to_owned),
                queue_id,
            };
            let mut state = state.clone();
            evolve(&mut state, &Recorded::for_test(Event::Cleared(clearing)));
            assert_eq!(state.given.len(), left, "{author:?} {queue_id:?}");
        }
    }

    #[test]
    fn one_author_without_a_reason_has_none() {
        let state = State { given: vec![given("ann", 10, None)] };
        assert_eq!(merged(&state)[0].reason, None);
    }
}
