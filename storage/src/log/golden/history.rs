use cairn_core::event::Event;
use cairn_core::history::undo;
use cairn_core::ids::Position;

use super::id;

/// One event of each kind of undoing.
pub(super) fn samples() -> Vec<Event> {
    vec![undo::Event::Undone { position: Position(41), entity: id(19) }.into()]
}
