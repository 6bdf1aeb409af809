use super::state::{Counts, Severities, Summary, evolve, evolve_issue};
use super::*;
use crate::command::tests::context;
use crate::event::Recorded;
use crate::time::Timestamp;

fn project() -> ProjectId {
    ProjectId::known(Uuid::from_u128(9))
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn found(name: &str) -> Found {
    Found {
        id: None,
        name: name.to_owned(),
        description: None,
        cause: None,
        suggested_fix: None,
        traces_query: None,
        severity: Severity::High,
        figures: Figures { count: 2, total_count: 10, users_impacted: 1, total_users: 4 },
        metadata: None,
    }
}

fn issues(events: &[Event]) -> Vec<Issue> {
    let mut issues: std::collections::BTreeMap<IssueId, Issue> = std::collections::BTreeMap::new();
    for event in events {
        let Some(id) = event.issue_id() else { continue };
        let after = evolve_issue(issues.remove(&id), &Recorded::for_test(event.clone()));
        issues.extend(after.map(|issue| (id, issue)));
    }
    issues.into_values().collect()
}

fn job(events: &[Event]) -> Option<Job> {
    events.iter().fold(None, |job, event| evolve(job, &Recorded::for_test(event.clone())))
}

#[test]
fn an_issue_is_known_by_its_name_or_its_id() {
    let mut context = context();
    let first = report(&[], project(), day("2026-03-04"), vec![found("slow"), found("slow")], &mut context);
    let known = issues(&first);
    assert_eq!(known.len(), 1);
    let renamed = Found { id: Some(known[0].id), description: Some("very".to_owned()), ..found("very slow") };
    let second = report(&known, project(), day("2026-03-05"), vec![renamed, found("wrong")], &mut context);
    let all: Vec<Event> = first.into_iter().chain(second).collect();
    let names: Vec<_> = issues(&all).into_iter().map(|issue| issue.name).collect();
    assert_eq!(names.len(), 2);
    assert!(names.contains(&"very slow".to_owned()) && names.contains(&"wrong".to_owned()));
}

#[test]
fn a_report_leaves_the_status_alone_and_a_note_goes_with_closing() {
    let mut events = report(&[], project(), day("2026-03-04"), vec![found("slow")], &mut context());
    let close = |issues: &[Issue], status| {
        set_issue_status(issues.first(), status, Some("no harm".to_owned())).unwrap()
    };
    events.push(close(&issues(&events), IssueStatus::Closed));
    let again = report(&issues(&events), project(), day("2026-03-05"), vec![found("slow")], &mut context());
    events.extend(again);
    let closed = issues(&events).remove(0);
    assert_eq!((closed.status, closed.close_note.as_deref()), (IssueStatus::Closed, Some("no harm")));
    events.push(close(&issues(&events), IssueStatus::Resolved));
    let resolved = issues(&events).remove(0);
    assert_eq!((resolved.status, resolved.close_note), (IssueStatus::Resolved, None));
}

#[test]
fn what_was_resolved_within_a_week_is_counted_until_the_week_is_over() {
    let names = ["slow", "wrong", "dear", "late"];
    let all = vec![
        found("slow"),
        Found { severity: Severity::Low, ..found("wrong") },
        found("dear"),
        found("late"),
    ];
    let mut issues = issues(&report(&[], project(), day("2026-03-04"), all, &mut context()));
    issues.sort_by_key(|issue| names.iter().position(|name| *name == issue.name));
    let at_hour = |hour: i64| Timestamp::from_millis(hour * 60 * 60 * 1000);
    for (issue, (status, hour)) in issues.iter_mut().skip(1).zip([
        (IssueStatus::Resolved, 1),
        (IssueStatus::Resolved, 24),
        (IssueStatus::Closed, 24),
    ]) {
        let set = set_issue_status(Some(&*issue), status, None).unwrap();
        let event = Recorded { time: at_hour(hour), ..Recorded::for_test(set) };
        *issue = evolve_issue(Some(issue.clone()), &event).unwrap();
    }
    let open = Severities { high: 1, ..Severities::default() };
    for (now, resolved_this_week) in [(24, 2), (7 * 24 + 1, 2), (7 * 24 + 2, 1), (8 * 24, 1), (8 * 24 + 1, 0)]
    {
        let expected = Counts { open, resolved: 2, resolved_this_week, closed: 1 };
        assert_eq!(Counts::of(&issues, at_hour(now)), expected, "{now}");
    }
}

#[test]
fn guidance_is_counted_when_it_changes() {
    let set = |events: &[Event], text| {
        let more = set_guidance(job(events).as_ref(), project(), text, &mut context());
        events.iter().cloned().chain(more).collect::<Vec<_>>()
    };
    let first = set(&[], " look at costs ");
    let same = set(&first, "look at costs");
    assert_eq!(first.len(), same.len());
    let cleared = set(&same, "  ");
    let cleared = job(&cleared).unwrap();
    assert_eq!((cleared.guidance, cleared.guidance_version), (None, 2));
    assert_eq!(job(&first).unwrap().status, JobStatus::Disabled);
}

#[test]
fn results_follow_the_guidance_of_their_time() {
    let reported = Event::Reported { project_id: project(), day: day("2026-03-04") };
    let created = Event::JobCreated { project_id: project(), id: Uuid::from_u128(1) };
    let guided = Event::GuidanceSet { project_id: project(), guidance: Some("x".to_owned()), version: 1 };
    let plain = job(&[created.clone(), reported.clone()]).unwrap();
    assert_eq!((plain.last_scan_at.is_some(), plain.results_guidance_version), (true, None));
    assert_eq!(job(&[created, guided, reported.clone()]).unwrap().results_guidance_version, Some(1));
    assert_eq!(job(&[reported]), None);
}

#[test]
fn the_days_of_a_window_are_summed() {
    let figures = |count| Figures { count, total_count: 10, users_impacted: 1, total_users: 4 };
    let days = [(day("2026-03-04"), figures(2)), (day("2026-03-07"), figures(3))];
    let summary = Summary::of(&days).unwrap();
    assert_eq!((summary.sum.count, summary.latest_count, summary.days), (5, 3, 2));
    assert_eq!((summary.sum.total_count, summary.sum.total_users), (20, 8));
    assert_eq!(format!("{} {}", summary.first_seen, summary.last_seen), "2026-03-04 2026-03-07");
    assert_eq!(Summary::of(&[]), None);
}

#[test]
fn a_day_is_a_date() {
    assert_eq!(day("2026-03-04").to_string(), "2026-03-04");
    assert!(day("2026-03-04") < day("2026-10-01"));
    for text in ["", "2026-02-30", "yesterday", "04.03.2026"] {
        assert_eq!(Day::parse(text), None, "{text}");
    }
}

#[test]
fn what_is_not_there_is_refused() {
    assert_eq!(
        create_job(
            job(&[Event::JobCreated { project_id: project(), id: Uuid::nil() }]).as_ref(),
            project(),
            &mut context()
        )
        .unwrap_err()
        .message,
        "Agent Insights job already exists for the project"
    );
    assert!(set_job_status(None, JobStatus::Enabled).is_err());
    assert!(trigger(None).is_err());
    assert!(set_issue_status(None, IssueStatus::Open, None).is_err());
    let blank = Command::Report { project_id: project(), day: day("2026-03-04"), found: vec![found(" ")] };
    assert_eq!(blank.check().unwrap_err().message, "issues[0].name must not be blank");
}
