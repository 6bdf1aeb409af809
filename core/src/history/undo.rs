//! Taking changes back. An event is never removed: one more event says that another counts for nothing, and what is
//! known of the thing follows from the events that still stand. Such an event can be taken back like any other.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::access::{HistoryUndo, Needs};
use crate::datasets::versions;
use crate::event::Event as AnyEvent;
use crate::feedback::Target;
use crate::history::{Fields, WORKSPACE};
use crate::ids::{
    AlertId, AnnotationQueueId, DashboardId, DatasetId, DefinitionId, DerivedColumnId, EnvironmentId,
    ExperimentId, ExperimentItemId, IssueId, OptimizationId, Position, PriceId, ProjectId, PromptId,
    RequestId, RetentionRuleId, SpanId, ThreadId, TraceId,
};
use crate::limits::{UNDO_EVENTS_MAX, UNDO_REASONS_MAX};
use crate::rejection::Rejection;
use crate::{
    alerts, annotations, dashboards, datasets, definitions, derived, environments, experiments, insights,
    optimizations, prices, projects, prompts, retention, spans, threads, traces, workspaces,
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
    Alert(AlertId),
    Dataset(DatasetId),
    /// What a version of a dataset is called and noted to be; what lies in it never changes.
    DatasetVersion(DatasetId, u32),
    Prompt(PromptId),
    Experiment(ExperimentId),
    ExperimentItem(ExperimentItemId, ExperimentId),
    Queue(AnnotationQueueId),
    Thread(ThreadId),
    Optimization(OptimizationId),
    RetentionRule(RetentionRuleId),
    Price(PriceId),
    DerivedColumn(DerivedColumnId),
    /// The configuration of a project's agent.
    Agent(ProjectId),
    /// How the traces of a project are looked through.
    Insights(ProjectId),
    Issue(ProjectId, IssueId),
    /// The settings of the workspace.
    Workspace,
}

/// Why a change lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasting {
    /// Versions and what lies in them never change.
    Version,
    /// What somebody asked for is gone for good.
    Erased,
    /// Bytes of files are not kept without the file.
    File,
    /// It goes with what it is about.
    Fact,
    /// A program was told, or told us.
    Run,
    /// Somebody was sent a message.
    Told,
    /// It follows from other changes.
    Bookkeeping,
    /// Costs follow prices.
    Cost,
    SavedQuery,
    /// A workspace is there as long as somebody keeps it.
    Workspace,
}

impl Lasting {
    const fn hint(self) -> &'static str {
        match self {
            Self::Version => "of versions and what lies in them one goes back to an older one",
            Self::Erased => "what was erased is gone for good",
            Self::File => "the bytes of a file go with it; send the file again, or delete it",
            Self::Fact => "it says what happened; delete the trace or span that it is about",
            Self::Run => "it happened outside; ask the runner for something else",
            Self::Told => "whoever was told knows it by now; change the alert instead",
            Self::Bookkeeping => "it only notes what follows from other changes; undo those",
            Self::Cost => "set the prices as they shall be, and price the past anew",
            Self::SavedQuery => "a saved query never changes; save another one",
            Self::Workspace => "what was made in it can be undone there",
        }
    }
}

impl Subject {
    pub fn uuid(self) -> Uuid {
        match self {
            Self::Project(id) | Self::Agent(id) | Self::Insights(id) => id.uuid(),
            Self::Trace(id) => id.uuid(),
            Self::Span(id, _) => id.uuid(),
            Self::Said(target) => target.uuid(),
            Self::Definition(id) => id.uuid(),
            Self::Environment(id) => id.uuid(),
            Self::Dashboard(id) => id.uuid(),
            Self::Alert(id) => id.uuid(),
            Self::Dataset(id) => id.uuid(),
            Self::DatasetVersion(id, number) => versions::history_of(id, number),
            Self::Prompt(id) => id.uuid(),
            Self::Experiment(id) => id.uuid(),
            Self::ExperimentItem(id, _) => id.uuid(),
            Self::Queue(id) => id.uuid(),
            Self::Thread(id) => id.uuid(),
            Self::Optimization(id) => id.uuid(),
            Self::RetentionRule(id) => id.uuid(),
            Self::Price(id) => id.uuid(),
            Self::DerivedColumn(id) => id.uuid(),
            Self::Issue(_, id) => id.uuid(),
            Self::Workspace => WORKSPACE,
        }
    }

    /// What was made is undone by deleting it, so that it lies in the trash like everything that is deleted. A rule of
    /// retention ends. What was never there by itself is only taken back.
    pub fn deletion(self, made: &AnyEvent) -> Option<AnyEvent> {
        Some(match self {
            Self::Project(id) => AnyEvent::Projects(projects::Event::Deleted { id }),
            Self::Trace(id) => AnyEvent::Traces(traces::Event::Deleted { id }),
            Self::Span(id, trace_id) => AnyEvent::Spans(spans::Event::Deleted { id, trace_id }),
            Self::Definition(id) => AnyEvent::Definitions(definitions::Event::Deleted { id }),
            Self::Environment(id) => AnyEvent::Environments(environments::Event::Deleted { id }),
            Self::Dashboard(id) => AnyEvent::Dashboards(dashboards::Event::Deleted { id }),
            Self::Alert(id) => AnyEvent::Alerts(alerts::Event::Deleted { id }),
            Self::Dataset(id) => AnyEvent::Datasets(datasets::Event::Deleted { id }),
            Self::Prompt(id) => AnyEvent::Prompts(prompts::Event::Deleted { id }),
            Self::Experiment(id) => AnyEvent::Experiments(experiments::Event::Deleted { id }),
            Self::ExperimentItem(id, experiment_id) => {
                AnyEvent::Experiments(experiments::Event::ItemRemoved { id, experiment_id })
            }
            Self::Queue(id) => AnyEvent::Annotations(annotations::Event::Deleted { id }),
            Self::Optimization(id) => AnyEvent::Optimizations(optimizations::Event::Deleted { id }),
            Self::RetentionRule(id) => AnyEvent::Retention(retention::Event::Deactivated { id }),
            Self::DerivedColumn(id) => AnyEvent::Derived(derived::Event::Removed { id }),
            Self::Price(_) => match made {
                AnyEvent::Prices(prices::Event::Put(put)) => {
                    AnyEvent::Prices(prices::Event::Removed(put.key.clone()))
                }
                _ => return None,
            },
            Self::Said(_)
            | Self::DatasetVersion(..)
            | Self::Thread(_)
            | Self::Agent(_)
            | Self::Insights(_)
            | Self::Issue(..)
            | Self::Workspace => return None,
        })
    }
}

/// What an event changes if that can be taken back, or why it cannot.
pub fn subject(event: &AnyEvent) -> Result<Subject, Lasting> {
    Ok(match event {
        AnyEvent::Projects(event) => Subject::Project(event.id()),
        AnyEvent::Traces(event) => Subject::Trace(event.id()),
        AnyEvent::Spans(event) => match event {
            spans::Event::Recorded(row) => Subject::Span(row.id, row.trace_id),
            spans::Event::Patched(patch) => Subject::Span(patch.id, patch.trace_id),
            spans::Event::Deleted { id, trace_id } => Subject::Span(*id, *trace_id),
        },
        AnyEvent::Feedback(event) => Subject::Said(event.target()),
        AnyEvent::Comments(event) => Subject::Said(event.target()),
        AnyEvent::Definitions(event) => Subject::Definition(event.id()),
        AnyEvent::Environments(event) => Subject::Environment(event.id()),
        AnyEvent::Annotations(event) => Subject::Queue(event.queue_id()),
        AnyEvent::Optimizations(event) => Subject::Optimization(event.id()),
        AnyEvent::Retention(event) => Subject::RetentionRule(event.id()),
        AnyEvent::Derived(event) => Subject::DerivedColumn(event.id()),
        AnyEvent::Agents(event) => Subject::Agent(event.project_id()),
        AnyEvent::Dashboards(event) => {
            event.dashboard_id().map(Subject::Dashboard).ok_or(Lasting::SavedQuery)?
        }
        AnyEvent::Alerts(event) => of_alert(event)?,
        AnyEvent::Datasets(event) => of_dataset(event)?,
        AnyEvent::Prompts(event) => match event {
            prompts::Event::Created { .. }
            | prompts::Event::Updated { .. }
            | prompts::Event::Deleted { .. }
            | prompts::Event::VersionTagged { .. }
            | prompts::Event::EnvironmentsSet { .. } => Subject::Prompt(event.prompt_id()),
            prompts::Event::VersionCreated(_) => return Err(Lasting::Version),
        },
        AnyEvent::Experiments(event) => match event {
            experiments::Event::Created(_)
            | experiments::Event::Updated { .. }
            | experiments::Event::Deleted { .. } => Subject::Experiment(event.experiment_id()),
            experiments::Event::ItemAdded(item) => Subject::ExperimentItem(item.id, item.experiment_id),
            experiments::Event::ItemRemoved { id, experiment_id } => {
                Subject::ExperimentItem(*id, *experiment_id)
            }
        },
        AnyEvent::Threads(event) => match event {
            threads::Event::Closed { id }
            | threads::Event::Opened { id }
            | threads::Event::TimedOut { id }
            | threads::Event::Tagged { id, .. }
            | threads::Event::Deleted { id } => Subject::Thread(*id),
            threads::Event::Began { .. } => return Err(Lasting::Bookkeeping),
        },
        AnyEvent::Prices(event) => match event {
            prices::Event::Put(put) => Subject::Price(put.key.id()),
            prices::Event::Removed(key) => Subject::Price(key.id()),
            prices::Event::SpanRepriced { .. } | prices::Event::Repricing(_) => return Err(Lasting::Cost),
        },
        AnyEvent::Insights(event) => of_insights(event)?,
        AnyEvent::Workspaces(event) => match event {
            workspaces::Event::Configured(_) | workspaces::Event::ConfigurationCleared => Subject::Workspace,
            workspaces::Event::Created { .. } | workspaces::Event::Forked(_) => {
                return Err(Lasting::Workspace);
            }
        },
        AnyEvent::Guardrails(_) => return Err(Lasting::Fact),
        AnyEvent::Attachments(_) => return Err(Lasting::File),
        AnyEvent::Runners(_) => return Err(Lasting::Run),
        AnyEvent::Erasures(_) => return Err(Lasting::Erased),
        // What undid something is taken back by the change that it undid.
        AnyEvent::Otel(_) | AnyEvent::History(_) => return Err(Lasting::Bookkeeping),
    })
}

const fn of_alert(event: &alerts::Event) -> Result<Subject, Lasting> {
    match event {
        alerts::Event::Created { id, .. }
        | alerts::Event::Replaced { id, .. }
        | alerts::Event::Deleted { id } => Ok(Subject::Alert(*id)),
        alerts::Event::Fired(_) | alerts::Event::Calmed { .. } | alerts::Event::Answered { .. } => {
            Err(Lasting::Told)
        }
    }
}

fn of_dataset(event: &datasets::Event) -> Result<Subject, Lasting> {
    match event {
        datasets::Event::Created(_) | datasets::Event::Updated { .. } | datasets::Event::Deleted { .. } => {
            Ok(Subject::Dataset(event.dataset_id()))
        }
        datasets::Event::VersionUpdated { dataset_id, number, .. } => {
            Ok(Subject::DatasetVersion(*dataset_id, *number))
        }
        datasets::Event::VersionMade(_)
        | datasets::Event::ItemPut(_)
        | datasets::Event::ItemRemoved { .. }
        | datasets::Event::ItemsCopied { .. } => Err(Lasting::Version),
        datasets::Event::Exported(_) | datasets::Event::ExportViewed { .. } => Err(Lasting::Fact),
    }
}

const fn of_insights(event: &insights::Event) -> Result<Subject, Lasting> {
    match event {
        insights::Event::JobCreated { project_id, .. }
        | insights::Event::JobStatusSet { project_id, .. }
        | insights::Event::GuidanceSet { project_id, .. }
        | insights::Event::Reported { project_id, .. } => Ok(Subject::Insights(*project_id)),
        insights::Event::IssueFound { project_id, id, .. }
        | insights::Event::IssueStatusSet { project_id, id, .. } => Ok(Subject::Issue(*project_id, *id)),
        insights::Event::Triggered { .. } => Err(Lasting::Run),
    }
}

/// Other things in whose history an event stands, beside that of its subject.
pub fn also_of(event: &AnyEvent) -> Vec<Uuid> {
    match event {
        AnyEvent::Agents(event) => event.entities(),
        AnyEvent::Insights(event) => event.entities(),
        AnyEvent::Datasets(event) => event.entities(),
        AnyEvent::Experiments(event) => event.entities(),
        _ => Vec::new(),
    }
}

/// What an event deletes, if that can be restored from the trash.
pub fn deleted(event: &AnyEvent) -> Option<Subject> {
    let deletes = matches!(
        event,
        AnyEvent::Projects(projects::Event::Deleted { .. })
            | AnyEvent::Traces(traces::Event::Deleted { .. })
            | AnyEvent::Spans(spans::Event::Deleted { .. })
            | AnyEvent::Definitions(definitions::Event::Deleted { .. })
            | AnyEvent::Environments(environments::Event::Deleted { .. })
            | AnyEvent::Dashboards(dashboards::Event::Deleted { .. })
            | AnyEvent::Alerts(alerts::Event::Deleted { .. })
            | AnyEvent::Datasets(datasets::Event::Deleted { .. })
            | AnyEvent::Prompts(prompts::Event::Deleted { .. })
            | AnyEvent::Experiments(experiments::Event::Deleted { .. })
            | AnyEvent::Annotations(annotations::Event::Deleted { .. })
            | AnyEvent::Optimizations(optimizations::Event::Deleted { .. })
            | AnyEvent::Prices(prices::Event::Removed(_))
            | AnyEvent::Derived(derived::Event::Removed { .. })
    );
    if deletes { subject(event).ok() } else { None }
}

/// Whether an event only made what a write needs on its way. `events` are those of its request.
pub fn is_made_on_demand(event: &AnyEvent, events: usize) -> bool {
    let made = matches!(
        event,
        AnyEvent::Projects(projects::Event::Created { .. })
            | AnyEvent::Environments(environments::Event::Created { .. })
            | AnyEvent::Threads(threads::Event::Began { .. })
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

pub fn not_undoable(kind: &str, why: Lasting) -> Rejection {
    Rejection::invalid(format!("a change of the kind `{kind}` cannot be undone")).hint(why.hint())
}

/// Refuses to leave an environment of an agent at a version that would not be there.
pub fn check_agent(after: &Fields) -> Result<(), Rejection> {
    let of = |place: &'static str| {
        after.iter().filter_map(move |(field, value)| Some((field.strip_prefix(place)?, value)))
    };
    for (environment, version) in of("agent.environments.") {
        if !of("agent.versions.").any(|(_, known)| known == version) {
            let message = format!("the environment `{environment}` is at the version that would go");
            return Err(Rejection::conflict(message).hint("put it at another version first"));
        }
    }
    Ok(())
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
    fn no_environment_of_an_agent_is_left_at_a_version_that_goes() {
        let fields = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(field, value)| ((*field).to_owned(), (*value).into())).collect::<Fields>()
        };
        let versions = [("agent.versions.a", "v1"), ("agent.environments.prod", "v1")];
        assert_eq!(check_agent(&fields(&versions)), Ok(()));
        let gone = [("agent.versions.a", "v1"), ("agent.environments.prod", "v2")];
        let refused = check_agent(&fields(&gone)).unwrap_err().to_string();
        expect!["the environment `prod` is at the version that would go: put it at another version first"]
            .assert_eq(&refused);
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
