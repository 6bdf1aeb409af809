//! The traces that are sent: agents of 8 steps, three of which call a model. Trace `n` of a seed is always the same.
//! How they are written on a wire is in `otlp` and `opik`.

pub mod opik;
pub mod otlp;
pub mod template;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use uuid::Builder;

use crate::words::Words;

pub const SPANS_PER_TRACE: u64 = STEPS.len() as u64;
/// 2026-11-01T00:00:00Z, when the first trace begins.
const BEGIN_NANOS: u64 = 1_793_491_200_000_000_000;
/// Between the beginnings of two traces.
const STEP_NANOS: u64 = 400_000_000;
const ERRORS_PER_CENT: u32 = 2;
/// What a brief text is of a usual one.
const BREVITY: usize = 12;
const TRACES_PER_SESSION: u64 = 4;
const USERS: u64 = 500;
/// Every so many traces one says the rare word.
const RARE_EVERY: u64 = 5_000;
pub const RARE_WORD: &str = "zyzzyva";

pub struct Model {
    pub name: &'static str,
    pub provider: &'static str,
}

pub static MODELS: [Model; 5] = [
    Model { name: "gpt-4o", provider: "openai" },
    Model { name: "gpt-4o-mini", provider: "openai" },
    Model { name: "claude-3-5-sonnet-20241022", provider: "anthropic" },
    Model { name: "claude-3-5-haiku-20241022", provider: "anthropic" },
    Model { name: "gemini-2.0-flash", provider: "google_ai" },
];

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Agent,
    Chain,
    Llm,
    Retriever,
    Tool,
}

struct Step {
    name: &'static str,
    kind: Kind,
}

const STEPS: [Step; 8] = [
    Step { name: "agent", kind: Kind::Agent },
    Step { name: "plan", kind: Kind::Llm },
    Step { name: "retrieve", kind: Kind::Retriever },
    Step { name: "draft", kind: Kind::Llm },
    Step { name: "search", kind: Kind::Tool },
    Step { name: "calculate", kind: Kind::Tool },
    Step { name: "review", kind: Kind::Llm },
    Step { name: "format", kind: Kind::Chain },
];

/// The names of the steps, the root's first.
pub fn step_names() -> impl Iterator<Item = &'static str> {
    STEPS.iter().map(|step| step.name)
}

pub struct Trace {
    pub id: [u8; 16],
    pub session: String,
    pub user: String,
    /// The first is the root, the parent of the others.
    pub spans: Vec<Span>,
}

pub struct Span {
    pub id: [u8; 8],
    pub name: &'static str,
    pub kind: Kind,
    pub begin_nanos: u64,
    pub end_nanos: u64,
    /// JSON text.
    pub input: String,
    pub output: String,
    pub call: Option<Call>,
    pub failed: bool,
}

/// What is known of a call of a model.
pub struct Call {
    pub model: &'static Model,
    pub input_tokens: u32,
    pub output_tokens: u32,
}

pub struct Traffic {
    seed: u64,
    words: Words,
    /// By what the lengths of texts are divided.
    brevity: usize,
}

impl Traffic {
    pub fn new(seed: u64) -> Self {
        Self { seed, words: Words::new(seed), brevity: 1 }
    }

    /// With a sentence or two where others say a page: for many spans in little time.
    pub fn brief(seed: u64) -> Self {
        Self { brevity: BREVITY, ..Self::new(seed) }
    }

    pub const fn words(&self) -> &Words {
        &self.words
    }

    pub fn trace(&self, number: u64) -> Trace {
        let mut draw = StdRng::seed_from_u64(self.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ number);
        let begin = BEGIN_NANOS + number * STEP_NANOS;
        let mut at = begin;
        let mut spans: Vec<Span> = STEPS
            .iter()
            .map(|step| {
                let span = self.span(&mut draw, step, at);
                at = if step.kind == Kind::Agent { at + 1_000_000 } else { span.end_nanos };
                span
            })
            .collect();
        if let Some(root) = spans.first_mut() {
            root.end_nanos = at;
            if number.is_multiple_of(RARE_EVERY) {
                root.input = object("question", &format!("{RARE_WORD} {}", self.text(&mut draw, 300)));
            }
        }
        Trace {
            id: version_7(begin, draw.random()),
            session: format!("session-{}", number / TRACES_PER_SESSION),
            user: format!("user-{}", number % USERS),
            spans,
        }
    }

    fn span(&self, draw: &mut StdRng, step: &Step, begin: u64) -> Span {
        let (input, output, milliseconds) = match step.kind {
            Kind::Llm => (self.messages(draw), self.answer(draw), draw.random_range(300..4_000)),
            Kind::Agent => self.plain(draw, "question", "answer", 400..401),
            Kind::Retriever => self.plain(draw, "query", "documents", 20..200),
            Kind::Chain | Kind::Tool => self.plain(draw, "arguments", "result", 5..900),
        };
        let call = (step.kind == Kind::Llm).then(|| call(draw));
        Span {
            id: draw.random(),
            name: step.name,
            kind: step.kind,
            begin_nanos: begin,
            end_nanos: begin + milliseconds * 1_000_000,
            input,
            output,
            call,
            failed: draw.random_ratio(ERRORS_PER_CENT, 100),
        }
    }

    fn text(&self, draw: &mut StdRng, bytes: usize) -> String {
        self.words.text(draw, bytes / self.brevity)
    }

    fn messages(&self, draw: &mut StdRng) -> String {
        let (system, user) = (self.text(draw, 600), self.text(draw, 1_300));
        format!(
            r#"{{"messages":[{{"role":"system","content":"{system}"}},{{"role":"user","content":"{user}"}}]}}"#
        )
    }

    fn answer(&self, draw: &mut StdRng) -> String {
        let text = self.text(draw, 950);
        format!(r#"{{"choices":[{{"message":{{"role":"assistant","content":"{text}"}}}}]}}"#)
    }

    fn plain(
        &self,
        draw: &mut StdRng,
        input: &str,
        output: &str,
        milliseconds: std::ops::Range<u64>,
    ) -> (String, String, u64) {
        let input = object(input, &self.text(draw, 300));
        let output = object(output, &self.text(draw, 500));
        (input, output, draw.random_range(milliseconds))
    }
}

fn call(draw: &mut StdRng) -> Call {
    // The earlier in the list, the more used.
    let most = MODELS.len() - 1;
    let rank = draw.random_range(0..=most).min(draw.random_range(0..=most));
    Call {
        model: MODELS.get(rank).unwrap_or(&MODELS[0]),
        input_tokens: draw.random_range(300..700),
        output_tokens: draw.random_range(100..400),
    }
}

fn object(key: &str, text: &str) -> String {
    format!(r#"{{"{key}":"{text}"}}"#)
}

/// A UUID of version 7 with the time of its trace.
fn version_7(nanos: u64, drawn: [u8; 16]) -> [u8; 16] {
    let [_, _, _, _, _, _, rest @ ..] = drawn;
    Builder::from_unix_timestamp_millis(nanos / 1_000_000, &rest).into_uuid().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_the_same_whenever_it_is_made() {
        let (one, two) = (Traffic::new(7), Traffic::new(7));
        let _ = two.trace(3);
        let (first, second) = (one.trace(9), two.trace(9));
        assert_eq!(first.id, second.id);
        assert_eq!(first.spans[3].input, second.spans[3].input);
        assert_ne!(first.id, one.trace(10).id);
    }

    #[test]
    fn a_trace_has_three_calls_of_about_the_size_that_was_meant() {
        let traffic = Traffic::new(7);
        let traces: Vec<Trace> = (0..200).map(|number| traffic.trace(number)).collect();
        let calls: Vec<&Span> =
            traces.iter().flat_map(|trace| &trace.spans).filter(|span| span.call.is_some()).collect();
        assert_eq!(calls.len(), 600);
        let mean = |of: fn(&Span) -> usize| calls.iter().map(|span| of(span)).sum::<usize>() / calls.len();
        assert!((1_950..2_200).contains(&mean(|span| span.input.len())), "{}", mean(|span| span.input.len()));
        assert!((1_000..1_150).contains(&mean(|span| span.output.len())));
        let failed = traces.iter().flat_map(|trace| &trace.spans).filter(|span| span.failed).count();
        assert!((10..60).contains(&failed), "{failed} of 1600");
    }
}
