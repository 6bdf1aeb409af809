//! When something was recorded, by its id: ids begin with a time in milliseconds.

use crate::ids::uuid_v7;
use crate::query::{Comparison, Field, Operand, Predicate, Query, Term};
use crate::time::Timestamp;

impl Query {
    /// Conditions on the time within ids, both ends included.
    pub fn within(from: Option<Timestamp>, to: Option<Timestamp>) -> Vec<Self> {
        let bound = |time, rest, comparison| {
            let id = uuid_v7(time, rest).to_string();
            let predicate = Predicate::Compare(comparison, Operand::Text(id));
            Self::Term(Term { field: Field::Id, predicate })
        };
        let lower = from.map(|time| bound(time, [0; 10], Comparison::GreaterOrEqual));
        let upper = to.map(|time| bound(time, [0xff; 10], Comparison::LessOrEqual));
        lower.into_iter().chain(upper).collect()
    }
}
