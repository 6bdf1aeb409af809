//! Issues that were found in the traces of a project.

use cairn_core::ids::ProjectId;
use cairn_core::insights::{Command, Day, Figures, Found, Severity};
use cairn_core::projects;
use serde_json::{Value, json};
use uuid::Uuid;

use super::world::{PROJECT, World};

async fn project(world: &World) -> Uuid {
    let command = projects::Command::Create {
        name: PROJECT.to_owned(),
        description: None,
        visibility: projects::Visibility::default(),
    };
    world.session.execute(command).await.unwrap().created.unwrap()
}

async fn report(world: &World, project: Uuid, day: &str, names: &[(&str, Severity)]) {
    let found = names.iter().map(|(name, severity)| Found {
        id: None,
        name: (*name).to_owned(),
        description: None,
        cause: None,
        suggested_fix: None,
        traces_query: None,
        severity: *severity,
        figures: Figures { count: 2, total_count: 10, users_impacted: 1, total_users: 4 },
        metadata: None,
    });
    let (project_id, day) = (ProjectId::known(project), Day::parse(day).unwrap());
    world.session.execute(Command::Report { project_id, day, found: found.collect() }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn issues_are_listed_in_a_window_and_closed() {
    let world = World::open();
    let project = project(&world).await;
    report(&world, project, "2026-03-04", &[("slow", Severity::High), ("wrong", Severity::Low)]).await;
    report(&world, project, "2026-03-06", &[("slow", Severity::High)]).await;
    let query = "query($project: ID!, $from: String, $severity: InsightsSeverity) {
        insightsIssues(projectId: $project, filter: { from: $from, severity: $severity }) { totalCount nodes {
            id name status summary { count dayCount firstSeen lastSeen } days { day count } } } }";
    let all = world.ask(query, json!({ "project": project.to_string(), "severity": "HIGH" })).await;
    let slow = &all["insightsIssues"]["nodes"][0];
    assert_eq!(
        slow["summary"],
        json!({ "count": 4, "dayCount": 2, "firstSeen": "2026-03-04", "lastSeen": "2026-03-06" })
    );
    let late = world.ask(query, json!({ "project": project.to_string(), "from": "2026-03-05" })).await;
    assert_eq!(late["insightsIssues"]["totalCount"], json!(1));
    assert_eq!(late["insightsIssues"]["nodes"][0]["days"], json!([{ "day": "2026-03-06", "count": 2 }]));
    let close = "mutation($project: ID!, $id: ID!) {
        setInsightsIssueStatus(projectId: $project, id: $id, status: CLOSED, closeNote: \"no harm\") { status closeNote } }";
    let data = world.ask(close, json!({ "project": project.to_string(), "id": slow["id"] })).await;
    assert_eq!(data["setInsightsIssueStatus"], json!({ "status": "CLOSED", "closeNote": "no harm" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn issues_are_counted_by_how_they_stand_and_one_that_opens_again_is_resolved_no_more() {
    let world = World::open();
    let project = project(&world).await;
    let issues = [("slow", Severity::High), ("wrong", Severity::Critical), ("dear", Severity::Low)];
    report(&world, project, "2026-03-04", &issues).await;
    let of = json!({ "project": project.to_string() });
    let counts = async || {
        let query = "query($project: ID!) { insightsCounts(projectId: $project) {
            open critical high medium low resolved resolvedThisWeek closed } }";
        world.ask(query, of.clone()).await["insightsCounts"].clone()
    };
    let list = "query($project: ID!) { insightsIssues(projectId: $project, sort: { field: \"name\" }) { nodes { id } } }";
    let slow = world.ask(list, of.clone()).await["insightsIssues"]["nodes"][1]["id"].clone();
    let set = async |status: &str| {
        let mutation = "mutation($project: ID!, $id: ID!, $status: InsightsIssueStatus!) {
            setInsightsIssueStatus(projectId: $project, id: $id, status: $status) { status } }";
        world.ask(mutation, json!({ "project": project.to_string(), "id": slow, "status": status })).await;
    };
    let stand = |open: u8, high: u8, resolved: u8| {
        json!({
            "open": open, "critical": 1, "high": high, "medium": 0, "low": 1,
            "resolved": resolved, "resolvedThisWeek": resolved, "closed": 0,
        })
    };
    assert_eq!(counts().await, stand(3, 1, 0));
    set("RESOLVED").await;
    assert_eq!(counts().await, stand(2, 0, 1));
    set("OPEN").await;
    assert_eq!(counts().await, stand(3, 1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn issues_are_put_in_order_page_by_page() {
    let world = World::open();
    let project = project(&world).await;
    let (slow, wrong, dear) =
        (("slow", Severity::High), ("wrong", Severity::Critical), ("dear", Severity::Low));
    report(&world, project, "2026-03-03", &[slow, wrong]).await;
    report(&world, project, "2026-03-04", &[slow]).await;
    report(&world, project, "2026-03-05", &[dear]).await;
    let query = "query($project: ID!, $sort: Sort, $after: String) {
        insightsIssues(projectId: $project, sort: $sort, first: 2, after: $after) {
            nodes { name } pageInfo { endCursor hasNextPage } } }";
    let names = async |sort: Value| {
        let (mut names, mut after) = (Vec::new(), Value::Null);
        loop {
            let variables = json!({ "project": project.to_string(), "sort": sort, "after": after });
            let page = world.ask(query, variables).await["insightsIssues"].clone();
            names.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["name"].clone()));
            if page["pageInfo"]["hasNextPage"] == json!(false) {
                return json!(names);
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    };
    let by = |field: &str, direction: &str| json!({ "field": field, "direction": direction });
    assert_eq!(names(by("last_seen", "DESC")).await, json!(["dear", "slow", "wrong"]));
    assert_eq!(names(by("severity", "DESC")).await, json!(["wrong", "slow", "dear"]));
    assert_eq!(names(by("severity", "ASC")).await, json!(["dear", "slow", "wrong"]));
    assert_eq!(names(by("total_occurrences", "DESC")).await[0], json!("slow"));
    let unknown = json!({ "project": project.to_string(), "sort": by("colour", "ASC") });
    assert_eq!(world.refusal(query, unknown).await.1["code"], json!("BAD_SORT"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_made_guided_and_triggered() {
    let world = World::open();
    let variables = json!({ "project": project(&world).await.to_string() });
    let read = "query($project: ID!) { insightsJob(projectId: $project) { status guidance } }";
    assert_eq!(world.ask(read, variables.clone()).await["insightsJob"], Value::Null);
    let trigger = "mutation($project: ID!) { triggerInsights(projectId: $project) { triggeredAt } }";
    assert_eq!(world.refusal(trigger, variables.clone()).await.1["code"], json!("NOT_FOUND"));
    let enable = "mutation($project: ID!) {
        setInsightsJobStatus(projectId: $project, status: ENABLED) { status }
        setInsightsGuidance(projectId: $project, guidance: \"mind the costs\") { guidanceVersion } }";
    let data = world.ask(enable, variables.clone()).await;
    assert_eq!(data["setInsightsGuidance"]["guidanceVersion"], json!(1));
    assert_ne!(world.ask(trigger, variables.clone()).await["triggerInsights"]["triggeredAt"], Value::Null);
    let expected = json!({ "status": "ENABLED", "guidance": "mind the costs" });
    assert_eq!(world.ask(read, variables).await["insightsJob"], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_found_on_a_day_is_reported_as_a_whole_or_not_at_all() {
    let world = World::open();
    let project = project(&world).await.to_string();
    let report = "mutation($project: ID!, $day: String!, $issues: [ReportedIssueInput!]!) {
        reportInsights(projectId: $project, day: $day, issues: $issues) }";
    let issue = |name: &str| {
        json!({
            "name": name, "severity": "HIGH", "cause": "a loop",
            "count": 2, "totalCount": 10, "usersImpacted": 1, "totalUsers": 4,
        })
    };
    let list =
        "query($project: ID!) { insightsIssues(projectId: $project) { nodes { name cause severity } } }";
    let issues = async || {
        let data = world.ask(list, json!({ "project": project })).await;
        data["insightsIssues"]["nodes"].clone()
    };
    for (day, names) in [("yesterday", ["slow", "wrong"]), ("2026-03-04", ["slow", " "])] {
        let variables = json!({ "project": project, "day": day, "issues": names.map(issue) });
        assert_eq!(world.refusal(report, variables).await.1["code"], json!("INVALID"), "{day}");
        assert_eq!(issues().await, json!([]));
    }
    world.ask(report, json!({ "project": project, "day": "2026-03-04", "issues": [issue("slow")] })).await;
    assert_eq!(issues().await, json!([{ "name": "slow", "cause": "a loop", "severity": "HIGH" }]));
}
