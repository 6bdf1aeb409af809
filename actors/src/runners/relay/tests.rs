//! The memory of runners is bounded, and what is in it ends in time.

use cairn_core::json::Json;
use cairn_core::runners::bridge;

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_000_000 + seconds * 1_000)
}

fn id(number: u128) -> RunnerId {
    RunnerId::known(Uuid::from_u128(number))
}

fn relay() -> Relay {
    Relay::new(at(0))
}

fn hear(relay: &mut Relay, capabilities: &[&str], now: Timestamp) -> Vec<JobId> {
    let capabilities = capabilities.iter().map(|capability| (*capability).to_owned()).collect();
    relay.hear(id(1), capabilities, now).unwrap()
}

fn request(bytes: usize) -> Request {
    let json = format!("\"{}\"", "x".repeat(bytes));
    Request::new(bridge::Kind::ReadFile, Json::parse(json.into()).unwrap(), Some(10)).unwrap()
}

fn submit(relay: &mut Relay, number: u128, now: Timestamp) -> Result<(), Rejection> {
    relay.submit(id(1), Uuid::from_u128(number), request(10), now)
}

fn outcome(bytes: usize) -> Outcome {
    let result = Some(Json::parse(format!("\"{}\"", "x".repeat(bytes)).into()).unwrap());
    Outcome { status: Status::Completed, result, error: None, duration_ms: None }
}

#[test]
fn what_the_processes_of_a_runner_can_do_is_put_together() {
    let mut relay = relay();
    hear(&mut relay, &["jobs"], at(0));
    hear(&mut relay, &["bridge"], at(10));
    assert_eq!(relay.sign(id(1), at(10)).capabilities, ["bridge", "jobs"]);
    assert_eq!(relay.sign(id(1), at(16)).capabilities, ["bridge"], "one of them is silent");
    let many: Vec<String> = (0..100).map(|number| number.to_string()).collect();
    relay.hear(id(1), many, at(17)).unwrap();
    assert_eq!(relay.sign(id(1), at(17)).capabilities.len(), RUNNER_CAPABILITIES_MAX);
}

#[test]
fn who_was_never_heard_may_have_spoken_before_the_start() {
    let relay = relay();
    assert_eq!(relay.sign(id(1), at(5)).heard_at, at(0));
    assert!(relay.silent([id(1)].into(), 60, at(60)).is_empty());
    assert_eq!(relay.silent([id(1)].into(), 60, at(61)), [id(1)].into());
}

#[test]
fn a_cancelled_job_is_told_for_a_while() {
    let mut relay = relay();
    hear(&mut relay, &[], at(0));
    let job = JobId::known(Uuid::from_u128(5));
    relay.cancelled(id(1), job, at(1));
    assert_eq!(hear(&mut relay, &[], at(2)), [job]);
    assert_eq!(hear(&mut relay, &[], at(61)), [job]);
    assert!(hear(&mut relay, &[], at(62)).is_empty());
    for number in 0..=CANCELLED_JOBS_TOLD_MAX {
        relay.cancelled(id(1), JobId::known(Uuid::from_u128(number as u128)), at(63));
    }
    assert_eq!(hear(&mut relay, &[], at(63)).len(), CANCELLED_JOBS_TOLD_MAX);
}

#[test]
fn commands_need_a_runner_that_can_carry_them_out() {
    let mut relay = relay();
    hear(&mut relay, &["jobs"], at(0));
    assert_eq!(submit(&mut relay, 1, at(0)).unwrap_err().kind, RejectionKind::Conflict);
    hear(&mut relay, &[CAPABILITY], at(1));
    assert!(submit(&mut relay, 1, at(1)).is_ok());
    assert_eq!(submit(&mut relay, 2, at(17)).unwrap_err().kind, RejectionKind::Conflict, "it is silent");
}

#[test]
fn commands_are_handed_over_once_and_in_order() {
    let mut relay = relay();
    hear(&mut relay, &[CAPABILITY], at(0));
    for number in 1..=3 {
        submit(&mut relay, number, at(0)).unwrap();
    }
    let take = |relay: &mut Relay, most| -> Vec<u128> {
        relay.take(id(1), most, at(1)).into_iter().map(|command| command.id.as_u128()).collect()
    };
    assert_eq!(take(&mut relay, 2), [1, 2]);
    assert_eq!(take(&mut relay, 2), [3]);
    assert!(take(&mut relay, 2).is_empty());
}

#[test]
fn a_command_times_out_and_is_forgotten_later() {
    let mut relay = relay();
    hear(&mut relay, &[CAPABILITY], at(0));
    submit(&mut relay, 1, at(0)).unwrap();
    let (command, mut changed) = relay.command(id(1), Uuid::from_u128(1), at(9)).unwrap();
    assert_eq!(command.status, Status::Pending);
    assert!(!changed.has_changed().unwrap());
    relay.tick(at(10));
    assert!(changed.has_changed().unwrap());
    changed.mark_unchanged();
    let (command, _) = relay.command(id(1), Uuid::from_u128(1), at(10)).unwrap();
    assert_eq!(command.status, Status::TimedOut);
    assert_eq!(
        relay.finish(id(1), Uuid::from_u128(1), outcome(1), at(11)).unwrap_err().kind,
        RejectionKind::Conflict
    );
    relay.tick(at(400));
    assert_eq!(relay.command(id(1), Uuid::from_u128(1), at(400)).unwrap_err().kind, RejectionKind::NotFound);
}

#[test]
fn the_bytes_of_commands_are_bounded_and_come_back() {
    let mut relay = relay();
    hear(&mut relay, &[CAPABILITY], at(0));
    let mut number = 0;
    let refusal = loop {
        number += 1;
        if let Err(refusal) = submit(&mut relay, number, at(1)) {
            break refusal;
        }
        relay.finish(id(1), Uuid::from_u128(number), outcome(bridge_bytes()), at(1)).unwrap();
    };
    assert_eq!(refusal.kind, RejectionKind::Overloaded);
    assert!(number < 100);
    relay.tick(at(400));
    hear(&mut relay, &[CAPABILITY], at(400));
    assert!(submit(&mut relay, 1, at(400)).is_ok());
}

const fn bridge_bytes() -> usize {
    cairn_core::limits::BRIDGE_RESULT_BYTES_MAX - 2
}

#[test]
fn the_end_of_a_runner_ends_its_commands() {
    let mut relay = relay();
    hear(&mut relay, &[CAPABILITY], at(0));
    submit(&mut relay, 1, at(0)).unwrap();
    let bell = relay.listen(id(1), at(0)).unwrap();
    relay.end(id(1), at(1));
    assert!(bell.has_changed().unwrap());
    let (command, _) = relay.command(id(1), Uuid::from_u128(1), at(1)).unwrap();
    assert_eq!(command.status, Status::Failed);
}

#[test]
fn only_so_many_polls_are_open_at_once() {
    let mut relay = relay();
    let polls: Vec<_> = (0..RUNNER_POLLS_MAX).map(|_| relay.listen(id(1), at(0)).unwrap()).collect();
    assert_eq!(relay.listen(id(1), at(0)).unwrap_err().kind, RejectionKind::Overloaded);
    relay.tick(at(10_000));
    assert!(relay.runners.contains_key(&id(1)), "somebody still listens");
    drop(polls);
    relay.tick(at(10_000));
    assert!(relay.runners.is_empty());
}

#[test]
fn only_so_many_runners_are_remembered() {
    let mut relay = relay();
    for number in 0..RUNNERS_REMEMBERED_MAX {
        relay.hear(id(number as u128), Vec::new(), at(0)).unwrap();
    }
    let more = id(u128::MAX);
    assert_eq!(relay.hear(more, Vec::new(), at(1)).unwrap_err().kind, RejectionKind::Overloaded);
    assert!(relay.hear(more, Vec::new(), at(10_000)).is_ok(), "the silent ones are forgotten");
}
