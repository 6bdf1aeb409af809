//! What is decided about prompts, given what there is.

use bytes::Bytes;
use expect_test::{Expect, expect};
use std::collections::BTreeMap;
use uuid::Uuid;

use super::state::{evolve, evolve_version};
use super::*;
use crate::command::tests::context;
use crate::event::Recorded;

const fn prompt_id(number: u128) -> PromptId {
    PromptId::known(Uuid::from_u128(number))
}

const fn version_id(number: u128) -> PromptVersionId {
    PromptVersionId::known(Uuid::from_u128(number))
}

const fn environment(number: u128) -> EnvironmentId {
    EnvironmentId::known(Uuid::from_u128(number))
}

fn content(template: &str) -> Content {
    Content {
        template: template.to_owned(),
        metadata: None,
        syntax: Syntax::Mustache,
        change_description: None,
        tags: Vec::new(),
    }
}

fn created() -> Event {
    Event::Created {
        id: prompt_id(1),
        project_id: ProjectId::known(Uuid::nil()),
        name: "greet".to_owned(),
        description: None,
        structure: Structure::Text,
        tags: Vec::new(),
    }
}

fn version(number: Option<u32>, id: u128, environments: Vec<EnvironmentId>) -> Event {
    let id = version_id(id);
    Event::VersionCreated(Box::new(VersionCreated {
        id,
        prompt_id: prompt_id(1),
        commit: Commit::of(id),
        number,
        content: content("hi"),
        environments,
    }))
}

fn prompt(given: &[Event]) -> Option<Prompt> {
    given.iter().fold(None, |prompt, event| evolve(prompt, &Recorded::for_test(event.clone())))
}

fn stored(event: &Event) -> Version {
    evolve_version(None, &Recorded::for_test(event.clone())).unwrap()
}

fn new_version(is_mask: bool) -> CreateVersion {
    CreateVersion {
        prompt: PromptRef::Named {
            project: ProjectRef::Default,
            name: "greet".to_owned(),
            structure: Structure::Chat,
        },
        id: Some(version_id(0xabcd_ef01)),
        commit: None,
        is_mask,
        content: content("hello"),
        environments: Vec::new(),
    }
}

fn check(given: &[Event], when: CreateVersion, environments: Vec<EnvironmentId>, then: Expect) {
    let mut context = context();
    let prompt = prompt(given);
    let identity = when.identify(&mut context);
    let project = ProjectId::known(Uuid::nil());
    let said = match when.decide(prompt.as_ref(), project, identity, false, environments, &mut context) {
        Ok(events) => events.iter().map(told).collect::<Vec<_>>().join(", "),
        Err(refusal) => refusal.to_string(),
    };
    then.assert_eq(&said);
}

fn told(event: &Event) -> String {
    match event {
        Event::Created { name, structure, .. } => format!("prompt {name} of {}", structure.name()),
        Event::VersionCreated(version) => match version.number {
            Some(number) => format!("v{number} {}", version.commit.as_str()),
            None => format!("mask {}", version.commit.as_str()),
        },
        other => format!("{other:?}"),
    }
}

#[test]
fn a_version_of_an_unknown_prompt_makes_the_prompt() {
    check(&[], new_version(false), Vec::new(), expect!["prompt greet of chat, v1 abcdef01"]);
}

#[test]
fn versions_are_numbered_and_masks_are_not() {
    let given = [created(), version(Some(1), 1, Vec::new()), version(None, 2, Vec::new())];
    check(&given, new_version(false), Vec::new(), expect!["v2 abcdef01"]);
    check(&given, new_version(true), Vec::new(), expect!["mask abcdef01"]);
    let prompt = prompt(&given).unwrap();
    assert_eq!((prompt.versions, prompt.latest), (1, Some(version_id(1))));
}

#[test]
fn a_mask_of_an_unknown_prompt_is_refused() {
    check(&[], new_version(true), Vec::new(), expect!["Prompt not found"]);
}

#[test]
fn a_version_of_a_prompt_by_id_makes_no_prompt() {
    let by_id = |id| CreateVersion { prompt: PromptRef::Id(id), ..new_version(false) };
    check(&[], by_id(prompt_id(1)), Vec::new(), expect!["Prompt not found"]);
    check(&[created()], by_id(prompt_id(1)), Vec::new(), expect!["v1 abcdef01"]);
}

#[test]
fn an_environment_of_another_version_is_refused_on_creation() {
    let given = [created(), version(Some(1), 1, vec![environment(1)])];
    check(
        &given,
        new_version(false),
        vec![environment(2), environment(1)],
        expect!["Environments already mapped to another version of the prompt"],
    );
    check(&given, new_version(false), vec![environment(2)], expect!["v2 abcdef01"]);
}

#[test]
fn an_environment_moves_to_the_version_that_it_is_set_at() {
    let set = |id, environments| Event::EnvironmentsSet {
        id: version_id(id),
        prompt_id: prompt_id(1),
        environments,
    };
    let given = [
        created(),
        version(Some(1), 1, vec![environment(1), environment(2)]),
        version(Some(2), 2, vec![environment(3)]),
        set(2, vec![environment(1)]),
    ];
    let expected = BTreeMap::from([(environment(1), version_id(2)), (environment(2), version_id(1))]);
    assert_eq!(prompt(&given).unwrap().environments, expected);
}

#[test]
fn a_mask_is_in_no_environment_and_is_not_restored() {
    let mask = stored(&version(None, 2, Vec::new()));
    let refusal = set_environments(Some(&mask), Vec::new()).unwrap_err();
    assert_eq!(refusal.message, "a mask cannot be in an environment");
    let refusal = restore(prompt(&[created()]).as_ref(), Some(&mask), &mut context()).unwrap_err();
    assert_eq!(refusal.message, "a mask cannot be restored");
    let create = CreateVersion { environments: vec!["production".to_owned()], ..new_version(true) };
    assert!(Command::CreateVersion(Box::new(create)).check().is_err());
}

#[test]
fn a_restored_version_says_what_the_old_one_said() {
    let given = [created(), version(Some(1), 1, vec![environment(1)]), version(Some(2), 2, Vec::new())];
    let old = stored(&given[1]);
    let event = restore(prompt(&given).as_ref(), Some(&old), &mut context()).unwrap();
    let Event::VersionCreated(new) = event else { panic!("{event:?}") };
    assert_eq!((new.number, new.content.template.as_str()), (Some(3), "hi"));
    assert_eq!(new.content.change_description.as_deref(), Some("Restored from v1"));
    assert!(new.environments.is_empty());
}

#[test]
fn a_version_of_another_prompt_is_not_restored() {
    let other = Version { prompt_id: prompt_id(2), ..stored(&version(Some(1), 1, Vec::new())) };
    let refusal = restore(prompt(&[created()]).as_ref(), Some(&other), &mut context()).unwrap_err();
    assert_eq!(refusal.message, "Prompt version not found");
}

#[test]
fn tags_are_replaced_or_added_within_their_bound() {
    let mut version = stored(&version(Some(1), 1, Vec::new()));
    version.content.tags = vec!["a".to_owned()];
    let tags = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
    let set = |event: Option<Event>| match event {
        Some(Event::VersionTagged { tags, .. }) => tags,
        other => panic!("{other:?}"),
    };
    assert_eq!(set(tag(&version, &tags(&["b", "b"]), false).unwrap()), ["b"]);
    assert_eq!(set(tag(&version, &tags(&["a", "b"]), true).unwrap()), ["a", "b"]);
    assert_eq!(tag(&version, &tags(&["a"]), true), Ok(None));
    let many: Vec<String> = (0..TAGS_MAX).map(|number| number.to_string()).collect();
    let refusal = tag(&version, &many, true).unwrap_err();
    assert_eq!(refusal.message, "Tag limit exceeded: maximum 50 tags per item");
}

#[test]
fn metadata_of_a_row_is_kept_to_the_letter() {
    for metadata in [None, Some("{}"), Some(r#"{"b": 1, "a":  2.50}"#)] {
        let metadata = metadata.map(|text| Json::stored(Bytes::from_static(text.as_bytes())));
        let content = Content { metadata, ..content("hi") };
        let text = serde_json::to_string(&content).unwrap();
        assert_eq!(serde_json::from_str::<Content>(&text).unwrap(), content);
    }
}

#[test]
fn a_commit_is_eight_letters_or_digits() {
    assert_eq!(Commit::parse("Ab12cd34").unwrap().as_str(), "Ab12cd34");
    for text in ["", "1234567", "123456789", "1234-678", "1234567é"] {
        assert_eq!(Commit::parse(text), None, "{text}");
    }
}

#[test]
fn one_version_is_meant_at_most() {
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(Selector::parse(None, None, None), Ok(Selector::Latest));
    assert_eq!(Selector::parse(None, None, text("v12")), Ok(Selector::Number(12)));
    assert!(Selector::parse(text("12345678"), text("production"), None).is_err());
    for number in ["12", "v", "vx", "v-1", "v1234567890"] {
        assert!(Selector::parse(None, None, text(number)).is_err(), "{number}");
    }
}
