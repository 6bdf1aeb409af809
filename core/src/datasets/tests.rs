use std::sync::Arc;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::versions::{Revisions, Version, VersionMade};
use super::*;
use crate::ids::RequestId;

fn id<T>(make: fn(Uuid) -> T, n: u128) -> T {
    make(Uuid::from_u128(n))
}

fn created(name: &str, project: Option<u128>) -> Event {
    Event::Created(Box::new(Created {
        id: id(DatasetId::known, name.len() as u128),
        project_id: project.map(|n| id(ProjectId::known, n)),
        name: name.to_owned(),
        kind: Kind::Dataset,
        visibility: Visibility::Private,
        description: None,
        tags: Vec::new(),
    }))
}

fn given(events: &[Event]) -> State {
    let mut state = State::default();
    for event in events {
        state.evolve(&Recorded::for_test(event.clone()));
    }
    state
}

fn check(given_events: &[Event], when: (&str, Option<u128>), then: Expect) {
    let create = Create {
        id: None,
        name: when.0.to_owned(),
        project: None,
        kind: Kind::Dataset,
        visibility: Visibility::Private,
        description: None,
        tags: Vec::new(),
    };
    let project = when.1.map(|n| id(ProjectId::known, n));
    let said = match given(given_events).create(create, project, &mut crate::command::tests::context()) {
        Ok(created) => format!("created `{}`", created.name),
        Err(refusal) => refusal.to_string(),
    };
    then.assert_eq(&said);
}

#[test]
fn a_name_is_taken_only_within_its_project() {
    check(&[created("qa", Some(1))], (" qa ", Some(1)), expect!["Dataset already exists with name 'qa'"]);
    check(&[created("qa", Some(1))], ("qa", Some(2)), expect!["created `qa`"]);
    check(&[created("qa", Some(1))], ("qa", None), expect!["created `qa`"]);
}

#[test]
fn the_dataset_of_the_project_is_found_before_one_elsewhere() {
    let state = given(&[created("qa", Some(1)), created("qa ", Some(2))]);
    assert_eq!(
        state.find("qa", Some(id(ProjectId::known, 1))).unwrap().project_id,
        Some(id(ProjectId::known, 1))
    );
    assert_eq!(state.find("qa", None).unwrap().project_id, Some(id(ProjectId::known, 1)));
    assert!(state.find("q", None).is_none());
}

#[test]
fn a_policy_that_no_run_can_meet_is_refused() {
    let policy = Policy { runs_per_item: 2, pass_threshold: 3 };
    assert!(policy.check("").is_err());
    assert!(Policy { runs_per_item: 3, pass_threshold: 2 }.check("").is_ok());
    assert!(Policy { runs_per_item: 0, pass_threshold: 0 }.check("").is_err());
}

fn version(number: u32, base: Option<&Version>) -> Version {
    let made = VersionMade {
        dataset_id: id(DatasetId::known, 1),
        id: id(DatasetVersionId::known, u128::from(number)),
        number,
        base: base.map(|base| base.number),
        group: None,
        description: None,
        tags: Vec::new(),
        metadata: None,
        evaluators: None,
        policy: None,
    };
    let event = Recorded {
        position: Position(1),
        time: Timestamp::EPOCH,
        principal: Arc::from("ann"),
        request: RequestId::known(Uuid::nil()),
        event: (),
    };
    Version::new(&made, base, &event)
}

#[test]
fn a_restored_version_does_not_see_what_came_between() {
    let one = version(1, None);
    let two = version(2, Some(&one));
    let three = version(3, Some(&one));
    let four = version(4, Some(&three));
    assert_eq!(four.lineage, [(1, 1), (3, 4)]);
    assert!(!four.descends_from(2) && two.descends_from(1));
}

fn count(versions: &[Version]) -> u32 {
    u32::try_from(versions.len()).unwrap()
}

/// A version as everybody would write it first: the whole content, copied.
#[derive(Clone, Default)]
struct Copied(BTreeMap<u8, u32>);

proptest! {
    #[test]
    fn counts_are_those_of_whole_copies(
        steps in prop::collection::vec((0..5_u8, 0..4_u8, any::<bool>(), 0..8_u32), 1..60)
    ) {
        let mut versions: Vec<Version> = vec![version(1, None)];
        let mut revisions: BTreeMap<u8, Revisions> = BTreeMap::new();
        for (step, item, there, at) in steps {
            if step == 0 {
                let base = versions[at as usize % versions.len()].clone();
                versions.push(version(count(&versions) + 1, Some(&base)));
                continue;
            }
            // In place, in any version: what descends from it is counted anew too.
            let number = count(&versions) - (at % count(&versions));
            let before = revisions.entry(item).or_default().clone();
            revisions.get_mut(&item).unwrap().insert(number, there);
            let all = versions.clone();
            for version in &mut versions {
                let base = version.base.map(|base| &all[base as usize - 1]);
                version.recount(base, &before, &revisions[&item]);
            }
        }
        let content = |version: &Version| {
            let sees = |revisions: &Revisions| {
                let line = revisions.iter().rev().find(|(number, _)| version.descends_from(**number));
                line.filter(|(_, there)| **there).map(|(number, _)| *number)
            };
            Copied(revisions.iter().filter_map(|(item, known)| Some((*item, sees(known)?))).collect())
        };
        for version in &versions {
            let base = version.base.map(|base| content(&versions[base as usize - 1])).unwrap_or_default();
            let mine = content(version);
            let count = |n: usize| i64::try_from(n).unwrap();
            prop_assert_eq!(version.counts.total, count(mine.0.len()));
            prop_assert_eq!(version.counts.added, count(mine.0.keys().filter(|k| !base.0.contains_key(k)).count()));
            prop_assert_eq!(version.counts.deleted, count(base.0.keys().filter(|k| !mine.0.contains_key(k)).count()));
            let modified = mine.0.iter().filter(|(k, n)| base.0.get(k).is_some_and(|old| old != *n));
            prop_assert_eq!(version.counts.modified, count(modified.count()));
        }
    }
}
