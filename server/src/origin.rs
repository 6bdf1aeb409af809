//! Guards a server without sign-in from web pages of others: a browser on this machine would carry their requests.
//! Clients that are no browser send no `Origin`, and name the server by its address.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Whether names other than this machine's may be used to reach the server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guard {
    pub(crate) any_host: bool,
}

pub(crate) async fn check(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    match guard.refuses(request.headers()) {
        Some(why) => (StatusCode::FORBIDDEN, axum::Json(serde_json::json!({ "code": 403, "message": why })))
            .into_response(),
        None => next.run(request).await,
    }
}

impl Guard {
    fn refuses(self, headers: &HeaderMap) -> Option<&'static str> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let host = text(header::HOST).unwrap_or("localhost");
        if !self.any_host && !is_this_machine(host) {
            return Some("the server answers to names of this machine only, such as `localhost`");
        }
        let origin = headers.get(header::ORIGIN)?;
        let of_origin = origin.to_str().ok().and_then(|origin| origin.parse::<Uri>().ok());
        let authority = of_origin.as_ref().and_then(Uri::authority).map(axum::http::uri::Authority::as_str);
        let same = authority
            .is_some_and(|authority| authority == host || (!self.any_host && is_this_machine(authority)));
        (!same).then_some("the page that asks is not of this server")
    }
}

fn is_this_machine(authority: &str) -> bool {
    let name = match authority.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => authority,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refuses(any_host: bool, host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        Guard { any_host }.refuses(&headers).is_some()
    }

    #[test]
    fn this_machine_is_known_by_all_its_names() {
        for host in ["localhost:5173", "127.0.0.1:5173", "[::1]:5173", "localhost", "127.0.0.2"] {
            assert!(!refuses(false, host, None), "{host}");
        }
        for host in ["example.org", "10.0.0.1:5173", "127.0.0.1.example.org", "localhost.example.org:80"] {
            assert!(refuses(false, host, None), "{host}");
        }
    }

    #[test]
    fn pages_of_this_machine_and_of_the_server_itself_may_ask() {
        assert!(!refuses(false, "127.0.0.1:5173", Some("http://localhost:3000")));
        assert!(!refuses(true, "cairn.example", Some("https://cairn.example")));
        assert!(refuses(true, "cairn.example", Some("http://localhost:3000")));
        for origin in ["https://evil.example", "null", "file://"] {
            assert!(refuses(false, "127.0.0.1:5173", Some(origin)), "{origin}");
        }
    }
}
