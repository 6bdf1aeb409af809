//! The rows of one table as a commit sees them: read once from the store, changed in memory, written together.
//! Which rows an event changes is not decided here.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use fjall::Keyspace;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::rows::{self, Key};

pub(crate) struct Slots<R> {
    keyspace: Keyspace,
    slots: BTreeMap<Key, Slot<R>>,
}

struct Slot<R> {
    row: Option<R>,
    changed: bool,
}

impl<R: Serialize + DeserializeOwned> Slots<R> {
    pub(crate) const fn new(keyspace: Keyspace) -> Self {
        Self { keyspace, slots: BTreeMap::new() }
    }

    pub(crate) fn get(&mut self, key: Key) -> Result<Option<&R>, Error> {
        Ok(self.slot(key)?.row.as_ref())
    }

    /// The row, to be changed, made or removed in place.
    pub(crate) fn change(&mut self, key: Key) -> Result<&mut Option<R>, Error> {
        let slot = self.slot(key)?;
        slot.changed = true;
        Ok(&mut slot.row)
    }

    /// Replaces a row without looking at what it was.
    pub(crate) fn put(&mut self, key: Key, row: Option<R>) {
        self.slots.insert(key, Slot { row, changed: true });
    }

    /// The keys of all rows under a prefix, in order.
    pub(crate) fn keys(&self, prefix: &[u8]) -> Result<Vec<Key>, Error> {
        let mut present: BTreeMap<Key, bool> = BTreeMap::new();
        for guard in self.keyspace.prefix(prefix) {
            present.insert(guard.key()?.to_vec(), true);
        }
        present.extend(self.staged(prefix).map(|(key, slot)| (key.clone(), slot.row.is_some())));
        Ok(present.into_iter().filter_map(|(key, there)| there.then_some(key)).collect())
    }

    /// The first keys of rows from one on, up to another that is excluded.
    pub(crate) fn keys_between(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Key>, Error> {
        let staged = self.slots.range(from.to_vec()..to.to_vec()).filter(|(_, slot)| slot.row.is_some());
        let mut present: BTreeSet<Key> = staged.take(limit).map(|(key, _)| key.clone()).collect();
        let mut stored = 0;
        for guard in self.keyspace.range(from..to) {
            if stored == limit {
                break;
            }
            let key = guard.key()?.to_vec();
            if !self.slots.contains_key(&key) {
                present.insert(key);
                stored += 1;
            }
        }
        Ok(present.into_iter().take(limit).collect())
    }

    /// Moves all changes into the batch and forgets what was read.
    pub(crate) fn flush(&mut self, batch: &mut fjall::OwnedWriteBatch) -> Result<(), Error> {
        for (key, slot) in std::mem::take(&mut self.slots) {
            match slot.row {
                _ if !slot.changed => {}
                Some(row) => batch.insert(&self.keyspace, key, rows::write(&row)?),
                None => batch.remove(&self.keyspace, key),
            }
        }
        Ok(())
    }

    fn staged(&self, prefix: &[u8]) -> impl Iterator<Item = (&Key, &Slot<R>)> {
        self.slots.range(prefix.to_vec()..).take_while(move |(key, _)| key.starts_with(prefix))
    }

    fn slot(&mut self, key: Key) -> Result<&mut Slot<R>, Error> {
        match self.slots.entry(key) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(vacant) => {
                let row = self.keyspace.get(vacant.key())?.as_deref().map(rows::read).transpose()?;
                Ok(vacant.insert(Slot { row, changed: false }))
            }
        }
    }
}
