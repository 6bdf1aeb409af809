use super::*;
use crate::feedback::{Given, Score, State};

fn queue(changes: Changes) -> Queue {
    let created = Created {
        id: AnnotationQueueId::known(Uuid::from_u128(7)),
        project_id: ProjectId::known(Uuid::nil()),
        scope: Scope::Trace,
        changes: Changes { name: Some("answers".to_owned()), ..changes },
    };
    Queue::new(&Recorded::for_test(created))
}

fn given(author: &str, name: &str, value: i64, source: &str, queue_id: Option<u128>) -> Given {
    Given {
        author: author.to_owned(),
        score: Score {
            name: name.to_owned(),
            value: Decimal::from(value),
            category_name: None,
            reason: None,
            source: source.to_owned(),
            queue_id: queue_id.map(Uuid::from_u128),
        },
        created_at: Timestamp::EPOCH,
        last_updated_at: Timestamp::EPOCH,
        last_updated_by: author.to_owned(),
    }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1_000)
}

#[test]
fn only_what_people_said_under_a_wanted_name_counts() {
    let scores = State {
        given: vec![
            given("ann", "right", 1, "ui", None),
            given("bob", "right", 0, "sdk", Some(7)),
            given("eve", "right", 9, "ui", Some(8)),
            given("judge", "right", 9, "online_scoring", None),
            given("dan", "tone", 3, "ui", None),
        ],
    };
    let review = queue(Changes { feedback_definition_names: Some(names(&["right"])), ..Changes::default() })
        .review(&scores);
    assert_eq!(review.scores, [("right".to_owned(), Decimal::new(5, 1))].into());
    assert_eq!(review.reviewers.into_iter().collect::<Vec<_>>(), ["ann", "bob"]);
    let review = queue(Changes::default()).review(&scores);
    assert_eq!(review.reviewers.len(), 3, "any name counts where none is asked for");
}

#[test]
fn an_item_is_complete_when_enough_people_have_judged_it() {
    let two = queue(Changes { annotators_per_item: Some(2), ..Changes::default() });
    let mut review = Review { reviewers: ["ann".to_owned()].into(), ..Review::default() };
    assert!(!two.completes(&review));
    review.reviewers.insert("bob".to_owned());
    assert!(two.completes(&review));
}

#[test]
fn an_item_is_kept_from_others_until_the_time_runs_out() {
    let queue = queue(Changes { lock_timeout_seconds: Some(10), ..Changes::default() });
    let (item, review) = (Uuid::nil(), Review::default());
    let mut locks = Vec::new();
    let Some(Event::ItemLocked { by, until, .. }) = queue.lock(item, &review, &locks, "ann", at(0)) else {
        panic!("nobody has it")
    };
    assert_eq!(until, at(10));
    locked(&mut locks, &by, until, at(0));
    assert_eq!(queue.lock(item, &review, &locks, "bob", at(9)), None);
    let Some(Event::ItemLocked { by, until, .. }) = queue.lock(item, &review, &locks, "ann", at(9)) else {
        panic!("it may be kept for longer")
    };
    locked(&mut locks, &by, until, at(9));
    assert_eq!(locks, [Lock { by: "ann".to_owned(), until: at(19) }]);
    assert!(queue.lock(item, &review, &locks, "bob", at(19)).is_some());
}

#[test]
fn who_has_judged_takes_a_place_as_who_looks_does() {
    let queue = queue(Changes { annotators_per_item: Some(2), ..Changes::default() });
    let review = Review { reviewers: ["ann".to_owned()].into(), ..Review::default() };
    let locks = [Lock { by: "bob".to_owned(), until: at(10) }];
    assert!(!queue.has_room(&review, &locks, "eve", at(5)));
    assert!(queue.has_room(&review, &locks, "bob", at(5)));
    assert!(queue.has_room(&review, &locks, "eve", at(10)));
}

#[test]
fn what_an_item_is_to_somebody_is_one_of_four() {
    let queue = queue(Changes { annotators_per_item: Some(2), ..Changes::default() });
    let judged_by = |who: &[&str]| Review {
        reviewers: who.iter().map(|who| (*who).to_owned()).collect(),
        ..Review::default()
    };
    let looking = [Lock { by: "bob".to_owned(), until: at(10) }];
    let told = |review: &Review, now: i64| queue.standing(review, &looking, "eve", at(now));
    assert_eq!(told(&judged_by(&[]), 5), Standing::Waiting);
    assert_eq!(told(&judged_by(&["ann"]), 5), Standing::Taken);
    assert_eq!(told(&judged_by(&["ann"]), 10), Standing::Waiting);
    assert_eq!(told(&judged_by(&["ann", "bob"]), 5), Standing::Complete);
    assert_eq!(told(&judged_by(&["ann", "eve"]), 5), Standing::Judged);
}

#[test]
fn what_an_item_added_is_taken_away_again_without_a_rest() {
    let review =
        Review { scores: [("right".to_owned(), Decimal::ONE)].into(), reviewers: ["ann".to_owned()].into() };
    let mut progress = Progress::default();
    progress.add(&review, true);
    progress.add(&Review::default(), false);
    assert_eq!((progress.items, progress.completed, progress.reviewers["ann"]), (2, 1, 1));
    assert_eq!(progress.scores().collect::<Vec<_>>(), [("right", Decimal::ONE)]);
    progress.remove(&review, true);
    progress.remove(&Review::default(), false);
    assert_eq!(progress, Progress::default());
}

#[test]
fn bounds_of_settings_are_told() {
    let update =
        |changes| Command::Update { id: AnnotationQueueId::known(Uuid::nil()), changes: Box::new(changes) };
    for (changes, text) in [
        (Changes { name: Some(" ".to_owned()), ..Changes::default() }, "name must not be blank"),
        (
            Changes { annotators_per_item: Some(0), ..Changes::default() },
            "annotatorsPerItem must be between 1 and 1000",
        ),
        (
            Changes { lock_timeout_seconds: Some(3_601), ..Changes::default() },
            "lockTimeoutSeconds must be between 1 and 3600",
        ),
        (
            Changes { feedback_definition_names: Some(names(&["a", ""])), ..Changes::default() },
            "feedbackDefinitionNames[1] must not be blank",
        ),
    ] {
        assert_eq!(update(changes).check().unwrap_err().to_string(), text);
    }
}
