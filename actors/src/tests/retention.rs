//! Retention at times of one's choice.

use cairn_core::access::{RetentionWrite, TraceRead};
use cairn_core::retention::{self, Create, Period, Scope};
use cairn_core::time::Timestamp;
use cairn_storage::attachments::contents::Home;
use tempfile::TempDir;

use super::*;
use crate::retention::apply;

const DAY_MS: i64 = 24 * 3_600 * 1_000;

#[tokio::test]
async fn a_trace_goes_on_the_day_on_which_its_rule_says_so() {
    let dir = TempDir::new().unwrap();
    let handles = Handles::start(dir.path(), Home::Folder).unwrap();
    record(&handles, traces::Command::Record(vec![trace("shop")])).await.unwrap();
    let principal = handles.open_principal(DEFAULT_NAME).unwrap();
    let grant = principal.grant::<RetentionWrite>().unwrap();
    let create = Create { scope: Scope::Workspace, period: Period::Short, apply_to_past: true };
    let rule = handles.execute(&grant, retention::Command::Create(create)).await.unwrap().created.unwrap();
    let on = |day: i64| apply(handles.registry(), DEFAULT_ID, Timestamp::from_millis(day * DAY_MS));
    assert_eq!(on(13).await.unwrap(), 0);
    assert_eq!(on(15).await.unwrap(), 1);
    assert_eq!(on(15).await.unwrap(), 0);
    let reading = principal.grant::<TraceRead>().unwrap();
    let changes =
        handles.read(&reading, |reader| Ok(reader.changes(TRACE, None, 10)?.changes)).await.unwrap();
    let deletion = changes.first().unwrap();
    assert_eq!(deletion.kind, "trace_deleted");
    assert_eq!(deletion.principal.as_ref(), format!("retention rule {rule}"));
}
