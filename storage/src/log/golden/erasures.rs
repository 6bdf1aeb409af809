use cairn_core::erasures::{Event as Erasure, Marked, Subject, UserMark};
use cairn_core::event::Event;
use cairn_core::ids::{ErasureId, Position, ProjectId, ThreadId, TraceId};

use super::id;

/// One event of each kind of erasing.
pub(super) fn samples() -> Vec<Event> {
    let erasure = ErasureId::known(id(60));
    let marked = Marked {
        id: erasure,
        traces: vec![
            (TraceId::known(id(3)), ProjectId::known(id(2))),
            (TraceId::known(id(4)), ProjectId::known(id(2))),
        ],
        threads: vec![ThreadId::known(id(5))],
        positions: vec![Position(3), Position(4), Position(300)],
    };
    let threads = vec![ThreadId::known(id(5)), ThreadId::known(id(6))];
    let all = [
        Erasure::Begun { id: erasure, subject: Subject::User(UserMark([7; 32])) },
        Erasure::Marked(Box::new(marked)),
        Erasure::Sealed { id: erasure },
        Erasure::Settled { id: erasure, threads },
        Erasure::Ended { id: erasure },
    ];
    all.into_iter().map(Event::from).collect()
}

#[test]
fn each_subject_of_an_erasure_is_read_as_it_was_written() {
    for subject in [
        Subject::Trace(TraceId::known(id(1))),
        Subject::Thread(ThreadId::known(id(1))),
        Subject::User(UserMark([1; 32])),
        Subject::Project(ProjectId::known(id(1))),
    ] {
        let event = Erasure::Begun { id: ErasureId::known(id(60)), subject };
        let (kind, payload) = crate::erasures::encode(&event);
        assert_eq!(crate::erasures::decode(kind, payload.event().unwrap()), Some(event));
    }
}
