//! The spans as the generator made them, and what of them a test counts by itself: nothing here asks the product.

use std::collections::{HashMap, HashSet};

use cairn_bench::traffic::{Kind, Span, Trace, Traffic, opik};
use serde_json::Value;

pub(super) const PROJECT: &str = "fifty-thousand";
pub(super) const TRACES: u64 = 6_250;
pub(super) const SPANS: usize = 50_000;
const VOCABULARY: usize = 20_000;

pub(super) struct Model {
    pub(super) spans: Vec<Row>,
    /// Words that are said in outputs, from common to rare.
    pub(super) words: Vec<String>,
}

pub(super) struct Row {
    pub(super) id: String,
    pub(super) trace: String,
    pub(super) user: String,
    /// The root, which is the trace as well.
    pub(super) is_root: bool,
    pub(super) name: &'static str,
    pub(super) is_llm: bool,
    pub(super) model: Option<&'static str>,
    pub(super) begin_ms: i64,
    pub(super) duration_ms: f64,
    pub(super) tokens: Option<f64>,
    pub(super) failed: bool,
    pub(super) input: Text,
    pub(super) output: Text,
}

/// A body: the texts within it, and their words.
pub(super) struct Text {
    pub(super) texts: Vec<String>,
    pub(super) words: Vec<Vec<String>>,
}

impl Text {
    fn of(json: &str) -> Self {
        let mut texts = Vec::new();
        collect(&serde_json::from_str(json).unwrap(), &mut texts);
        let words = texts.iter().map(|text| words_of(text)).collect();
        Self { texts, words }
    }

    pub(super) fn has(&self, wanted: impl Fn(&str) -> bool) -> bool {
        self.words.iter().flatten().any(|word| wanted(word))
    }

    pub(super) fn has_phrase(&self, phrase: &[&str]) -> bool {
        self.words.iter().any(|words| words.windows(phrase.len()).any(|window| window == phrase))
    }

    pub(super) fn contains(&self, part: &str) -> bool {
        self.texts.iter().any(|text| text.contains(part))
    }
}

fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(members) => members.values().for_each(|member| collect(member, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn words_of(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

impl Model {
    pub(super) fn of(traffic: &Traffic, traces: &[Trace]) -> Self {
        let spans: Vec<Row> = traces.iter().flat_map(Row::all).collect();
        let said: HashSet<&String> = spans.iter().flat_map(|row| row.output.words.iter().flatten()).collect();
        let words = (0..VOCABULARY).map(|rank| traffic.words().at(rank).to_owned());
        let words = words.filter(|word| said.contains(word)).collect();
        Self { spans, words }
    }

    pub(super) fn count(&self, matches: impl Fn(&Row) -> bool) -> u64 {
        self.spans.iter().filter(|row| matches(row)).count() as u64
    }

    /// Counts by a value.
    pub(super) fn counts<'a>(&'a self, value: impl Fn(&'a Row) -> Option<&'a str>) -> HashMap<&'a str, u64> {
        let mut counts = HashMap::new();
        for value in self.spans.iter().filter_map(value) {
            *counts.entry(value).or_default() += 1;
        }
        counts
    }

    /// The first of the words from a rank on that is long enough.
    pub(super) fn word(&self, rank: usize, letters: usize) -> &str {
        self.words[rank..].iter().find(|word| word.len() >= letters).unwrap()
    }
}

impl Row {
    fn all(trace: &Trace) -> impl Iterator<Item = Self> {
        trace.spans.iter().enumerate().map(|(at, span)| Self::of(trace, at, span))
    }

    fn of(trace: &Trace, at: usize, span: &Span) -> Self {
        let call = span.call.as_ref();
        Self {
            id: opik::id(trace, at).to_string(),
            trace: uuid::Uuid::from_bytes(trace.id).to_string(),
            user: trace.user.clone(),
            is_root: at == 0,
            name: span.name,
            is_llm: span.kind == Kind::Llm,
            model: call.map(|call| call.model.name),
            begin_ms: i64::try_from(span.begin_nanos / 1_000_000).unwrap(),
            duration_ms: f64::from(u32::try_from((span.end_nanos - span.begin_nanos) / 1_000_000).unwrap()),
            tokens: call.map(|call| f64::from(call.input_tokens + call.output_tokens)),
            failed: span.failed,
            input: Text::of(&span.input),
            output: Text::of(&span.output),
        }
    }
}

/// Whether a word becomes another by at most so many slips: a letter more, less, other, or two swapped.
pub(super) fn is_within(word: &str, wanted: &str, slips: usize) -> bool {
    let (a, b) = (word.as_bytes(), wanted.as_bytes());
    if a.len().abs_diff(b.len()) > slips {
        return false;
    }
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let other = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = other.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()] <= slips
}
