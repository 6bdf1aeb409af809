//! Taking changes back. An event is never removed: one more event says that another counts for nothing, and what is
//! known of the thing follows from the events that still stand. Such an event can be taken back like any other.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::access::{HistoryUndo, Needs};
use crate::event::Event as AnyEvent;
use crate::feedback::Target;
use crate::ids::{
    AnnotationQueueId, DashboardId, DatasetId, DefinitionId, EnvironmentId, ExperimentId, Position,
    ProjectId, PromptId, RequestId, SpanId, TraceId,
};
use crate::limits::{UNDO_EVENTS_MAX, UNDO_REASONS_MAX};
use crate::rejection::Rejection;
use crate::{
    annotations, dashboards, datasets, definitions, environments, experiments, projects, prompts, spans,
    traces,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// One change.
    Undo(Position),
    /// All that one request did.
    UndoRequest(RequestId),
    /// The deletion of something that lies in the trash.
    Restore(Uuid),
}

impl Needs for Command {
    type Permission = HistoryUndo;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The change at a position counts for nothing from here on.
    Undone { position: Position, entity: Uuid },
}

/// What a change is about, if it is one that can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    Project(ProjectId),
    Trace(TraceId),
    Span(SpanId, TraceId),
    /// What was said of something: scores, verdicts, comments.
    Said(Target),
    Definition(DefinitionId),
    Environment(EnvironmentId),
    Dashboard(DashboardId),
    Dataset(DatasetId),
    Prompt(PromptId),
    Experiment(ExperimentId),
    Queue(AnnotationQueueId),
}

impl Subject {
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Project(id) => id.uuid(),
            Self::Trace(id) => id.uuid(),
            Self::Span(id, _) => id.uuid(),
            Self::Said(target) => target.uuid(),
            Self::Definition(id) => id.uuid(),
            Self::Environment(id) => id.uuid(),
            Self::Dashboard(id) => id.uuid(),
            Self::Dataset(id) => id.uuid(),
            Self::Prompt(id) => id.uuid(),
            Self::Experiment(id) => id.uuid(),
            Self::Queue(id) => id.uuid(),
        }
    }

    /// What was made is undone by deleting it, so that it lies in the trash like everything that is deleted.
    pub const fn deletion(self) -> Option<AnyEvent> {
        Some(match self {
            Self::Project(id) => AnyEvent::Projects(projects::Event::Deleted { id }),
            Self::Trace(id) => AnyEvent::Traces(traces::Event::Deleted { id }),
            Self::Span(id, trace_id) => AnyEvent::Spans(spans::Event::Deleted { id, trace_id }),
            Self::Said(_) => return None,
            Self::Definition(id) => AnyEvent::Definitions(definitions::Event::Deleted { id }),
            Self::Environment(id) => AnyEvent::Environments(environments::Event::Deleted { id }),
            Self::Dashboard(id) => AnyEvent::Dashboards(dashboards::Event::Deleted { id }),
            Self::Dataset(id) => AnyEvent::Datasets(datasets::Event::Deleted { id }),
            Self::Prompt(id) => AnyEvent::Prompts(prompts::Event::Deleted { id }),
            Self::Experiment(id) => AnyEvent::Experiments(experiments::Event::Deleted { id }),
            Self::Queue(id) => AnyEvent::Annotations(annotations::Event::Deleted { id }),
        })
    }
}

/// What an event changes that can be taken back. Versions of datasets and prompts and what lies in them never change:
/// one goes back to an older version instead.
pub fn subject(event: &AnyEvent) -> Option<Subject> {
    match event {
        AnyEvent::Projects(event) => Some(Subject::Project(event.id())),
        AnyEvent::Traces(event) => Some(Subject::Trace(event.id())),
        AnyEvent::Spans(event) => Some(match event {
            spans::Event::Recorded(row) => Subject::Span(row.id, row.trace_id),
            spans::Event::Patched(patch) => Subject::Span(patch.id, patch.trace_id),
            spans::Event::Deleted { id, trace_id } => Subject::Span(*id, *trace_id),
        }),
        AnyEvent::Feedback(event) => Some(Subject::Said(event.target())),
        AnyEvent::Comments(event) => Some(Subject::Said(event.target())),
        AnyEvent::Definitions(event) => Some(Subject::Definition(event.id())),
        AnyEvent::Environments(event) => Some(Subject::Environment(event.id())),
        AnyEvent::Dashboards(event) => event.dashboard_id().map(Subject::Dashboard),
        AnyEvent::Datasets(event) => match event {
            datasets::Event::Created(_)
            | datasets::Event::Updated { .. }
            | datasets::Event::Deleted { .. } => Some(Subject::Dataset(event.dataset_id())),
            _ => None,
        },
        AnyEvent::Prompts(event) => {
            let version = matches!(event, prompts::Event::VersionCreated(_));
            (!version).then(|| Subject::Prompt(event.prompt_id()))
        }
        AnyEvent::Experiments(event) => match event {
            experiments::Event::ItemAdded(_) | experiments::Event::ItemRemoved { .. } => None,
            _ => Some(Subject::Experiment(event.experiment_id())),
        },
        AnyEvent::Annotations(event) => Some(Subject::Queue(event.queue_id())),
        _ => None,
    }
}

/// What an event deletes, if that can be restored.
pub fn deleted(event: &AnyEvent) -> Option<Subject> {
    let deletes = matches!(
        event,
        AnyEvent::Projects(projects::Event::Deleted { .. })
            | AnyEvent::Traces(traces::Event::Deleted { .. })
            | AnyEvent::Spans(spans::Event::Deleted { .. })
            | AnyEvent::Definitions(definitions::Event::Deleted { .. })
            | AnyEvent::Environments(environments::Event::Deleted { .. })
            | AnyEvent::Dashboards(dashboards::Event::Deleted { .. })
            | AnyEvent::Datasets(datasets::Event::Deleted { .. })
            | AnyEvent::Prompts(prompts::Event::Deleted { .. })
            | AnyEvent::Experiments(experiments::Event::Deleted { .. })
            | AnyEvent::Annotations(annotations::Event::Deleted { .. })
    );
    if deletes { subject(event) } else { None }
}

/// Whether an event only made what a write needs on its way. `events` are those of its request.
pub fn is_made_on_demand(event: &AnyEvent, events: usize) -> bool {
    let made = matches!(
        event,
        AnyEvent::Projects(projects::Event::Created { .. })
            | AnyEvent::Environments(environments::Event::Created { .. })
            | AnyEvent::Otel(_)
    );
    made && events > 1
}

/// A change of a thing, as far as taking it back is concerned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    pub position: Position,
    pub undoes: Option<Position>,
    /// There was nothing before it.
    pub begins: bool,
    /// There is nothing after it.
    pub ends: bool,
    pub fields: Vec<String>,
}

/// How a change is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    Delete,
    TakeBack,
}

/// The positions that count for nothing, given who undoes whom, oldest first.
pub fn undone(undoings: impl DoubleEndedIterator<Item = (Position, Position)>) -> BTreeSet<Position> {
    let mut undone = BTreeSet::new();
    for (at, target) in undoings.rev() {
        if !undone.contains(&at) {
            undone.insert(target);
        }
    }
    undone
}

/// Decides whether a change of a thing can be taken back. `together` are taken back with it.
pub fn decide(at: Position, steps: &[Step], together: &BTreeSet<Position>) -> Result<Remedy, Rejection> {
    let by_position: BTreeMap<Position, &Step> = steps.iter().map(|step| (step.position, step)).collect();
    let undone = undone(steps.iter().filter_map(|step| Some((step.position, step.undoes?))));
    if undone.contains(&at) {
        return Err(Rejection::conflict(format!("the change at position {at} is undone already")));
    }
    let mut root = *by_position.get(&at).ok_or_else(|| missing(at))?;
    while let Some(target) = root.undoes {
        root = *by_position.get(&target).ok_or_else(|| missing(at))?;
    }
    if root.fields.is_empty() {
        return Err(Rejection::invalid(format!("the event at position {at} changed nothing")));
    }
    let whole = root.begins || root.ends;
    let touches = |field: &&String| whole || root.fields.contains(field);
    let stands = |step: &&Step| {
        step.position > root.position
            && step.undoes.is_none()
            && !undone.contains(&step.position)
            && !together.contains(&step.position)
    };
    let later = steps.iter().filter(stands).flat_map(|step| {
        step.fields.iter().filter(touches).map(|field| format!("`{field}` at position {}", step.position))
    });
    let later: Vec<String> = later.take(UNDO_REASONS_MAX).collect();
    if !later.is_empty() {
        let message = format!("it was changed again since: {}", later.join(", "));
        return Err(Rejection::conflict(message).hint("undo what is newer first"));
    }
    Ok(if root.begins && root.position == at { Remedy::Delete } else { Remedy::TakeBack })
}

pub fn missing(at: Position) -> Rejection {
    Rejection::not_found(format!("there is no change at position {at}"))
}

/// Refuses to take back too much at once.
pub fn check_size(events: usize) -> Result<(), Rejection> {
    if events <= UNDO_EVENTS_MAX {
        return Ok(());
    }
    Err(Rejection::invalid(format!("the request made more than {UNDO_EVENTS_MAX} changes"))
        .hint("undo them one by one"))
}

pub fn not_undoable(kind: &str) -> Rejection {
    Rejection::invalid(format!("a change of the kind `{kind}` cannot be undone"))
        .hint("of versions and what lies in them one goes back to an older one")
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn step(position: u64, fields: &[&str]) -> Step {
        let fields = fields.iter().map(|field| (*field).to_owned()).collect();
        Step { position: Position(position), fields, ..Step::default() }
    }

    fn undoing(position: u64, target: u64, fields: &[&str]) -> Step {
        Step { undoes: Some(Position(target)), ..step(position, fields) }
    }

    fn made() -> Step {
        Step { begins: true, ..step(1, &["name", "tags"]) }
    }

    fn check(at: u64, steps: &[Step], then: Expect) {
        let said = match decide(Position(at), steps, &BTreeSet::new()) {
            Ok(remedy) => format!("{remedy:?}"),
            Err(refusal) => refusal.to_string(),
        };
        then.assert_eq(&said);
    }

    #[test]
    fn what_nobody_touched_since_is_taken_back_and_other_fields_do_not_matter() {
        check(2, &[made(), step(2, &["name"]), step(3, &["tags"])], expect!["TakeBack"]);
    }

    #[test]
    fn a_later_change_of_the_same_field_is_named() {
        let steps = [made(), step(2, &["name", "tags"]), step(3, &["name"]), step(4, &["tags"])];
        check(
            2,
            &steps,
            expect![
                "it was changed again since: `name` at position 3, `tags` at position 4: undo what is newer first"
            ],
        );
    }

    #[test]
    fn what_was_undone_stands_in_nobodys_way_and_is_not_undone_twice() {
        let steps = [made(), step(2, &["name"]), step(3, &["name"]), undoing(4, 3, &["name"])];
        check(2, &steps, expect!["TakeBack"]);
        check(3, &steps, expect!["the change at position 3 is undone already"]);
    }

    #[test]
    fn an_undoing_is_undone_unless_something_was_changed_since_the_first_change() {
        let steps = [made(), step(2, &["name"]), undoing(3, 2, &["name"])];
        check(3, &steps, expect!["TakeBack"]);
        let steps = [made(), step(2, &["name"]), undoing(3, 2, &["name"]), step(4, &["name"])];
        check(
            3,
            &steps,
            expect!["it was changed again since: `name` at position 4: undo what is newer first"],
        );
    }

    #[test]
    fn what_was_made_is_deleted_if_nothing_happened_to_it_since() {
        check(1, &[made()], expect!["Delete"]);
        check(
            1,
            &[made(), step(2, &["color"])],
            expect!["it was changed again since: `color` at position 2: undo what is newer first"],
        );
    }

    #[test]
    fn a_deletion_is_taken_back_unless_the_thing_is_there_again() {
        let deleted = Step { ends: true, ..step(2, &["name", "tags"]) };
        check(2, &[made(), deleted.clone()], expect!["TakeBack"]);
        let again = Step { begins: true, ..step(3, &["name"]) };
        check(
            2,
            &[made(), deleted, again],
            expect!["it was changed again since: `name` at position 3: undo what is newer first"],
        );
    }

    #[test]
    fn what_is_undone_together_does_not_stand_in_its_own_way() {
        let steps = [made(), step(2, &["name"]), step(3, &["name"])];
        let together = [Position(2), Position(3)].into();
        assert_eq!(decide(Position(2), &steps, &together), Ok(Remedy::TakeBack));
    }

    #[test]
    fn an_undoing_that_was_undone_lets_its_change_stand_again() {
        let undone_of = |undoings: &[(u64, u64)]| {
            undone(undoings.iter().map(|(at, target)| (Position(*at), Position(*target))))
        };
        assert_eq!(undone_of(&[(3, 2), (4, 3)]), [Position(3)].into());
        assert_eq!(undone_of(&[(3, 2), (4, 3), (5, 4)]), [Position(4), Position(2)].into());
    }
}
