use std::sync::Arc;

use expect_test::{Expect, expect};
use uuid::Uuid;

use super::*;
use crate::command::tests::context;
use crate::limits::TAGS_MAX;
use crate::merge::Origin;

const PROJECT: ProjectId = ProjectId::known(Uuid::from_u128(2));
const ID: ThreadId = ThreadId::known(Uuid::from_u128(3));

fn began() -> Event {
    Event::Began { id: ID, project_id: PROJECT, name: "chat".to_owned() }
}

fn state(given: &[Event]) -> State {
    let begun = Recorded::for_test(());
    let mut state = State::begun(ID, PROJECT, "chat".to_owned(), &begun);
    for event in given {
        state.evolve(&Recorded::for_test(event.clone()));
    }
    state
}

fn check(decided: Result<Option<Event>, Rejection>, then: Expect) {
    then.assert_eq(&match decided {
        Ok(Some(event)) => format!("{event:?}"),
        Ok(None) => "nothing".to_owned(),
        Err(refusal) => refusal.to_string(),
    });
}

fn tags(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn what_is_closed_or_open_already_stays_so_without_an_event() {
    let closed = Event::Closed { id: ID };
    check(Ok(close(&state(&[began(), closed.clone()]))), expect!["nothing"]);
    check(
        Ok(close(&state(&[began()]))),
        expect!["Closed { id: ThreadId(00000000-0000-0000-0000-000000000003) }"],
    );
    check(Ok(open(&state(&[began()]))), expect!["nothing"]);
    check(
        Ok(open(&state(&[began(), closed]))),
        expect!["Opened { id: ThreadId(00000000-0000-0000-0000-000000000003) }"],
    );
}

#[test]
fn a_thread_that_timed_out_can_be_opened_again() {
    let timed_out = state(&[began(), Event::TimedOut { id: ID }]);
    assert_eq!(timed_out.status, Status::Inactive);
    assert_eq!(
        state(&[began(), Event::TimedOut { id: ID }, Event::Opened { id: ID }]).status,
        Status::Active
    );
}

#[test]
fn tags_are_replaced_first_and_edited_then() {
    let given = [began(), Event::Tagged { id: ID, tags: tags(&["old", "kept"]) }];
    let edits = TagEdits { added: tags(&["new", "kept"]), removed: tags(&["old"]) };
    let edit = TagChange { tags: None, edits };
    check(
        tag(&state(&given), &edit),
        expect![[r#"Tagged { id: ThreadId(00000000-0000-0000-0000-000000000003), tags: ["kept", "new"] }"#]],
    );
    let replace = TagChange { tags: Some(tags(&["only"])), edits: TagEdits::default() };
    check(
        tag(&state(&given), &replace),
        expect![[r#"Tagged { id: ThreadId(00000000-0000-0000-0000-000000000003), tags: ["only"] }"#]],
    );
    let same = TagChange { tags: Some(tags(&["old", "kept"])), edits: TagEdits::default() };
    check(tag(&state(&given), &same), expect!["nothing"]);
}

#[test]
fn a_thread_has_no_more_tags_than_anything_else() {
    let many = (0..TAGS_MAX).map(|number| number.to_string()).collect();
    let given = [began(), Event::Tagged { id: ID, tags: many }];
    let change =
        TagChange { tags: None, edits: TagEdits { added: tags(&["one more"]), removed: Vec::new() } };
    check(tag(&state(&given), &change), expect!["Tag limit exceeded: maximum 50 tags per item"]);
}

#[test]
fn a_list_of_no_threads_and_an_empty_name_are_refused() {
    for (names, message) in [
        (tags(&[]), "threadIds must not be empty"),
        (tags(&["a", ""]), "threadIds[1] must not be blank"),
        (vec![String::from("a"); 1_001], "threadIds size must be between 1 and 1000"),
    ] {
        let named = Which::Named { project: ProjectRef::Default, names };
        assert_eq!(Command::Close(named.clone()).check().unwrap_err().message, message);
        assert_eq!(Delete(named).check().unwrap_err().message, message);
    }
}

#[test]
fn a_thread_is_due_when_it_was_silent_for_as_long_as_the_workspace_allows() {
    let now = Timestamp::from_millis(3_600_000);
    assert_eq!(silent_since(None, now), Some(Timestamp::from_millis(3_600_000 - 15 * 60_000)));
    let thread_timeout = Some(Period::from_seconds(2));
    let configuration = Configuration { thread_timeout, ..Configuration::default() };
    assert_eq!(silent_since(Some(&configuration), now), Some(Timestamp::from_millis(3_598_000)));
}

fn recorded(millis: i64, thread: Option<&str>) -> traces::Event {
    let fields = traces::Fields { thread_id: thread.map(str::to_owned), ..traces::Fields::default() };
    traces::Event::Recorded(Box::new(traces::RowRecorded {
        id: TraceId::known(uuid_v7(Timestamp::from_millis(millis), [1; 10])),
        project_id: PROJECT,
        origin: Origin::Batch,
        version: Timestamp::EPOCH,
        start_time: Timestamp::EPOCH,
        fields,
    }))
}

#[test]
fn the_id_of_a_thread_carries_the_time_of_the_earliest_trace_that_names_it() {
    let events =
        [recorded(9, Some("chat")), recorded(5, Some("chat")), recorded(1, Some("")), recorded(2, None)];
    let named = named_in(&events);
    assert_eq!(named.into_iter().collect::<Vec<_>>(), [((PROJECT, "chat"), Timestamp::from_millis(5))]);
    let Event::Began { id, .. } = begin(PROJECT, "chat", Some(Timestamp::from_millis(5)), &mut context())
    else {
        panic!("it begins");
    };
    assert_eq!(time_of(id.uuid()).as_millis(), 5);
    assert!(ThreadId::new(id.uuid()).is_ok());
}

#[test]
fn two_threads_that_one_command_begins_have_ids_of_their_own() {
    let mut context = Context::new(Timestamp::from_millis(7), Arc::from("ann"), [1; 32]);
    let (one, other) = (begin(PROJECT, "a", None, &mut context), begin(PROJECT, "b", None, &mut context));
    assert_ne!(one.id(), other.id());
    assert_eq!(time_of(one.id().uuid()).as_millis(), 7);
}
