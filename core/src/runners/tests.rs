use std::collections::BTreeSet;

use super::bridge::{self, Rate};
use super::jobs;
use super::pairing::{Request, Session};
use super::state::{Job, RunnerStatus, evolve, evolve_job};
use super::*;
use crate::command::tests::context;
use crate::event::Recorded;
use crate::limits::{
    BRIDGE_WRITES_PER_MINUTE_MAX, JOB_LOG_LINES_MAX, JOB_PATIENCE_SECONDS, JOB_SILENCE_SECONDS_MAX,
    JOBS_PENDING_PER_RUNNER_MAX, PAIRING_ATTEMPTS_MAX,
};
use crate::time::Timestamp;
use bytes::Bytes;
use serde_json::json;

fn runner_id(number: u128) -> RunnerId {
    RunnerId::known(Uuid::from_u128(number))
}

fn job_id() -> JobId {
    JobId::known(Uuid::from_u128(100))
}

fn project() -> ProjectId {
    ProjectId::known(Uuid::from_u128(9))
}

fn seconds(seconds: u64) -> Timestamp {
    Timestamp::from_millis(1_000 + i64::try_from(seconds).unwrap() * 1_000)
}

fn connected(number: u128, owner: &str, kind: Kind) -> Event {
    Event::Connected {
        id: runner_id(number),
        project_id: project(),
        owner: owner.to_owned(),
        kind,
        name: "laptop".to_owned(),
    }
}

fn runner(events: &[Event]) -> Runner {
    let fold = |runner, event: &Event| evolve(runner, &Recorded::for_test(event.clone()));
    events.iter().fold(None, fold).unwrap()
}

fn with_agent(number: u128, owner: &str) -> Runner {
    let agent = Agent {
        name: "answer".to_owned(),
        description: None,
        language: None,
        executable: None,
        source_file: None,
        parameters: Vec::new(),
        timeout_seconds: None,
    };
    let set = Event::AgentsSet { id: runner_id(number), agents: vec![agent] };
    runner(&[connected(number, owner, Kind::Endpoint), set])
}

fn request(agent: &str) -> JobRequest {
    JobRequest {
        project_id: project(),
        agent: agent.to_owned(),
        mask_id: None,
        prompt_masks: BTreeMap::new(),
        blueprint_name: None,
        metadata: None,
    }
}

fn created() -> Event {
    Event::JobCreated(Box::new(JobCreated {
        id: job_id(),
        runner_id: runner_id(1),
        owner: "ann".to_owned(),
        request: request("answer"),
        inputs: None,
        timeout_seconds: None,
    }))
}

fn job(events: &[Event]) -> Job {
    let fold = |job, event: &Event| evolve_job(job, &Recorded::for_test(event.clone()));
    events.iter().fold(None, fold).unwrap()
}

fn report(status: JobStatus) -> Report {
    Report { status, result: None, error: None, trace_id: None }
}

fn started() -> Job {
    job(&[created(), Event::JobStarted { id: job_id() }])
}

fn json_of(text: &'static str) -> Json {
    Json::parse(Bytes::from_static(text.as_bytes())).unwrap()
}

#[test]
fn a_newer_runner_takes_the_place_of_one_of_its_person_and_kind_alone() {
    let others = [
        runner(&[connected(1, "ann", Kind::Endpoint)]),
        runner(&[connected(2, "ann", Kind::Connect)]),
        runner(&[connected(3, "bob", Kind::Endpoint)]),
    ];
    let new = connected(4, "ann", Kind::Endpoint);
    let events = connect(new.clone(), &others);
    assert_eq!(events, [Event::Gone { id: runner_id(1), reason: Reason::Evicted }, new]);
}

#[test]
fn a_runner_belongs_to_its_person() {
    let one = runner(&[connected(1, "ann", Kind::Endpoint)]);
    assert!(living(Some(&one), "ann").is_ok());
    assert_eq!(living(Some(&one), "bob").unwrap_err().message, "Runner not found");
    let gone = runner(&[
        connected(1, "ann", Kind::Endpoint),
        Event::Gone { id: runner_id(1), reason: Reason::Evicted },
    ]);
    let refusal = living(Some(&gone), "ann").unwrap_err();
    assert_eq!((refusal.kind, refusal.message.as_str()), (RejectionKind::Gone, "the runner was evicted"));
}

#[test]
fn a_runner_is_connected_while_it_is_heard() {
    let one = runner(&[connected(1, "ann", Kind::Endpoint)]);
    let status = |heard, now| one.status(seconds(heard), seconds(now));
    assert_eq!(status(0, 15), RunnerStatus::Connected);
    assert_eq!(status(0, 16), RunnerStatus::Disconnected);
    assert_eq!(status(16, 20), RunnerStatus::Connected);
}

#[test]
fn a_job_goes_to_a_connected_runner_that_has_the_agent() {
    let living = [with_agent(1, "ann"), with_agent(2, "bob"), runner(&[connected(3, "ann", Kind::Connect)])];
    let choose = |agent, connected: &[u128], person| {
        let connected = connected.iter().map(|number| runner_id(*number)).collect();
        jobs::choose(&request(agent), &living, &connected, person).map(|runner| runner.id)
    };
    assert_eq!(choose("answer", &[1, 2, 3], "ann"), Ok(runner_id(1)));
    assert_eq!(choose("answer", &[1, 2, 3], "eve").unwrap_err().kind, RejectionKind::NotFound);
    assert_eq!(choose("answer", &[2], "ann").unwrap_err().kind, RejectionKind::Conflict);
    assert_eq!(choose("other", &[1, 3], "ann").unwrap_err().message, "Unknown agent: other");
    assert_eq!(choose("answer", &[3], "ann").unwrap_err().kind, RejectionKind::Malformed);
}

#[test]
fn only_so_many_jobs_wait_for_a_runner() {
    let one = with_agent(1, "ann");
    let create = |pending| jobs::create(request("answer"), None, &one, pending, &mut context());
    assert!(create(JOBS_PENDING_PER_RUNNER_MAX - 1).is_ok());
    assert_eq!(create(JOBS_PENDING_PER_RUNNER_MAX).unwrap_err().kind, RejectionKind::Overloaded);
}

#[test]
fn a_job_ends_once() {
    let done = Event::JobReported { id: job_id(), report: report(JobStatus::Completed) };
    let cancelled = Event::JobCancelled { id: job_id() };
    for end in [done, cancelled] {
        let ended = job(&[created(), Event::JobStarted { id: job_id() }, end]);
        assert_eq!(jobs::report(&ended, report(JobStatus::Failed)), Ok(None));
        assert_eq!(jobs::cancel(&ended), None);
    }
    assert!(jobs::cancel(&started()).is_some());
}

#[test]
fn a_report_that_says_nothing_new_is_no_event() {
    assert_eq!(jobs::report(&started(), report(JobStatus::Running)), Ok(None));
    let traced = Report { trace_id: Some(Uuid::from_u128(5)), ..report(JobStatus::Running) };
    assert!(jobs::report(&started(), traced).unwrap().is_some());
    assert!(jobs::report(&started(), report(JobStatus::Pending)).is_err());
    assert!(jobs::report(&started(), report(JobStatus::Cancelled)).is_err());
}

#[test]
fn a_report_keeps_what_earlier_ones_said() {
    let traced = Report { trace_id: Some(Uuid::from_u128(5)), ..report(JobStatus::Running) };
    let result = Report { result: Some(json_of("{\"a\": 1}")), ..report(JobStatus::Completed) };
    let said = |report| Event::JobReported { id: job_id(), report };
    let ended = job(&[created(), said(traced), said(result)]);
    assert_eq!((ended.status, ended.trace_id), (JobStatus::Completed, Some(Uuid::from_u128(5))));
    assert!(ended.started_at.is_some() && ended.completed_at.is_some() && ended.reported.is_some());
}

#[test]
fn a_log_that_is_full_says_so_once() {
    let lines = |count| vec![LogLine { stream: "stdout".to_owned(), text: "x".to_owned() }; count];
    let nearly = Job { log_lines: JOB_LOG_LINES_MAX - 3, ..started() };
    let Some(event @ Event::JobLogged { .. }) = jobs::log(&nearly, lines(10)) else { panic!("no lines") };
    let Event::JobLogged { lines: kept, is_full, .. } = &event else { panic!("{event:?}") };
    assert_eq!((kept.len(), *is_full), (3, true));
    assert_eq!(kept.last().unwrap().stream, "system");
    let full = evolve_job(Some(nearly), &Recorded::for_test(event)).unwrap();
    assert_eq!(full.log_lines, JOB_LOG_LINES_MAX);
    assert_eq!(jobs::log(&full, lines(1)), None);
    let Some(Event::JobLogged { is_full, lines, .. }) = jobs::log(&started(), lines(2)) else {
        panic!("no lines")
    };
    assert_eq!((lines.len(), is_full), (2, false));
}

#[test]
fn jobs_are_given_up_when_nobody_will_hear_of_them_again() {
    let (none, one) = (BTreeSet::new(), BTreeSet::from([runner_id(1)]));
    let given_up = |job: Job, silent: &BTreeSet<RunnerId>, gone: &BTreeSet<RunnerId>, at| {
        jobs::give_up(&[job], silent, gone, seconds(at)).len()
    };
    assert_eq!(given_up(started(), &one, &none, JOB_PATIENCE_SECONDS), 0);
    assert_eq!(given_up(started(), &one, &none, JOB_PATIENCE_SECONDS + 1), 1);
    assert_eq!(given_up(started(), &none, &one, JOB_PATIENCE_SECONDS + 1), 1);
    assert_eq!(given_up(started(), &none, &none, JOB_PATIENCE_SECONDS + 1), 0);
    assert_eq!(given_up(started(), &none, &none, JOB_SILENCE_SECONDS_MAX + 1), 1);
    assert_eq!(given_up(job(&[created()]), &none, &none, JOB_SILENCE_SECONDS_MAX + 1), 0);
    let patient = Job { timeout_seconds: Some(100_000), ..started() };
    assert_eq!(given_up(patient, &none, &none, JOB_SILENCE_SECONDS_MAX + 1), 0);
}

#[test]
fn a_checklist_is_merged_deeply() {
    let old = json!({ "a": { "b": 1, "c": [1] }, "d": 1 });
    let patch = json!({ "a": { "b": 2, "e": {} }, "d": null, "f": { "g": null } });
    assert_eq!(merge_checklist(old, patch), json!({ "a": { "b": 2, "c": [1], "e": {} }, "f": {} }));
}

#[test]
fn what_is_out_of_bounds_is_refused() {
    let refused = |command: Command| command.check().unwrap_err().to_string();
    let patch = |text| Command::PatchChecklist { id: runner_id(1), patch: json_of(text) };
    assert!(patch(r#" {"a": 1}"#).check().is_ok());
    assert!(refused(patch("[1]")).starts_with("Unable to process JSON"));
    let agents = vec![with_agent(1, "ann").agents[0].clone(); RUNNER_AGENTS_MAX + 1];
    assert_eq!(refused(Command::SetAgents { id: runner_id(1), agents }), "a runner has at most 50 agents");
    let lines = vec![LogLine { stream: "stdout".to_owned(), text: String::new() }];
    assert_eq!(refused(Command::LogJob { id: job_id(), lines }), "entries[0].text must not be empty");
    assert_eq!(
        refused(Command::LogJob { id: job_id(), lines: Vec::new() }),
        "entries size must be between 1 and 1000"
    );
}

fn session() -> Session {
    let request = Request::new(project(), [7; 32], Kind::Endpoint, None).unwrap();
    Session::new(Uuid::from_u128(1), runner_id(1), "ann".to_owned(), request, seconds(0))
}

/// Computed with Python's `hmac` for the session and key above.
const PROOF_OF_LAPTOP: &str = "2073bfbdec0d06c0167c3b16bc05de74e8aadf211dc340ab9fdfa7296b097ba1";

fn proof() -> [u8; 32] {
    let digits = |at: usize| u8::from_str_radix(&PROOF_OF_LAPTOP[at..at + 2], 16).unwrap();
    std::array::from_fn(|at| digits(2 * at))
}

#[test]
fn a_pairing_takes_the_right_proof_once() {
    let mut session = session();
    assert_eq!(session.activate("other", &proof(), seconds(1)).unwrap_err().kind, RejectionKind::Forbidden);
    assert!(session.activate("laptop", &proof(), seconds(1)).is_ok());
    assert_eq!(session.activate("laptop", &proof(), seconds(1)).unwrap_err().kind, RejectionKind::Conflict);
    assert!(!session.is_waiting(seconds(1)));
}

#[test]
fn a_pairing_expires_and_bears_few_wrong_proofs() {
    let mut late = session();
    assert_eq!(late.activate("laptop", &proof(), seconds(300)).unwrap_err().kind, RejectionKind::NotFound);
    let mut tried = session();
    for _ in 0..PAIRING_ATTEMPTS_MAX {
        assert_eq!(
            tried.activate("laptop", &[0; 32], seconds(1)).unwrap_err().kind,
            RejectionKind::Forbidden
        );
    }
    assert_eq!(tried.activate("laptop", &proof(), seconds(1)).unwrap_err().kind, RejectionKind::Overloaded);
}

#[test]
fn a_pairing_waits_within_bounds() {
    let request = |seconds| {
        Request::new(project(), [7; 32], Kind::Connect, Some(seconds)).map(|request| request.seconds)
    };
    assert_eq!(request(60), Ok(60));
    for out_of_bounds in [-1, 0, 59, 601] {
        assert_eq!(request(out_of_bounds).unwrap_err().message, "ttlSeconds must be between 60 and 600");
    }
}

fn command(at: u64) -> bridge::Command {
    let request = bridge::Request::new(bridge::Kind::ReadFile, json_of("{}"), Some(10)).unwrap();
    bridge::Command::new(Uuid::from_u128(1), runner_id(1), request, seconds(at))
}

fn outcome(status: bridge::Status) -> bridge::Outcome {
    bridge::Outcome { status, result: None, error: None, duration_ms: None }
}

#[test]
fn a_command_ends_once_and_in_time() {
    let mut late = command(0);
    assert!(!late.time_out(seconds(9)));
    late.pick_up(seconds(9));
    assert!(!late.time_out(seconds(18)), "the time counts from when it was picked up");
    assert!(late.time_out(seconds(19)));
    assert!(!late.time_out(seconds(20)));
    let refusal = late.finish(outcome(bridge::Status::Completed), seconds(20)).unwrap_err();
    assert_eq!(
        (refusal.kind, refusal.message.as_str()),
        (RejectionKind::Conflict, "Command is already timed_out")
    );
    let mut one = command(0);
    assert!(one.finish(outcome(bridge::Status::Pending), seconds(1)).is_err());
    assert!(one.finish(outcome(bridge::Status::Completed), seconds(1)).is_ok());
    assert!(one.finish(outcome(bridge::Status::Failed), seconds(1)).is_err());
}

#[test]
fn a_minute_bears_so_many_commands() {
    let mut rate = Rate::default();
    for _ in 0..BRIDGE_WRITES_PER_MINUTE_MAX {
        assert!(rate.take(false, seconds(1)).is_ok());
    }
    assert_eq!(rate.take(false, seconds(60)).unwrap_err().kind, RejectionKind::Overloaded);
    assert!(rate.take(false, seconds(61)).is_ok());
}
