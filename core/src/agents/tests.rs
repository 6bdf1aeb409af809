use super::*;
use crate::command::tests::context;
use crate::event::Recorded;
use expect_test::{Expect, expect};
use uuid::Uuid;

fn id(number: u128) -> BlueprintId {
    BlueprintId::known(Uuid::from_u128(number))
}

fn project() -> ProjectId {
    ProjectId::known(Uuid::from_u128(9))
}

fn value(key: &str, text: &str) -> Value {
    Value { key: key.to_owned(), value: Some(text.to_owned()), kind: ValueKind::String, description: None }
}

fn draft(number: u128, values: &[(&str, &str)]) -> Draft {
    Draft {
        project: ProjectRef::Id(project()),
        id: Some(id(number)),
        is_mask: false,
        description: None,
        values: values.iter().map(|(key, text)| value(key, text)).collect(),
    }
}

fn mask(number: u128, values: &[(&str, &str)]) -> Draft {
    Draft { is_mask: true, ..draft(number, values) }
}

/// What is there after some drafts, one after another.
#[derive(Default)]
struct Given {
    configuration: Option<Configuration>,
    blueprints: Vec<Blueprint>,
}

impl Given {
    fn latest(&self) -> Option<&Blueprint> {
        let latest = self.configuration.as_ref()?.latest;
        self.blueprint(latest)
    }

    fn blueprint(&self, id: BlueprintId) -> Option<&Blueprint> {
        self.blueprints.iter().find(|blueprint| blueprint.id == id)
    }

    fn take(&mut self, event: Event) {
        let recorded = Recorded::for_test(event.clone());
        self.configuration = state::evolve(self.configuration.take(), &recorded);
        if let Event::BlueprintCreated(created) = event {
            self.blueprints.push(Blueprint::created(&Recorded::for_test(*created)));
        }
    }

    fn add(&self, draft: Draft) -> Result<Event, Rejection> {
        match &self.configuration {
            None => draft.begin(None, project(), false, &mut context()),
            some => draft.update(some.as_ref(), self.latest(), project(), false, &mut context()),
        }
    }
}

fn given(drafts: &[Draft]) -> Given {
    let mut given = Given::default();
    for draft in drafts {
        let event = given.add(draft.clone()).unwrap();
        given.take(event);
    }
    given
}

fn check(result: Result<Event, Rejection>, then: Expect) {
    let said = match result {
        Ok(Event::BlueprintCreated(created)) => {
            let values = created
                .values
                .iter()
                .map(|value| format!("{}={}", value.key, value.value.as_deref().unwrap_or("nothing")));
            let name = created.number.map_or("mask".to_owned(), |number| format!("v{number}"));
            let description = created.description.unwrap_or_default();
            format!(
                "{name} [{}] {description:?} in {:?}",
                values.collect::<Vec<_>>().join(" "),
                created.environments
            )
        }
        Ok(other) => format!("{other:?}"),
        Err(refusal) => refusal.to_string(),
    };
    then.assert_eq(&said);
}

#[test]
fn the_first_version_is_in_production() {
    check(
        given(&[]).add(draft(1, &[("model", "a"), ("prompt", "p")])),
        expect![[r#"v1 [model=a prompt=p] "Added model, prompt." in ["prod"]"#]],
    );
}

#[test]
fn a_configuration_begins_once_and_with_no_mask() {
    let there = given(&[draft(1, &[("model", "a")])]);
    let again =
        draft(2, &[("model", "b")]).begin(there.configuration.as_ref(), project(), false, &mut context());
    check(again, expect!["Agent config already exists for the project: add a version to it instead"]);
    check(
        mask(1, &[("model", "a")]).begin(None, project(), false, &mut context()),
        expect!["a configuration cannot begin with a mask: make a version first"],
    );
    check(
        draft(1, &[("model", "a")]).update(None, None, project(), false, &mut context()),
        expect!["Agent config not found for the project"],
    );
}

#[test]
fn a_version_is_what_was_given_and_nothing_of_the_one_before() {
    let there = given(&[draft(1, &[("model", "a"), ("prompt", "p"), ("same", "s")])]);
    check(
        there.add(draft(2, &[("same", "s"), ("model", "b"), ("size", "1")])),
        expect![[r#"v2 [same=s model=b size=1] "Added size. Modified model. Removed prompt." in []"#]],
    );
}

#[test]
fn a_description_that_is_given_is_kept() {
    let described = Draft { description: Some("why".to_owned()), ..draft(1, &[("model", "a")]) };
    check(given(&[]).add(described), expect![[r#"v1 [model=a] "why" in ["prod"]"#]]);
}

#[test]
fn a_mask_has_no_number_and_removes_nothing() {
    let there = given(&[draft(1, &[("model", "a"), ("prompt", "p")]), mask(2, &[("model", "b")])]);
    check(there.add(mask(3, &[("model", "b")])), expect![[r#"mask [model=b] "Modified model." in []"#]]);
    check(
        there.add(draft(4, &[("model", "c")])),
        expect![[r#"v2 [model=c] "Modified model. Removed prompt." in []"#]],
    );
}

#[test]
fn a_version_is_made_of_the_latest_with_a_mask_over_it() {
    let there = given(&[
        draft(1, &[("model", "a")]),
        draft(2, &[("model", "b"), ("prompt", "p")]),
        mask(3, &[("prompt", "q"), ("size", "1")]),
    ]);
    let apply = |mask| {
        apply_mask(there.configuration.as_ref(), there.latest(), there.blueprint(id(mask)), &mut context())
    };
    check(apply(3), expect![[r#"v3 [model=b prompt=q size=1] "Added size. Modified prompt." in []"#]]);
    check(apply(2), expect!["Mask not found"]);
    check(apply(7), expect!["Mask not found"]);
}

#[test]
fn keys_are_removed_from_the_latest_version() {
    let there = given(&[draft(1, &[("model", "a"), ("prompt", "p")])]);
    let remove = |keys: &[&str]| {
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        remove_keys(there.configuration.as_ref(), there.latest(), &keys, &mut context())
    };
    check(Ok(remove(&["prompt", "none"]).unwrap()), expect![[r#"v2 [model=a] "Removed prompt." in []"#]]);
    assert_eq!(remove(&["none"]), None);
    assert_eq!(remove_keys(None, None, &["model".to_owned()], &mut context()), None);
}

#[test]
fn an_environment_moves_and_is_removed() {
    let mut there =
        given(&[draft(1, &[("model", "a")]), draft(2, &[("model", "b")]), mask(3, &[("model", "c")])]);
    let set = |there: &Given, number| {
        let blueprint = there.blueprint(id(number)).cloned();
        set_environments(there.configuration.as_ref(), vec![(FIRST_ENVIRONMENT.to_owned(), blueprint)])
    };
    let moved = set(&there, 2).unwrap();
    there.take(moved);
    let configuration = there.configuration.clone().unwrap();
    assert!(configuration.environments_at(id(1)).is_empty());
    assert_eq!(configuration.environments_at(id(2)), [FIRST_ENVIRONMENT]);
    assert_eq!(set(&there, 3).unwrap_err().message, "a mask cannot be in an environment");
    assert_eq!(set(&there, 7).unwrap_err().message, "Blueprint not found");
    let removed = remove_environment(there.configuration.as_ref(), FIRST_ENVIRONMENT.to_owned()).unwrap();
    there.take(removed);
    assert!(there.configuration.as_ref().unwrap().environments.is_empty());
    assert_eq!(remove_environment(there.configuration.as_ref(), FIRST_ENVIRONMENT.to_owned()), None);
}

#[test]
fn a_version_of_another_project_is_put_in_no_environment() {
    let there = given(&[draft(1, &[("model", "a")])]);
    let elsewhere = Blueprint { project_id: ProjectId::known(Uuid::nil()), ..there.blueprints[0].clone() };
    let refusal = set_environments(there.configuration.as_ref(), vec![("dev".to_owned(), Some(elsewhere))]);
    assert_eq!(refusal.unwrap_err().message, "Blueprint not found");
}

#[test]
fn a_summary_is_cut_to_what_a_description_may_be() {
    let keys: Vec<String> = (0..100).map(|number| format!("a_rather_long_key_{number}")).collect();
    let values: Vec<Value> = keys.iter().map(|key| value(key, "x")).collect();
    let summary = Delta::between(&[], &values).summary().unwrap();
    assert_eq!(summary.chars().count(), DESCRIPTION_CHARS_MAX);
    assert!(summary.ends_with('…'));
    assert_eq!(Delta::between(&values, &values).summary(), None);
}

#[test]
fn what_is_out_of_bounds_is_refused() {
    let refused = |command: Command| command.check().unwrap_err().message;
    let twice = draft(1, &[("model", "a"), ("model", "b")]);
    assert_eq!(refused(Command::Create(twice)), "blueprint.values must not have the key `model` twice");
    assert_eq!(refused(Command::Update(draft(1, &[]))), "blueprint.values size must be between 1 and 250");
    assert_eq!(
        refused(Command::Create(draft(1, &[(" ", "a")]))),
        "blueprint.values[0].key must not be blank"
    );
    let long = "x".repeat(AGENT_KEY_CHARS_MAX + 1);
    assert_eq!(
        refused(Command::Create(draft(1, &[(&long, "a")]))),
        "blueprint.values[0].key size must be between 0 and 255"
    );
    let environments = vec![("e".repeat(AGENT_ENVIRONMENT_CHARS_MAX + 1), id(1))];
    assert_eq!(
        refused(Command::SetEnvironments { project_id: project(), environments }),
        "envs[0].envName size must be between 0 and 50"
    );
}

#[test]
fn a_name_is_a_v_and_a_number() {
    assert_eq!(parse_name("v12"), Some(12));
    for name in ["", "v", "12", "v0", "v01", "v-1", "v+1", "vx", "v99999999999"] {
        assert_eq!(parse_name(name), None, "{name}");
    }
}
