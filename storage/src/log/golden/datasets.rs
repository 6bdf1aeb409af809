use cairn_core::datasets::exports::Exported;
use cairn_core::datasets::items::{About, ItemPut, Origin, Policy};
use cairn_core::datasets::versions::VersionMade;
use cairn_core::datasets::{Changes, Created, Event as DatasetEvent, Kind};
use cairn_core::event::Event;
use cairn_core::ids::{DatasetExportId, DatasetId, DatasetItemId, DatasetVersionId, ProjectId};
use cairn_core::merge::TagEdits;
use cairn_core::projects::Visibility;

use super::{id, json, text};

/// One event of each kind of dataset event.
pub(super) fn samples() -> Vec<Event> {
    let dataset_id = DatasetId::known(id(7));
    let (item, export) = (DatasetItemId::known(id(8)), DatasetExportId::known(id(12)));
    let exported = Exported { id: export, dataset_id, dataset_name: text("qa"), number: 2 };
    let policy = Some(Policy { runs_per_item: 3, pass_threshold: 2 });
    let tags = vec![text("a")];
    let about = About {
        origin: Origin::Span,
        trace_id: Some(id(3)),
        span_id: Some(id(4)),
        description: Some(text("hard")),
        tags: tags.clone(),
        evaluators: Some(text("[]")),
        policy,
    };
    let events = [
        DatasetEvent::Created(Box::new(Created {
            id: dataset_id,
            project_id: Some(ProjectId::known(id(2))),
            name: text("qa"),
            kind: Kind::EvaluationSuite,
            visibility: Visibility::Public,
            description: Some(text("questions")),
            tags: tags.clone(),
        })),
        DatasetEvent::Updated {
            id: dataset_id,
            changes: Changes {
                name: Some(text("qa2")),
                description: Some(text("more")),
                visibility: Some(Visibility::Private),
                tags: Some(tags.clone()),
            },
        },
        DatasetEvent::Deleted { id: dataset_id },
        DatasetEvent::VersionMade(Box::new(VersionMade {
            dataset_id,
            id: DatasetVersionId::known(id(9)),
            number: 2,
            base: Some(1),
            group: Some(id(10)),
            description: Some(text("second")),
            tags: tags.clone(),
            metadata: Some(text("{}")),
            evaluators: Some(text("[]")),
            policy,
        })),
        DatasetEvent::VersionUpdated {
            dataset_id,
            number: 2,
            description: Some(text("better")),
            tags: TagEdits { added: tags, removed: vec![text("b")] },
        },
        DatasetEvent::ItemPut(Box::new(ItemPut {
            dataset_id,
            number: 2,
            id: item,
            data: json(r#"{"input": "why?"}"#),
            about,
        })),
        DatasetEvent::ItemRemoved { dataset_id, number: 2, id: item },
        DatasetEvent::ItemsCopied { dataset_id, number: 2, from: DatasetId::known(id(11)), from_number: 5 },
        DatasetEvent::Exported(Box::new(exported)),
        DatasetEvent::ExportViewed { id: export, dataset_id },
    ];
    events.into_iter().map(Event::from).collect()
}
