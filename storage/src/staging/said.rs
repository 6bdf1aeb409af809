//! What is said of traces, spans and threads, their files, and the threads themselves: each goes with what it is about.

use cairn_core::attachments::{self, Owner};
use cairn_core::event::Recorded;
use cairn_core::feedback::{self, Target};
use cairn_core::ids::ThreadId;
use cairn_core::{comments, threads};

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
        let row = self.scores.change(rows::scores(target))?;
        feedback::evolve(row.get_or_insert_default(), event);
        row.take_if(|scores| scores.given.is_empty());
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
        self.comments.project(event)
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
    fn tell_of_scores(&mut self, target: Target) -> Result<(), Error> {
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
        self.annotations.forget(id.uuid())?;
        self.forget(Target::Thread(id))
    }
}
