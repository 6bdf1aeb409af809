//! Both faces over a store of their own, asked without a socket.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use cairn_actors::handles::Handles;
use cairn_rest::routes::{Server, router};
use cairn_storage::attachments::contents::Home;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt;

const ANSWER_BYTES_MAX: usize = 64 << 20;

pub struct Face {
    app: Router,
    runtime: Runtime,
    _folder: TempDir,
}

impl Default for Face {
    fn default() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let runtime = Runtime::new().expect("a runtime");
        let handles = {
            let _within = runtime.enter();
            Handles::start(folder.path(), Home::Folder).expect("a new store")
        };
        let app = cairn_graphql::router(handles.clone()).merge(router(Server { handles }));
        Self { app, runtime, _folder: folder }
    }
}

impl Face {
    /// The status and the body of an answer. A handler that panics panics here.
    pub(crate) fn ask(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let request = Request::builder().method(method).uri(path).header("content-type", kind);
        let request = request.body(Body::from(body.to_vec())).expect("a request");
        self.runtime.block_on(async {
            let Ok(answer) = self.app.clone().oneshot(request).await;
            let status = answer.status().as_u16();
            let body = to_bytes(answer.into_body(), ANSWER_BYTES_MAX).await.expect("a whole answer");
            (status, body.to_vec())
        })
    }
}
