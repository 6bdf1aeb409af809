//! What experiments are told of their traces.

use cairn_core::feedback::Target;
use cairn_core::ids::TraceId;

use super::Staging;
use crate::error::Error;
use crate::rows;
use crate::view::Trace;

impl Staging {
    /// Lets experiments know what their traces have to say by now. Once for all events of a commit, since whichever way
    /// events are put together, the last word is the same.
    pub(super) fn tell_experiments(&mut self) -> Result<(), Error> {
        let mut told = std::mem::take(&mut self.told);
        told.append(&mut self.experiments.take_awaited());
        for id in told {
            let places = self.experiments.tallies.places(id)?;
            if places.is_empty() {
                continue;
            }
            let share = self.said(id)?;
            for place in places {
                self.experiments.tallies.settle(place, &share)?;
            }
        }
        Ok(())
    }

    fn said(&mut self, id: TraceId) -> Result<crate::experiments::tally::Share, Error> {
        let sums = self.sums.get(rows::sums(id))?.cloned().unwrap_or_default();
        let scores = self.scores.get(rows::scores(Target::Trace(id)))?.cloned().unwrap_or_default();
        let state = self.traces.get(rows::trace(id))?.cloned();
        let assertions = self.assertions.get(rows::said::assertions(Target::Trace(id)))?.cloned();
        let comments = self.comments.on(Target::Trace(id))?.to_vec();
        let trace = state.map(|state| Trace::new(state, sums, scores, comments, Vec::new()));
        Ok(crate::experiments::tally::Share::of(trace.as_ref(), &assertions.unwrap_or_default()))
    }
}
