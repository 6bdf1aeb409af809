//! The names that a template leaves open, in each of its syntaxes. Templates are never rendered here.

use std::collections::BTreeSet;

use minijinja::Environment;
use serde_json::Value;

use crate::prompts::{Structure, Syntax};

/// In the order of the alphabet. What cannot be read as its syntax has no names.
pub fn variables(template: &str, syntax: Syntax, structure: Structure) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let read = match syntax {
        Syntax::Mustache => mustache,
        Syntax::Jinja2 => jinja2,
        Syntax::Python => python,
    };
    match structure {
        Structure::Text => read(template, &mut names),
        Structure::Chat => match serde_json::from_str(template) {
            Ok(messages) => texts(&messages, &mut |text| read(text, &mut names)),
            Err(_) => read(template, &mut names),
        },
    }
    names
}

/// The braces of the messages' JSON are none of the template's: only the texts within count.
fn texts(value: &Value, visit: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => visit(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, visit)),
        Value::Object(fields) => fields.values().for_each(|field| texts(field, visit)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn mustache(template: &str, names: &mut BTreeSet<String>) {
    let (mut open, mut close) = ("{{", "}}");
    let mut rest = template;
    while let Some((_, after)) = rest.split_once(open) {
        // Three braces stand for text that is not escaped.
        let (tag, after) = match after.strip_prefix('{').filter(|_| open == "{{") {
            Some(raw) => match raw.split_once("}}}") {
                Some(found) => found,
                None => return,
            },
            None => match after.split_once(close) {
                Some(found) => found,
                None => return,
            },
        };
        rest = after;
        let tag = tag.trim();
        if let Some(delimiters) = tag.strip_prefix('=') {
            if let Some((first, second)) =
                delimiters.trim_end_matches('=').trim().split_once(char::is_whitespace)
            {
                (open, close) = (first.trim(), second.trim());
            }
            if open.is_empty() || close.is_empty() {
                return;
            }
            continue;
        }
        // Comments, partials and the ends of sections name nothing.
        if tag.starts_with(['!', '>', '/']) {
            continue;
        }
        let name = tag.trim_start_matches(['#', '^', '&']).trim();
        if !name.is_empty() && name != "." {
            names.insert(name.to_owned());
        }
    }
}

fn jinja2(template: &str, names: &mut BTreeSet<String>) {
    let environment = Environment::empty();
    if let Ok(parsed) = environment.template_from_str(template) {
        // What the language itself brings is not for the user to give.
        const BROUGHT: [&str; 7] = ["range", "dict", "lipsum", "cycler", "joiner", "namespace", "loop"];
        let open = parsed.undeclared_variables(false).into_iter();
        names.extend(open.filter(|name| !BROUGHT.contains(&name.as_str())));
    }
}

/// As `str.format` has it: `{name}`, `{name.attribute[0]!r:>{width}}`, and `{{` for a brace.
fn python(template: &str, names: &mut BTreeSet<String>) {
    let mut characters = template.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        if !matches!(character, '{' | '}') {
            continue;
        }
        if characters.next_if(|(_, next)| *next == character).is_some() || character == '}' {
            continue;
        }
        let field = template.get(at + 1..).unwrap_or_default();
        let end = field.find(['.', '[', '!', ':', '}', '{']).unwrap_or(field.len());
        let name = field.get(..end).unwrap_or_default();
        // A field without an end is none, and neither is one that is counted.
        let is_name = !name.is_empty() && name.chars().all(|part| part.is_alphanumeric() || part == '_');
        if end < field.len() && is_name && !name.bytes().all(|byte| byte.is_ascii_digit()) {
            names.insert(name.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(syntax: Syntax, cases: &[(&str, &[&str])]) {
        for (template, expected) in cases {
            let names: Vec<String> = variables(template, syntax, Structure::Text).into_iter().collect();
            assert_eq!(names, *expected, "{template}");
        }
    }

    #[test]
    fn mustache_names_are_between_braces() {
        check(
            Syntax::Mustache,
            &[
                ("hello {{ name }}, {{name}} {{{raw}}} {{&other}}", &["name", "other", "raw"]),
                ("{{#items}}{{.}}{{/items}}{{^none}}-{{/none}}", &["items", "none"]),
                ("{{! a comment }}{{> partial}}", &[]),
                ("{{=<% %>=}}<% a %> {{ b }}<%={{ }}=%>{{c}}", &["a", "c"]),
                ("{{user.name}}", &["user.name"]),
                ("{{ never ends", &[]),
                ("{{= }}{{x}}", &["x"]),
            ],
        );
    }

    #[test]
    fn jinja_names_are_those_that_nothing_declares() {
        check(
            Syntax::Jinja2,
            &[
                ("{{ name | upper }} {{ user.age }}", &["name", "user"]),
                ("{% for item in items %}{{ item.x }}{{ loop.index }}{% endfor %}", &["items"]),
                ("{% set a = b %}{{ a }}{# {{ c }} #}{% raw %}{{ d }}{% endraw %}", &["b"]),
                ("{% if x is defined and y == 'z' %}{% endif %}{{ range(3) }}", &["x", "y"]),
                ("{{ broken", &[]),
            ],
        );
    }

    #[test]
    fn python_names_are_fields_of_a_format() {
        check(
            Syntax::Python,
            &[
                (
                    "{name} {user.age} {list[0]} {value!r:>{width}}",
                    &["list", "name", "user", "value", "width"],
                ),
                ("{{escaped}} {{{inner}}}", &["inner"]),
                ("{0} {} {not a name} {", &[]),
                ("{open", &[]),
            ],
        );
    }

    #[test]
    fn names_of_a_chat_stand_in_its_texts() {
        let chat = r#"[{"role": "user", "content": [{"type": "text", "text": "hi {name}"}]}]"#;
        let names = variables(chat, Syntax::Python, Structure::Chat);
        assert_eq!(names, BTreeSet::from(["name".to_owned()]));
        let broken = variables("not json {a}", Syntax::Python, Structure::Chat);
        assert_eq!(broken, BTreeSet::from(["a".to_owned()]));
    }
}
