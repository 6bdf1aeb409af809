//! What changed from one template to another, line by line.

use similar::{ChangeTag, TextDiff};

use crate::limits::PROMPT_DIFF_LINES_MAX;
use crate::prompts::Structure;
use crate::rejection::Rejection;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    Kept,
    Removed,
    Added,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub kind: LineKind,
    pub text: String,
    /// Its number in the old template, counted from 1.
    pub old: Option<usize>,
    /// Its number in the new template, counted from 1.
    pub new: Option<usize>,
}

/// Messages are compared as indented JSON, so that a changed sentence is a changed line.
pub fn lines(old: &str, new: &str, structure: Structure) -> Result<Vec<Line>, Rejection> {
    let (old, new) = (shown(old, structure), shown(new, structure));
    if old.lines().count().max(new.lines().count()) > PROMPT_DIFF_LINES_MAX {
        return Err(Rejection::invalid(format!(
            "only templates of up to {PROMPT_DIFF_LINES_MAX} lines are compared"
        )));
    }
    let diff = TextDiff::from_lines(&old, &new);
    let number = |index: Option<usize>| index.map(|index| index + 1);
    let line = |change: similar::Change<&str>| Line {
        kind: match change.tag() {
            ChangeTag::Equal => LineKind::Kept,
            ChangeTag::Delete => LineKind::Removed,
            ChangeTag::Insert => LineKind::Added,
        },
        text: change.value().trim_end_matches(['\r', '\n']).to_owned(),
        old: number(change.old_index()),
        new: number(change.new_index()),
    };
    Ok(diff.iter_all_changes().map(line).collect())
}

fn shown(template: &str, structure: Structure) -> String {
    let indented = |template| {
        let value: serde_json::Value = serde_json::from_str(template).ok()?;
        serde_json::to_string_pretty(&value).ok()
    };
    match structure {
        Structure::Text => template.to_owned(),
        Structure::Chat => indented(template).unwrap_or_else(|| template.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(old: &str, new: &str, structure: Structure) -> String {
        let sign = |kind| match kind {
            LineKind::Kept => ' ',
            LineKind::Removed => '-',
            LineKind::Added => '+',
        };
        let lines = lines(old, new, structure).unwrap();
        lines
            .iter()
            .flat_map(|line| [sign(line.kind).to_string(), line.text.clone(), "\n".to_owned()])
            .collect()
    }

    #[test]
    fn lines_are_kept_removed_and_added() {
        expect_test::expect![[r"
             one
            -two
            +zwei
             three
        "]]
        .assert_eq(&drawn("one\ntwo\nthree", "one\nzwei\nthree\n".trim_end(), Structure::Text));
    }

    #[test]
    fn messages_are_compared_line_by_line() {
        let old = r#"[{"role":"user","content":"hi"}]"#;
        let new = r#"[{"role": "user", "content": "hello"}]"#;
        expect_test::expect![[r#"
             [
               {
            -    "content": "hi",
            +    "content": "hello",
                 "role": "user"
               }
             ]
        "#]]
        .assert_eq(&drawn(old, new, Structure::Chat));
    }

    #[test]
    fn lines_know_their_numbers() {
        let found = lines("a\nb", "b\nc", Structure::Text).unwrap();
        let numbers: Vec<_> = found.iter().map(|line| (line.old, line.new)).collect();
        assert_eq!(numbers, [(Some(1), None), (Some(2), None), (None, Some(1)), (None, Some(2))]);
    }

    #[test]
    fn templates_without_measure_are_not_compared() {
        let long = "x\n".repeat(PROMPT_DIFF_LINES_MAX + 1);
        assert!(lines(&long, "x", Structure::Text).is_err());
    }
}
