//! Who looks at which item, read for all items of a page at once.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use cairn_actors::failure::Failure;
use cairn_core::access::AnnotationRead;
use cairn_core::annotations::Lock;
use cairn_core::ids::AnnotationQueueId;
use uuid::Uuid;

use crate::session::Session;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct LocksOn {
    pub(super) queue: AnnotationQueueId,
    pub(super) item: Uuid,
}

impl Loader<LocksOn> for Session {
    type Value = Vec<Lock>;
    type Error = Failure;

    async fn load(&self, keys: &[LocksOn]) -> Result<HashMap<LocksOn, Vec<Lock>>, Failure> {
        let keys = keys.to_vec();
        self.read::<AnnotationRead, _>(move |reader| {
            let mut found = HashMap::with_capacity(keys.len());
            for key in keys {
                found.insert(key, reader.annotation_locks_on(key.queue, key.item)?);
            }
            Ok(found)
        })
        .await
    }
}
