//! What a follower takes in while commits are being made.

use std::sync::Arc;

use cairn_core::command::Context;
use cairn_core::ids::{ProjectId, TraceId};
use cairn_core::merge::Origin;
use cairn_core::time::Timestamp;
use cairn_core::traces;
use tempfile::TempDir;
use uuid::Uuid;

use crate::follower;
use crate::log::block;
use crate::log::part_key;
use crate::store::Store;
use crate::writer::Writer;

/// The blocks of a commit can be read before its rows can. Taken in then, its traces would be missing from the index for
/// good, as nothing would ever lead back to them.
#[test]
fn a_commit_of_which_only_the_log_is_there_is_not_taken_in() {
    let dir = TempDir::new().unwrap();
    let store = Arc::new(Store::open(&dir.path().join("rows")).unwrap());
    let mut writer = Writer::open(Arc::clone(&store)).unwrap();
    let row = traces::RowRecorded {
        id: TraceId::known(Uuid::from_u128(1)),
        project_id: ProjectId::known(Uuid::from_u128(2)),
        origin: Origin::Batch,
        version: Timestamp::from_millis(5),
        start_time: Timestamp::from_millis(5),
        fields: traces::Fields::default(),
    };
    let context = Context::new(Timestamp::from_millis(6), Arc::from("ann"), [7; 32]);
    writer.append(traces::Event::Recorded(Box::new(row)).into(), &context).unwrap();
    let head = writer.commit().unwrap();
    let log = store.log().keyspace();
    let (mut record, mut chain) = (store.log().record(head).unwrap().unwrap(), writer.chain());
    record.position = head.next();
    let put = |number, part: Vec<u8>| log.insert(part_key(head.next(), number), part).unwrap();
    block::encode(&[record], &mut chain, put).unwrap();
    assert_eq!(store.log().events_after(head, 10).unwrap().len(), 1);
    let (_indexes, followers) = follower::open(dir.path(), &store).unwrap();
    for mut follower in followers {
        assert_eq!(follower.advance().unwrap(), head);
        assert_eq!(follower.advance().unwrap(), head);
    }
}
