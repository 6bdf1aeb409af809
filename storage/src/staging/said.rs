//! What is said of traces, spans and threads, their files, and the threads themselves: each goes with what it is about.

use cairn_core::attachments::{self, Owner};
use cairn_core::event::Recorded;
use cairn_core::feedback::{self, Target};
use cairn_core::ids::{SpanId, ThreadId, TraceId};
use cairn_core::{comments, guardrails, threads};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::Staging;
use crate::error::Error;
use crate::rows;

impl Staging {
    pub(super) fn project_score(&mut self, event: &Recorded<feedback::Event>) -> Result<(), Error> {
        let target = event.event.target();
        self.remember(target.uuid(), event.position);
        if let feedback::Event::Asserted { assertion, .. } = &event.event {
            let row = self.assertions.change(rows::said::assertions(target))?;
            row.get_or_insert_default().evolve(&event.with(assertion.clone()));
            if let Target::Trace(id) = target {
                self.told.insert(id);
            }
            return Ok(());
        }
        let place = match target {
            Target::Span(id) => self.places.get(rows::span_place(id))?.map(|trace_id| (*trace_id, id)),
            Target::Trace(_) | Target::Thread(_) => None,
        };
        let row = self.scores.change(rows::scores(target))?;
        let scores = row.get_or_insert_default();
        let before = place.map(|_| feedback::values(scores)).unwrap_or_default();
        feedback::evolve(scores, event);
        let after = place.map(|_| feedback::values(scores)).unwrap_or_default();
        row.take_if(|scores| scores.given.is_empty());
        if let Some((trace_id, id)) = place {
            self.retally(trace_id, id, &before, &after)?;
        }
        if let Target::Thread(id) = target {
            self.threads.touch(id, event)?;
        }
        self.tell_of_scores(target)
    }

    pub(super) fn project_comment(&mut self, event: &Recorded<comments::Event>) -> Result<(), Error> {
        let target = event.event.target();
        self.remember(event.event.id().uuid(), event.position);
        self.remember(target.uuid(), event.position);
        if let Target::Thread(id) = target {
            self.threads.touch(id, event)?;
        }
        if let Target::Trace(id) = target {
            self.told.insert(id);
        }
        self.comments.project(event)
    }

    pub(super) fn project_check(&mut self, event: &Recorded<guardrails::Event>) -> Result<(), Error> {
        self.remember_all(event.event.entities(), event.position);
        self.checks.project(event)
    }

    /// A span that comes or goes brings or takes its scores.
    pub(super) fn take_scores_along(
        &mut self,
        trace_id: TraceId,
        id: SpanId,
        was_there: bool,
        is_there: bool,
    ) -> Result<(), Error> {
        if was_there == is_there {
            return Ok(());
        }
        let scores = self.scores.get(rows::scores(Target::Span(id)))?;
        let values = scores.map(feedback::values).unwrap_or_default();
        if is_there {
            self.retally(trace_id, id, &[], &values)
        } else {
            self.retally(trace_id, id, &values, &[])
        }
    }

    /// Keeps what the scores of a trace's spans come to.
    pub(super) fn retally(
        &mut self,
        trace_id: TraceId,
        id: SpanId,
        before: &[(String, Decimal)],
        after: &[(String, Decimal)],
    ) -> Result<(), Error> {
        if before.is_empty() && after.is_empty() {
            return Ok(());
        }
        self.sums.change(rows::sums(trace_id))?.get_or_insert_default().retally(before, after);
        self.scored_spans.put(rows::said::scored_span(trace_id, id), (!after.is_empty()).then_some(()));
        Ok(())
    }

    pub(super) fn project_thread(&mut self, event: &Recorded<threads::Event>) -> Result<(), Error> {
        let id = event.event.id();
        self.remember(id.uuid(), event.position);
        if self.threads.project(event)? {
            self.forget_thread(id)?;
        }
        Ok(())
    }

    /// Scores count for annotation queues and for trials.
    pub(super) fn tell_of_scores(&mut self, target: Target) -> Result<(), Error> {
        match target {
            Target::Trace(id) => {
                self.told.insert(id);
                self.reckon(id)?;
            }
            Target::Span(_) => return Ok(()),
            Target::Thread(_) => {}
        }
        let none = feedback::State::default();
        let scores = self.scores.get(rows::scores(target))?.unwrap_or(&none);
        self.annotations.reviewed(target, scores)
    }

    pub(super) fn project_attachment(&mut self, event: &Recorded<attachments::Event>) -> Result<(), Error> {
        if let Some(owner) = event.event.owner() {
            self.remember(owner.uuid(), event.position);
        }
        self.attachments.project(event)
    }

    /// What was said of a thing goes with it, and so do its files.
    pub(super) fn forget(&mut self, target: Target) -> Result<(), Error> {
        match target {
            Target::Trace(id) => self.attachments.remove_all_of(Owner::Trace(id))?,
            Target::Span(id) => self.attachments.remove_all_of(Owner::Span(id))?,
            Target::Thread(_) => {}
        }
        self.scores.put(rows::scores(target), None);
        self.assertions.put(rows::said::assertions(target), None);
        self.comments.forget(target)
    }

    pub(super) fn forget_thread(&mut self, id: ThreadId) -> Result<(), Error> {
        self.take_out_of_queues(id.uuid())?;
        self.forget(Target::Thread(id))
    }

    /// What is deleted waits for nobody, until it comes back.
    pub(super) fn take_out_of_queues(&mut self, item: Uuid) -> Result<(), Error> {
        for (queue, kept) in self.annotations.forget(item)? {
            self.trash.keep_queue_item(item, queue, kept);
        }
        Ok(())
    }

    /// What came back waits in the queues that it was taken out of, as far as they are there.
    pub(super) fn put_back_into_queues(&mut self, target: Target) -> Result<(), Error> {
        for (queue, item) in self.trash.take_queue_items(target.uuid())? {
            self.annotations.take_back(queue, target, item, &mut self.scores)?;
        }
        Ok(())
    }
}
