//! What of a thing is searched, field by field: documents of the text index are made of it, and snippets show it.

use cairn_core::feedback::{self, merged};
use cairn_core::ids::ProjectId;
use cairn_core::json::Json;
use cairn_core::limits::TEXT_FIELD_BYTES_MAX;
use cairn_core::merge::BodyRef;
use cairn_core::prompts::Structure;
use cairn_core::prompts::state::Version;
use cairn_core::search::Searched;
use cairn_core::time::Timestamp;
use cairn_core::traces;
use uuid::Uuid;

use super::{Judged, Thing};
use crate::error::Error;
use crate::index::{Place, Texts};
use crate::reader::Reader;
use crate::text::Part;
use crate::view::{Part as Body, said};

/// The text of one field, and in which part of a document it is searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Passage {
    pub(crate) field: &'static str,
    pub(crate) part: Part,
    pub(crate) text: String,
}

/// Passages as they are gathered; fields that say nothing are left out.
#[derive(Default)]
struct Passages(Vec<Passage>);

impl Passages {
    fn add(&mut self, field: &'static str, part: Part, text: impl Into<String>) {
        let mut text = text.into();
        text.truncate(text.floor_char_boundary(TEXT_FIELD_BYTES_MAX));
        if !text.is_empty() {
            self.0.push(Passage { field, part, text });
        }
    }

    fn add_json(&mut self, field: &'static str, part: Part, json: Option<&Json>) {
        self.add(field, part, json.map(|json| json.plain_text(TEXT_FIELD_BYTES_MAX)).unwrap_or_default());
    }

    fn add_version(&mut self, structure: Structure, version: &Version) {
        let content = &version.content;
        let messages = match structure {
            Structure::Chat => Json::parse(content.template.clone().into()).ok(),
            Structure::Text => None,
        };
        match messages {
            Some(messages) => self.add_json("template", Part::Input, Some(&messages)),
            None => self.add("template", Part::Input, content.template.as_str()),
        }
        self.add_json("metadata", Part::Metadata, content.metadata.as_ref());
        self.add("changes", Part::Other, content.change_description.clone().unwrap_or_default());
    }
}

impl Thing {
    pub(crate) fn place(&self) -> Place {
        let version = match self {
            Self::EarlierItem(_, _, number) => Some(*number),
            _ => None,
        };
        let (kind, id, owner) = match self {
            Self::Trace(trace) => (Searched::Trace, trace.id.uuid(), trace.id.uuid()),
            Self::Span(span, _) => (Searched::Span, span.id.uuid(), span.trace_id.uuid()),
            Self::Prompt(prompt) => (Searched::Prompt, prompt.id.uuid(), prompt.id.uuid()),
            Self::PromptVersion(prompt, detailed) => {
                (Searched::PromptVersion, detailed.version.id.uuid(), prompt.id.uuid())
            }
            Self::Dataset(dataset) => (Searched::Dataset, dataset.id.uuid(), dataset.id.uuid()),
            Self::DatasetItem(dataset, item, _) | Self::EarlierItem(dataset, item, _) => {
                (Searched::DatasetItem, item.id.uuid(), dataset.id.uuid())
            }
            Self::Experiment(experiment) => {
                (Searched::Experiment, experiment.id.uuid(), experiment.id.uuid())
            }
            Self::Comment(comment, on) => (Searched::Comment, comment.id.uuid(), on.owner()),
            Self::Score(on) => (Searched::Score, on.uuid(), on.owner()),
        };
        Place { kind, id, owner, version }
    }

    pub(crate) fn project(&self) -> Option<ProjectId> {
        match self {
            Self::Trace(trace) => Some(trace.project_id),
            Self::Span(span, _) => Some(span.project_id),
            Self::Prompt(prompt) | Self::PromptVersion(prompt, _) => Some(prompt.project_id),
            Self::Dataset(dataset) | Self::DatasetItem(dataset, ..) | Self::EarlierItem(dataset, ..) => {
                dataset.project_id
            }
            Self::Experiment(experiment) => experiment.project_id,
            Self::Comment(_, on) | Self::Score(on) => Some(on.project()),
        }
    }

    /// By which the new is told from the old.
    fn time(&self) -> Timestamp {
        match self {
            Self::Trace(trace) => trace.start_time,
            Self::Span(span, _) => span.start_time,
            Self::Prompt(prompt) => prompt.last_updated_at,
            Self::PromptVersion(_, detailed) => detailed.version.created_at,
            Self::Dataset(dataset) => dataset.created_at,
            Self::DatasetItem(_, item, _) | Self::EarlierItem(_, item, _) => item.item.last_updated_at,
            Self::Experiment(experiment) => experiment.created_at,
            Self::Comment(comment, _) => comment.created_at,
            Self::Score(on) => on.time(),
        }
    }
}

impl Judged {
    fn uuid(&self) -> Uuid {
        match self {
            Self::Trace(trace) => trace.id.uuid(),
            Self::Span(span, _) => span.id.uuid(),
            Self::Thread(thread) => thread.id.uuid(),
        }
    }

    /// What takes it along when it goes.
    fn owner(&self) -> Uuid {
        match self {
            Self::Trace(_) | Self::Thread(_) => self.uuid(),
            Self::Span(span, _) => span.trace_id.uuid(),
        }
    }

    const fn project(&self) -> ProjectId {
        match self {
            Self::Trace(trace) => trace.project_id,
            Self::Span(span, _) => span.project_id,
            Self::Thread(thread) => thread.project_id,
        }
    }

    const fn time(&self) -> Timestamp {
        match self {
            Self::Trace(trace) => trace.start_time,
            Self::Span(span, _) => span.start_time,
            Self::Thread(thread) => thread.start_time,
        }
    }

    const fn scores(&self) -> &feedback::State {
        match self {
            Self::Trace(trace) => &trace.scores,
            Self::Span(span, _) => &span.scores,
            Self::Thread(thread) => &thread.scores,
        }
    }
}

/// All that was said as reasons for scores; empty if nothing was.
fn reasons(scores: &feedback::State) -> String {
    let reasons: Vec<String> = merged(scores).into_iter().filter_map(|score| score.reason).collect();
    reasons.join("\n")
}

impl Reader {
    pub(crate) fn passages(&self, thing: &Thing) -> Result<Vec<Passage>, Error> {
        let mut all = Passages::default();
        match thing {
            Thing::Trace(trace) => {
                let fields = &trace.fields;
                self.add_bodies(
                    &mut all,
                    [fields.input.as_ref(), fields.output.as_ref(), fields.metadata.as_ref()],
                )?;
                add_recorded(&mut all, fields.name.as_deref(), fields.error.as_ref());
                all.add("comments", Part::Other, said(&trace.comments));
            }
            Thing::Span(span, _) => {
                let fields = &span.fields;
                self.add_bodies(
                    &mut all,
                    [fields.input.as_ref(), fields.output.as_ref(), fields.metadata.as_ref()],
                )?;
                add_recorded(&mut all, fields.name.as_deref(), fields.error.as_ref());
                all.add("comments", Part::Other, said(&span.comments));
            }
            Thing::Prompt(prompt) => {
                all.add("name", Part::Name, prompt.name.as_str());
                all.add("description", Part::Other, prompt.description.clone().unwrap_or_default());
                if let Some(latest) = prompt.latest.map(|id| self.prompt_version(id)).transpose()?.flatten() {
                    all.add_version(prompt.structure, &latest);
                }
                all.add("tags", Part::Other, prompt.tags.join("\n"));
                all.add("id", Part::Other, prompt.id.to_string());
            }
            Thing::PromptVersion(prompt, detailed) => {
                all.add_version(prompt.structure, &detailed.version);
                all.add("tags", Part::Other, detailed.version.content.tags.join("\n"));
                all.add("id", Part::Other, detailed.version.id.to_string());
            }
            Thing::Dataset(dataset) => {
                all.add("name", Part::Name, dataset.name.as_str());
                all.add("description", Part::Other, dataset.description.clone().unwrap_or_default());
                all.add("tags", Part::Other, dataset.tags.join("\n"));
                all.add("id", Part::Other, dataset.id.to_string());
            }
            Thing::DatasetItem(_, view, _) => {
                let about = &view.item.about;
                all.add_json("data", Part::Input, self.bodies().data(&view.item.data)?.as_ref());
                all.add("description", Part::Other, about.description.clone().unwrap_or_default());
                all.add("tags", Part::Other, about.tags.join("\n"));
                all.add("id", Part::Other, view.id.to_string());
            }
            // Only what it said: the rest would be told anew for every change of a tag.
            Thing::EarlierItem(_, view, _) => {
                all.add_json("data", Part::Input, self.bodies().data(&view.item.data)?.as_ref());
            }
            Thing::Experiment(experiment) => {
                all.add("name", Part::Name, experiment.name.as_str());
                all.add_json("metadata", Part::Metadata, self.experiment_metadata(experiment)?.as_ref());
                all.add("tags", Part::Other, experiment.tags.join("\n"));
                all.add("id", Part::Other, experiment.id.to_string());
            }
            Thing::Comment(comment, _) => all.add("text", Part::Input, comment.text.as_str()),
            Thing::Score(on) => all.add("reason", Part::Input, reasons(on.scores())),
        }
        Ok(all.0)
    }

    fn add_bodies(&self, all: &mut Passages, bodies: [Option<&BodyRef>; 3]) -> Result<(), Error> {
        let [input, output, metadata] = bodies;
        for (field, part, body, stored) in [
            ("input", Part::Input, Body::Input, input),
            ("output", Part::Output, Body::Output, output),
            ("metadata", Part::Metadata, Body::Metadata, metadata),
        ] {
            let json = stored.map(|stored| self.bodies().read(body, stored)).transpose()?.flatten();
            all.add_json(field, part, json.as_ref());
        }
        Ok(())
    }

    /// The document of anything but traces and spans; `None` if nothing is said there.
    pub(crate) fn texts(&self, thing: &Thing) -> Result<Option<Texts>, Error> {
        let passages = self.passages(thing)?;
        if passages.is_empty() {
            return Ok(None);
        }
        let said_of = match thing {
            Thing::Comment(_, on) => Some(on.uuid()),
            _ => None,
        };
        let mut texts = Texts::empty(thing.place(), thing.project(), thing.time());
        texts.said_of = said_of;
        for Passage { part, text, .. } in passages {
            let whole = part.of_mut(&mut texts);
            if !whole.is_empty() {
                whole.push('\n');
            }
            whole.push_str(&text);
        }
        Ok(Some(texts))
    }
}

fn add_recorded(all: &mut Passages, name: Option<&str>, error: Option<&traces::ErrorInfo>) {
    all.add("name", Part::Name, name.unwrap_or_default());
    if let Some(error) = error {
        let message = error.message.as_deref().unwrap_or_default();
        all.add("error", Part::Error, format!("{} {message}", error.exception_type));
    }
}
