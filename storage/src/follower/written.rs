//! What a stretch of the log changed of all that is searched beside traces and spans: prompts, datasets and their items,
//! experiments, and what was said of traces, spans and threads. The columns index knows nothing of these.

use std::collections::BTreeSet;

use cairn_core::erasures::{self, Subject};
use cairn_core::event::{Event, Recorded};
use cairn_core::feedback::Target;
use cairn_core::history::undo;
use cairn_core::ids::{
    DatasetId, DatasetItemId, ExperimentId, Position, ProjectId, PromptId, PromptVersionId, ThreadId,
};
use cairn_core::search::Searched;
use cairn_core::{datasets, experiments, prompts, spans, threads, traces};

use super::touched::Sink;
use crate::error::Error;
use crate::index::{Place, TextChange};
use crate::reader::Reader;
use crate::search::{Judged, Thing};

/// Each thing once.
#[derive(Default)]
pub(super) struct Written {
    prompts: BTreeSet<PromptId>,
    /// Prompts that went or came with all their versions.
    whole_prompts: BTreeSet<PromptId>,
    versions: BTreeSet<PromptVersionId>,
    datasets: BTreeSet<DatasetId>,
    /// Datasets of which any item may be another by now.
    whole_datasets: BTreeSet<DatasetId>,
    /// Each with the version that changed it.
    items: BTreeSet<(DatasetId, DatasetItemId, u32)>,
    experiments: BTreeSet<ExperimentId>,
    commented: BTreeSet<Target>,
    scored: BTreeSet<Target>,
    /// Traces and spans that came, maybe after their scores.
    met: BTreeSet<Target>,
    erased: Erased,
}

/// What is being erased. Its rows stay until the store is made anew, and must not be taken in again before.
#[derive(Default)]
struct Erased {
    /// Those of which something was marked just now.
    now: Vec<Subject>,
    projects: BTreeSet<ProjectId>,
    threads: BTreeSet<ThreadId>,
}

impl Written {
    pub(super) fn by(reader: &Reader, events: &[Recorded<Event>]) -> Result<Self, Error> {
        let mut written = Self::default();
        for event in events {
            written.note(reader, &event.event)?;
        }
        if let (Some(first), Some(last)) = (events.first(), events.last()) {
            // A thread goes with its last trace, and comes back with any of them that does.
            let undoings = events.iter().filter(|event| matches!(event.event, Event::History(_)));
            let undoings: BTreeSet<Position> = undoings.map(|event| event.position).collect();
            for (at, changed) in reader.thread_changes(first.position, last.position)? {
                let told = changed.into_iter().filter(|changed| changed.gone || undoings.contains(&at));
                told.for_each(|changed| written.judged(Target::Thread(changed.thread)));
            }
        }
        for erasure in reader.open_erasures()? {
            match erasure.subject {
                Subject::Project(id) => _ = written.erased.projects.insert(id),
                Subject::Thread(id) => _ = written.erased.threads.insert(id),
                Subject::Trace(_) | Subject::User(_) => {}
            }
        }
        Ok(written)
    }

    fn note(&mut self, reader: &Reader, event: &Event) -> Result<(), Error> {
        match event {
            Event::Prompts(event) => self.note_prompt(reader, event)?,
            Event::Datasets(event) => self.note_dataset(event),
            Event::Experiments(event) => self.note_experiment(event),
            Event::Comments(event) => _ = self.commented.insert(event.target()),
            Event::Feedback(event) => _ = self.scored.insert(event.target()),
            Event::Traces(traces::Event::Deleted { id }) => {
                self.judged(Target::Trace(*id));
                // There are some only if it came back.
                for span in reader.span_ids(*id) {
                    self.judged(Target::Span(span?));
                }
            }
            Event::Traces(event) => _ = self.met.insert(Target::Trace(event.id())),
            Event::Spans(spans::Event::Deleted { id, .. }) => self.judged(Target::Span(*id)),
            Event::Spans(event) => _ = self.met.insert(Target::Span(event.id())),
            Event::Threads(threads::Event::Deleted { id }) => self.judged(Target::Thread(*id)),
            Event::History(undo::Event::Undone { position, .. }) => {
                if let Some(root) = reader.root(*position)? {
                    self.note(reader, &root.event)?;
                }
            }
            Event::Erasures(erasures::Event::Marked(marked)) => {
                self.erased.now.extend(reader.erasure(marked.id)?.map(|erasure| erasure.subject));
            }
            Event::Threads(_)
            | Event::Erasures(_)
            | Event::Guardrails(_)
            | Event::Prices(_)
            | Event::Retention(_)
            | Event::Derived(_)
            | Event::Workspaces(_)
            | Event::Projects(_)
            | Event::Otel(_)
            | Event::Attachments(_)
            | Event::Definitions(_)
            | Event::Environments(_)
            | Event::Insights(_)
            | Event::Runners(_)
            | Event::Agents(_)
            | Event::Optimizations(_)
            | Event::Annotations(_)
            | Event::Alerts(_)
            | Event::Dashboards(_) => {}
        }
        Ok(())
    }

    fn note_prompt(&mut self, reader: &Reader, event: &prompts::Event) -> Result<(), Error> {
        let id = event.prompt_id();
        match event {
            prompts::Event::Created { .. } | prompts::Event::Updated { .. } => {}
            prompts::Event::Deleted { .. } => _ = self.whole_prompts.insert(id),
            prompts::Event::VersionCreated(version) => {
                self.versions.insert(version.id);
                // The one that was the latest is an earlier one from now on.
                let before = version.number.unwrap_or_default().saturating_sub(1);
                self.versions.extend(reader.prompt_version_numbered(id, before)?.map(|version| version.id));
            }
            prompts::Event::VersionTagged { id, .. } => _ = self.versions.insert(*id),
            prompts::Event::EnvironmentsSet { .. } => return Ok(()),
        }
        self.prompts.insert(id);
        Ok(())
    }

    fn note_dataset(&mut self, event: &datasets::Event) {
        let id = event.dataset_id();
        match event {
            datasets::Event::Created(_) | datasets::Event::Updated { .. } => _ = self.datasets.insert(id),
            datasets::Event::Deleted { .. } | datasets::Event::ItemsCopied { .. } => {
                self.whole_datasets.insert(id);
            }
            datasets::Event::VersionMade(made) => {
                if !made.goes_on() {
                    self.whole_datasets.insert(id);
                }
            }
            datasets::Event::ItemPut(put) => _ = self.items.insert((id, put.id, put.number)),
            datasets::Event::ItemRemoved { id: item, number, .. } => {
                self.items.insert((id, *item, *number));
            }
            datasets::Event::VersionUpdated { .. }
            | datasets::Event::Exported(_)
            | datasets::Event::ExportViewed { .. } => {}
        }
    }

    fn note_experiment(&mut self, event: &experiments::Event) {
        match event {
            experiments::Event::Created(_)
            | experiments::Event::Updated { .. }
            | experiments::Event::Deleted { .. } => _ = self.experiments.insert(event.experiment_id()),
            experiments::Event::ItemAdded(_) | experiments::Event::ItemRemoved { .. } => {}
        }
    }

    fn judged(&mut self, target: Target) {
        self.commented.insert(target);
        self.scored.insert(target);
    }

    pub(super) fn texts(&self, reader: &Reader, change: &mut Sink<'_, TextChange>) -> Result<(), Error> {
        for subject in &self.erased.now {
            match subject {
                Subject::Project(id) => change(TextChange::RemoveProject(*id))?,
                Subject::Thread(id) => {
                    change(TextChange::RemoveSaid(id.uuid()))?;
                    change(TextChange::Remove(Place::alone(Searched::Score, id.uuid())))?;
                }
                // These take along all that was said of them when they are deleted.
                Subject::Trace(_) | Subject::User(_) => {}
            }
        }
        self.prompt_texts(reader, change)?;
        self.dataset_texts(reader, change)?;
        for id in &self.experiments {
            let found = reader.experiment(*id)?.map(Box::new).map(Thing::Experiment);
            self.put(reader, found, Place::alone(Searched::Experiment, id.uuid()), change)?;
        }
        self.said_texts(reader, change)
    }

    fn prompt_texts(&self, reader: &Reader, change: &mut Sink<'_, TextChange>) -> Result<(), Error> {
        let mut versions = self.versions.clone();
        for id in &self.whole_prompts {
            change(TextChange::RemoveOwned(id.uuid()))?;
            versions.extend(reader.prompt_version_ids(*id)?);
        }
        for id in &self.prompts {
            let found = reader.prompt(*id)?.map(Box::new).map(Thing::Prompt);
            self.put(reader, found, Place::alone(Searched::Prompt, id.uuid()), change)?;
        }
        for id in versions {
            let found = reader.version_found(id)?;
            self.put(reader, found, Place::alone(Searched::PromptVersion, id.uuid()), change)?;
        }
        Ok(())
    }

    fn dataset_texts(&self, reader: &Reader, change: &mut Sink<'_, TextChange>) -> Result<(), Error> {
        for id in &self.whole_datasets {
            change(TextChange::RemoveOwned(id.uuid()))?;
        }
        for id in self.datasets.union(&self.whole_datasets) {
            let found = reader.dataset(*id)?.map(Thing::Dataset);
            self.put(reader, found, Place::alone(Searched::Dataset, id.uuid()), change)?;
        }
        for id in &self.whole_datasets {
            reader.each_dataset_item(*id, |item| self.item_texts(reader, (*id, item, None), change))?;
        }
        for (id, item, number) in self.items.iter().filter(|(id, ..)| !self.whole_datasets.contains(id)) {
            self.item_texts(reader, (*id, *item, Some(*number)), change)?;
        }
        Ok(())
    }

    /// What an item says, and what it said in versions whose word on it was replaced.
    fn item_texts(
        &self,
        reader: &Reader,
        (dataset, item, changed): (DatasetId, DatasetItemId, Option<u32>),
        change: &mut Sink<'_, TextChange>,
    ) -> Result<(), Error> {
        let place = item_place(dataset, item);
        self.put(reader, reader.item_found(dataset, item)?, place, change)?;
        reader.each_earlier(dataset, item, changed, |number, found| {
            self.put(reader, found, Place { version: Some(number), ..place }, change)
        })
    }

    fn said_texts(&self, reader: &Reader, change: &mut Sink<'_, TextChange>) -> Result<(), Error> {
        for target in &self.commented {
            change(TextChange::RemoveSaid(target.uuid()))?;
            let comments = reader.comments(*target)?;
            let Some(on) = self.standing(reader, *target, !comments.is_empty())? else { continue };
            for comment in comments {
                let place = Place::alone(Searched::Comment, comment.id.uuid());
                self.put(reader, Some(Thing::Comment(comment, on.clone())), place, change)?;
            }
        }
        for target in self.scored.union(&self.met) {
            let scores = reader.scores(*target)?;
            let on = self.standing(reader, *target, !scores.given.is_empty())?;
            // What just came has none in the index.
            if on.is_some() || self.scored.contains(target) {
                let place = Place::alone(Searched::Score, target.uuid());
                self.put(reader, on.map(Thing::Score), place, change)?;
            }
        }
        Ok(())
    }

    /// What something was said of, if anything was and it is there to stay.
    fn standing(&self, reader: &Reader, target: Target, is_said: bool) -> Result<Option<Judged>, Error> {
        if !is_said || matches!(target, Target::Thread(id) if self.erased.threads.contains(&id)) {
            return Ok(None);
        }
        reader.judged_thing(target)
    }

    /// Puts what is there and says something, or removes what was there before.
    fn put(
        &self,
        reader: &Reader,
        found: Option<Thing>,
        place: Place,
        change: &mut Sink<'_, TextChange>,
    ) -> Result<(), Error> {
        let is_erased =
            |thing: &Thing| thing.project().is_some_and(|project| self.erased.projects.contains(&project));
        let texts = match found.filter(|thing| !is_erased(thing)) {
            Some(thing) => reader.texts(&thing)?,
            None => None,
        };
        change(texts.map_or(TextChange::Remove(place), |texts| TextChange::Put(Box::new(texts))))
    }
}

const fn item_place(dataset: DatasetId, item: DatasetItemId) -> Place {
    Place { kind: Searched::DatasetItem, id: item.uuid(), owner: dataset.uuid(), version: None }
}
