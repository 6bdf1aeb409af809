//! Changing a store for its successor while people read and follow.

use super::*;

#[tokio::test]
async fn a_store_is_not_changed_under_somebody_who_reads_and_serves_meanwhile() {
    let dir = TempDir::new().unwrap();
    let handles = Handles::start(dir.path(), Home::Folder).unwrap();
    record(&handles, traces::Command::Record(vec![trace("shop")])).await.unwrap();
    let grant = handles.open_principal(DEFAULT_NAME).unwrap().grant::<ProjectRead>().unwrap();
    let (begun, has_begun) = oneshot::channel();
    let (end, ends) = sync_channel::<()>(0);
    let reading = {
        let (handles, grant) = (handles.clone(), grant.clone());
        let slow = move |_: &cairn_storage::reader::Reader| {
            begun.send(()).unwrap();
            ends.recv().unwrap();
            Ok(())
        };
        tokio::spawn(async move { handles.read_at_length(&grant, slow).await })
    };
    has_begun.await.unwrap();
    assert!(!handles.registry().renew(DEFAULT_ID).await.unwrap(), "somebody reads");
    assert_eq!(project_names(&handles).await, ["shop"]);
    let written = record(&handles, traces::Command::Record(vec![trace("office")])).await.unwrap();
    end.send(()).unwrap();
    reading.await.unwrap().unwrap();

    // Who follows keeps nobody from it, and is told that it must follow anew.
    let mut head = handles.head(&grant).await.unwrap();
    let following = tokio::spawn(async move { head.beyond(written).await });
    assert!(handles.registry().renew(DEFAULT_ID).await.unwrap());
    assert_eq!(following.await.unwrap(), None);
    assert_eq!(project_names(&handles).await.len(), 2);
    record(&handles, traces::Command::Record(vec![trace("garden")])).await.unwrap();
    assert_eq!(project_names(&handles).await.len(), 3);
}
