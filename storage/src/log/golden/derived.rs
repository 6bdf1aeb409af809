use cairn_core::derived::{Event as Derived, Of, Source};
use cairn_core::event::Event;
use cairn_core::ids::DerivedColumnId;

use super::id;

/// One event of each kind of derived columns.
pub(super) fn samples() -> Vec<Event> {
    let column = DerivedColumnId::known(id(62));
    let source = Source::Path("output.choices[0].finish_reason".to_owned());
    let added = Derived::Added { id: column, of: Of::Spans, name: "finish_reason".to_owned(), source };
    [added, Derived::Removed { id: column }].into_iter().map(Event::from).collect()
}
