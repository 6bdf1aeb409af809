//! What is there after a fork broke off at any of its steps.

use cairn_core::access::WorkspaceFork;
use cairn_core::workspaces::forking::Fork;

use super::*;

fn copy(from: &Path, to: &Path) {
    let copied = std::process::Command::new("cp").arg("-a").arg(from).arg(to).status();
    assert!(copied.unwrap().success());
}

fn entries(dir: &Path) -> usize {
    std::fs::read_dir(dir).map_or(0, Iterator::count)
}

async fn forked(handles: &Handles, name: &str) -> Result<String, Failure> {
    let grant = handles.open_principal(DEFAULT_NAME)?.grant::<WorkspaceFork>()?;
    Ok(handles.fork(&grant, Fork { name: name.to_owned() }).await?.id.to_string())
}

fn names(handles: &Handles) -> Vec<String> {
    handles.workspace_names().into_iter().map(|(name, _)| name.to_string()).collect()
}

#[tokio::test]
async fn a_fork_that_broke_off_is_removed_and_one_that_the_log_tells_of_stays() {
    for is_moved in [false, true] {
        for is_told in [false, true] {
            let dir = TempDir::new().unwrap();
            let path = |name: &str| dir.path().join(name);
            let handles = Handles::start(dir.path(), Home::Folder).unwrap();
            record(&handles, traces::Command::Record(vec![trace("shop")])).await.unwrap();
            handles.stop().await;
            copy(&path("system"), &path("before"));
            let handles = Handles::start(dir.path(), Home::Folder).unwrap();
            let id = forked(&handles, "copy").await.unwrap();
            handles.stop().await;
            // The state in which a kill would have left it.
            std::fs::create_dir_all(path("forking").join(&id)).unwrap();
            if !is_moved {
                let aside = path("forking").join(&id).join("workspace");
                std::fs::rename(path("workspaces").join(&id), aside).unwrap();
            }
            if !is_told {
                std::fs::remove_dir_all(path("system")).unwrap();
                std::fs::rename(path("before"), path("system")).unwrap();
            } else if !is_moved {
                // It is told of last.
                continue;
            }
            let handles = Handles::start(dir.path(), Home::Folder).unwrap();
            let expected: &[&str] = if is_told { &["copy", DEFAULT_NAME] } else { &[DEFAULT_NAME] };
            assert_eq!(names(&handles), expected, "moved {is_moved}");
            assert_eq!((entries(&path("workspaces")), entries(&path("forking"))), (expected.len(), 0));
            assert_eq!(forked(&handles, "copy").await.is_ok(), !is_told);
            handles.stop().await;
        }
    }
}

#[tokio::test]
async fn a_workspace_that_takes_no_writes_is_not_forked_and_nothing_is_left() {
    let dir = TempDir::new().unwrap();
    let handles = Handles::start(dir.path(), Home::Folder).unwrap();
    record(&handles, traces::Command::Record(vec![trace("shop")])).await.unwrap();
    handles.registry().fail_all("as a test wants it");
    let refused = forked(&handles, "copy").await.unwrap_err();
    assert!(matches!(refused, Failure::ReadOnly(_)), "{refused}");
    assert_eq!((names(&handles).len(), entries(&dir.path().join("forking"))), (1, 0));
}
