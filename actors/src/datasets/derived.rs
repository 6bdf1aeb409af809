//! Dataset items made of traces and spans: reading them takes one permission, and writing the items another.

use cairn_core::access::{DatasetWrite, Grant, TraceRead};
use cairn_core::command::Outcome;
use cairn_core::datasets::Command;
use cairn_core::datasets::derived::{Derivation, Sources, span_not_found, trace_not_found};
use cairn_core::datasets::items::ItemWrite;
use cairn_storage::reader::Reader;

use crate::failure::Failure;
use crate::handles::Handles;

impl Handles {
    /// Stores nothing unless all of the sources are there.
    pub async fn derive_items(
        &self,
        grant: &Grant<DatasetWrite>,
        sources: &Grant<TraceRead>,
        derivation: Derivation,
    ) -> Result<Outcome, Failure> {
        derivation.check()?;
        let dataset = derivation.dataset.clone();
        let items = self.read(sources, move |reader| items(reader, &derivation)).await?;
        self.execute(grant, Command::PutItems { dataset, items, group: None, copy_from: None }).await
    }
}

fn items(reader: &Reader, derivation: &Derivation) -> Result<Vec<ItemWrite>, Failure> {
    let wanted = derivation.enrichment;
    let mut items = Vec::new();
    match &derivation.sources {
        Sources::Traces(ids) => {
            for id in ids {
                let data = reader.item_of_trace(*id, wanted)?.ok_or_else(|| trace_not_found(*id))?;
                items.push(ItemWrite { id: None, data, about: derivation.about(*id, None) });
            }
        }
        Sources::Spans(ids) => {
            for id in ids {
                let found = reader.item_of_span(*id, wanted)?;
                let (trace, data) = found.ok_or_else(|| span_not_found(*id))?;
                items.push(ItemWrite { id: None, data, about: derivation.about(trace, Some(*id)) });
            }
        }
    }
    Ok(items)
}
