//! What a query means. Everything that answers queries faster is held to `Query::matches` by its tests.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use strsim::osa_distance;

use crate::query::tokens::{fold, tokens};
use crate::query::{Comparison, Entity, Field, Operand, Predicate, Query, Subject, Term, Value, Words};
use crate::time::Timestamp;

impl Query {
    /// Whether the query is true of a thing. A field that the entity lacks is a field without a value.
    pub fn matches(&self, entity: Entity, subject: &dyn Subject) -> bool {
        match self {
            Self::All => true,
            Self::And(parts) => parts.iter().all(|part| part.matches(entity, subject)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(entity, subject)),
            Self::Not(inner) => !inner.matches(entity, subject),
            Self::Term(term) => term.matches(entity, subject),
        }
    }

    /// All fields that are asked for.
    pub fn fields(&self) -> BTreeSet<&Field> {
        let mut fields = BTreeSet::new();
        self.each_term(&mut |term| {
            fields.insert(&term.field);
        });
        fields
    }

    /// Whether input, output or metadata must be read to answer.
    pub fn needs_bodies(&self) -> bool {
        let mut needs = false;
        self.each_term(&mut |term| needs |= term.field.is_of_bodies());
        needs
    }

    fn each_term<'a>(&'a self, visit: &mut impl FnMut(&'a Term)) {
        match self {
            Self::All => {}
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.each_term(visit)),
            Self::Not(inner) => inner.each_term(visit),
            Self::Term(term) => visit(term),
        }
    }

    /// The same meaning with fewer layers: no `And` in `And`, no `Or` in `Or`, no `Not` of `Not`, no groups of one.
    #[must_use]
    pub fn simplified(self) -> Self {
        match self {
            Self::All | Self::Term(_) => self,
            Self::Not(inner) => match inner.simplified() {
                Self::Not(twice) => *twice,
                inner => inner.negated(),
            },
            Self::And(parts) => {
                let mut flat = Vec::with_capacity(parts.len());
                for part in parts {
                    match part.simplified() {
                        Self::All => {}
                        Self::And(inner) => flat.extend(inner),
                        part => flat.push(part),
                    }
                }
                one_or(flat, Self::And, || Self::All)
            }
            Self::Or(parts) => {
                let mut flat = Vec::with_capacity(parts.len());
                for part in parts {
                    match part.simplified() {
                        Self::All => return Self::All,
                        Self::Or(inner) => flat.extend(inner),
                        part => flat.push(part),
                    }
                }
                one_or(flat, Self::Or, || Self::All.negated())
            }
        }
    }

    #[must_use]
    pub fn negated(self) -> Self {
        Self::Not(Box::new(self))
    }

    pub const fn term(field: Field, predicate: Predicate) -> Self {
        Self::Term(Term { field, predicate })
    }
}

fn one_or(mut parts: Vec<Query>, many: fn(Vec<Query>) -> Query, none: fn() -> Query) -> Query {
    match parts.len() {
        0 => none(),
        1 => parts.pop().unwrap_or_else(none),
        _ => many(parts),
    }
}

impl Term {
    pub fn matches(&self, entity: Entity, subject: &dyn Subject) -> bool {
        if !self.field.exists_for(entity) {
            return self.predicate == Predicate::IsEmpty;
        }
        let value = subject.value(&self.field);
        match &self.predicate {
            Predicate::IsEmpty => {
                value.is_empty(self.field.is_of_bodies() || matches!(self.field, Field::Derived(_)))
            }
            Predicate::Equals(operand) => value.equals(operand),
            Predicate::EqualsFolded(wanted) => {
                let folded = fold(wanted);
                value.any_text(|text| fold(text) == folded) || value.same_number(wanted)
            }
            Predicate::Contains(wanted) => value.any_folded(wanted, |text, wanted| text.contains(wanted)),
            Predicate::StartsWith(wanted) => {
                value.any_folded(wanted, |text, wanted| text.starts_with(wanted))
            }
            Predicate::EndsWith(wanted) => value.any_folded(wanted, |text, wanted| text.ends_with(wanted)),
            Predicate::Compare(comparison, operand) => value.compares(*comparison, operand),
            Predicate::OneOf(wanted) => wanted.iter().any(|wanted| value.equals_text(wanted)),
            Predicate::Words(words) => words.are_in(&value),
        }
    }
}

impl Value<'_> {
    fn is_empty(&self, of_bodies: bool) -> bool {
        match self {
            Self::Missing => true,
            Self::Text(text) => text.is_empty() || of_bodies && matches!(text.as_ref(), "{}" | "[]"),
            Self::List(items) => items.iter().all(|item| item.is_empty()),
            Self::Number(_) | Self::Time(_) | Self::Truth(_) => false,
        }
    }

    fn equals(&self, operand: &Operand) -> bool {
        match operand {
            Operand::Text(wanted) => self.equals_text(wanted),
            Operand::Number(wanted) => self.any_number(|number| same(number, *wanted)),
            Operand::Time(wanted) => self.any_time(|time| time == *wanted),
            Operand::Truth(wanted) => match self {
                Self::Truth(truth) => truth == wanted,
                Self::Number(_) | Self::Time(_) => false,
                _ => self.any_text(|text| text == if *wanted { "true" } else { "false" }),
            },
        }
    }

    fn equals_text(&self, wanted: &str) -> bool {
        self.any_text(|text| text == wanted) || self.same_number(wanted)
    }

    /// Numbers are equal by value however they are written; texts are not taken for numbers here.
    fn same_number(&self, wanted: &str) -> bool {
        matches!(self, Self::Number(value) if number(wanted).is_some_and(|wanted| same(*value, wanted)))
    }

    fn compares(&self, comparison: Comparison, operand: &Operand) -> bool {
        match operand {
            Operand::Number(wanted) => self.any_number(|number| comparison.holds(number.partial_cmp(wanted))),
            Operand::Time(wanted) => self.any_time(|time| comparison.holds(Some(time.cmp(wanted)))),
            Operand::Text(wanted) => {
                let wanted = fold(wanted);
                self.any_text(|text| comparison.holds(Some(fold(text).cmp(&wanted))))
            }
            Operand::Truth(_) => false,
        }
    }

    fn any_folded(&self, wanted: &str, holds: fn(&str, &str) -> bool) -> bool {
        let wanted = fold(wanted);
        self.any_text(|text| holds(&fold(text), &wanted))
    }

    fn any_number(&self, holds: impl Fn(f64) -> bool) -> bool {
        match self {
            Self::Number(value) => holds(*value),
            Self::Text(text) => number(text).is_some_and(holds),
            Self::List(items) => items.iter().any(|item| number(item).is_some_and(&holds)),
            Self::Missing | Self::Time(_) | Self::Truth(_) => false,
        }
    }

    fn any_time(&self, holds: impl Fn(Timestamp) -> bool) -> bool {
        match self {
            Self::Time(time) => holds(*time),
            Self::Text(text) => Timestamp::parse(text).is_some_and(holds),
            Self::List(items) => items.iter().any(|item| Timestamp::parse(item).is_some_and(&holds)),
            Self::Missing | Self::Number(_) | Self::Truth(_) => false,
        }
    }

    fn any_text(&self, holds: impl Fn(&str) -> bool) -> bool {
        self.texts().iter().any(|text| holds(text))
    }

    /// The value as texts; numbers, times and truths as they are written.
    fn texts(&self) -> Cow<'_, [Cow<'_, str>]> {
        let text = match self {
            Self::Missing => return Cow::Borrowed(&[]),
            Self::List(items) => return Cow::Borrowed(items),
            Self::Text(text) => Cow::Borrowed(text.as_ref()),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Time(time) => Cow::Owned(time.to_string()),
            Self::Truth(truth) => Cow::Borrowed(if *truth { "true" } else { "false" }),
        };
        Cow::Owned(vec![text])
    }
}

/// A text that stands for a finite number.
pub(crate) fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

fn same(one: f64, other: f64) -> bool {
    one.partial_cmp(&other) == Some(Ordering::Equal)
}

impl Comparison {
    /// Whether it holds of how a value stands to the operand. Nothing holds of what cannot be compared.
    pub fn holds(self, order: Option<Ordering>) -> bool {
        match self {
            Self::Less => order == Some(Ordering::Less),
            Self::LessOrEqual => order.is_some_and(Ordering::is_le),
            Self::Greater => order == Some(Ordering::Greater),
            Self::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
        }
    }
}

impl Words {
    /// `None` if the text has no words.
    pub fn parse(text: &str, prefix: bool) -> Option<Self> {
        let words: Vec<_> = tokens(text).map(|(_, word)| word).collect();
        if words.is_empty() { None } else { Some(Self { phrase: words.len() > 1, words, prefix, slips: 0 }) }
    }

    /// A phrase must stand within one text; other words may be spread over several.
    fn are_in(&self, value: &Value<'_>) -> bool {
        let texts = value.texts();
        let mut texts = texts.iter().map(|text| tokens(text).map(|(_, token)| token).collect::<Vec<_>>());
        if self.phrase {
            return texts.any(|tokens| tokens.windows(self.words.len().max(1)).any(|window| self.is(window)));
        }
        let texts: Vec<_> = texts.collect();
        let last = self.words.len().saturating_sub(1);
        self.words
            .iter()
            .enumerate()
            .all(|(at, word)| texts.iter().flatten().any(|token| self.meets(token, word, at == last)))
    }

    fn is(&self, window: &[String]) -> bool {
        let last = self.words.len().saturating_sub(1);
        window
            .iter()
            .zip(&self.words)
            .enumerate()
            .all(|(at, (token, word))| self.meets(token, word, at == last))
    }

    /// Whether a token of a text is what one of the words, perhaps the last, looks for.
    pub fn meets(&self, token: &str, word: &str, is_last: bool) -> bool {
        if self.prefix && is_last {
            return token.starts_with(word);
        }
        let slips = usize::from(self.slips);
        // A letter has at most four bytes, so that most tokens need no closer look.
        token == word
            || slips > 0
                && token.len().abs_diff(word.len()) <= 4 * slips
                && osa_distance(token, word) <= slips
    }
}

#[cfg(test)]
mod tests;
