//! What was made of a part of the log, kept for all others who need the same: many follow one log at one pace. It is in
//! memory alone, and goes with the store: what was erased is not remembered here either.

use std::any::{Any, TypeId};
use std::sync::Arc;

use cairn_core::ids::Position;
use cairn_core::limits::SUBSCRIPTION_STRETCHES_KEPT_MAX;
use quick_cache::sync::Cache;
use uuid::Uuid;

/// What was made, about which one thing (if about one), and after which position.
type Key = (TypeId, Option<Uuid>, Position);

pub struct Shared {
    kept: Cache<Key, Arc<dyn Any + Send + Sync>>,
}

impl Shared {
    pub(crate) fn new() -> Self {
        Self { kept: Cache::new(SUBSCRIPTION_STRETCHES_KEPT_MAX) }
    }

    /// What is kept, else what is made now: once, however many ask at the same time.
    pub fn get_or_make<T: Send + Sync + 'static, E>(
        &self,
        about: Option<Uuid>,
        after: Position,
        make: impl Fn() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        let key = (TypeId::of::<T>(), about, after);
        let kept =
            self.kept.get_or_insert_with(&key, || Ok(Arc::new(make()?) as Arc<dyn Any + Send + Sync>))?;
        // The key names the type.
        kept.downcast().or_else(|_| make().map(Arc::new))
    }
}
