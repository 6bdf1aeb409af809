use cairn_core::datasets::items::Policy;
use cairn_core::event::Event;
use cairn_core::experiments::{
    Changes, Created, Event as ExperimentEvent, ItemAdded, Kind, Method, Score, Status,
};
use cairn_core::ids::{
    DatasetId, DatasetItemId, DatasetVersionId, ExperimentId, ExperimentItemId, ProjectId, TraceId,
};
use cairn_core::merge::TagEdits;
use rust_decimal::Decimal;

use super::{id, json, text};

/// One event of each kind of experiment event.
pub(super) fn samples() -> Vec<Event> {
    let experiment_id = ExperimentId::known(id(12));
    let item_id = ExperimentItemId::known(id(13));
    let scores = vec![Score { name: text("f1"), value: Decimal::new(75, 2) }];
    let events = [
        ExperimentEvent::Created(Box::new(Created {
            id: experiment_id,
            name: text("first"),
            dataset_id: DatasetId::known(id(7)),
            project_id: Some(ProjectId::known(id(2))),
            kind: Kind::MiniBatch,
            method: Method::EvaluationSuite,
            status: Status::Running,
            optimization_id: Some(id(14)),
            dataset_version_id: Some(DatasetVersionId::known(id(9))),
            prompt_versions: vec![id(15)],
            metadata: json(r#"{"model": "gpt-4o"}"#),
            tags: vec![text("a")],
            scores: scores.clone(),
        })),
        ExperimentEvent::Updated {
            id: experiment_id,
            changes: Box::new(Changes {
                name: Some(text("second")),
                metadata: json("{}"),
                tags: Some(vec![text("b")]),
                tag_edits: TagEdits { added: vec![text("c")], removed: vec![text("a")] },
                kind: Some(Kind::Trial),
                status: Some(Status::Failed),
                scores: Some(scores),
            }),
        },
        ExperimentEvent::Deleted { id: experiment_id },
        ExperimentEvent::ItemAdded(Box::new(ItemAdded {
            id: item_id,
            experiment_id,
            dataset_item_id: DatasetItemId::known(id(8)),
            trace_id: TraceId::known(id(3)),
            policy: Some(Policy { runs_per_item: 3, pass_threshold: 2 }),
        })),
        ExperimentEvent::ItemRemoved { id: item_id, experiment_id },
    ];
    events.into_iter().map(Event::from).collect()
}
