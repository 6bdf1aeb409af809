//! Samples of what is said of things: scores, verdicts, comments and guardrail checks.

use cairn_core::comments;
use cairn_core::event::Event;
use cairn_core::feedback::assertions::Assertion;
use cairn_core::feedback::{self, Clearing, Score, Target};
use cairn_core::guardrails;
use cairn_core::ids::{CommentId, ProjectId, SpanId, TraceId};
use rust_decimal::Decimal;

use super::{id, json, text};

pub(super) fn samples() -> Vec<Event> {
    let (on_trace, on_span) = (Target::Trace(TraceId::known(id(3))), Target::Span(SpanId::known(id(4))));
    let (project_id, comment) = (ProjectId::known(id(2)), CommentId::known(id(11)));
    let score = Score {
        name: "accuracy".to_owned(),
        value: Decimal::new(75, 2),
        category_name: Some(text("good")),
        reason: Some(text("it was right")),
        source: "sdk".to_owned(),
        queue_id: Some(id(6)),
    };
    // The queue came later: the file is older.
    let clearing =
        Clearing { target: on_span, name: "accuracy".to_owned(), author: Some(text("ann")), queue_id: None };
    let assertion = Assertion {
        name: "is polite".to_owned(),
        passed: true,
        reason: Some(text("it said please")),
        source: "sdk".to_owned(),
    };
    let checked = guardrails::Checked {
        trace_id: TraceId::known(id(3)),
        span_id: SpanId::known(id(4)),
        project_id,
        outcome: guardrails::Outcome {
            name: "PII".to_owned(),
            passed: false,
            config: json(r#"{"threshold": 0.50}"#),
            details: json(r#"{"detected_entities": {}}"#),
        },
    };
    vec![
        feedback::Event::Scored { target: on_trace, project_id, author: "ann".to_owned(), score }.into(),
        feedback::Event::Cleared(clearing).into(),
        feedback::Event::Asserted { target: on_trace, project_id, assertion }.into(),
        comments::Event::Added {
            id: comment,
            target: on_span,
            project_id,
            text: "look at this".to_owned(),
            queue_id: Some(id(6)),
        }
        .into(),
        comments::Event::Edited { id: comment, target: on_span, text: "look here".to_owned() }.into(),
        comments::Event::Deleted { id: comment, target: on_span }.into(),
        guardrails::Event::Checked(Box::new(checked)).into(),
    ]
}
