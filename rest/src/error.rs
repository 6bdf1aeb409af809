//! Refusals and faults as responses, in the two shapes that clients know.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cairn_actors::failure::Failure;
use cairn_core::limits::OVERLOAD_RETRY_SECONDS;
use cairn_core::rejection::{Rejection, RejectionKind};
use serde_json::json;

/// What every handler may end with.
#[derive(Debug)]
pub struct Refused(pub Failure);

pub type Answer<T = Response> = Result<T, Refused>;

impl<E: Into<Failure>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self.0 {
            Failure::Refused(rejection) => refusal(&rejection),
            fault @ (Failure::Fault(_) | Failure::Damaged { .. }) => {
                framework(StatusCode::INTERNAL_SERVER_ERROR, &fault.to_string(), None)
            }
            stopped @ Failure::ReadOnly(_) => {
                retry_later(framework(StatusCode::SERVICE_UNAVAILABLE, &stopped.to_string(), None))
            }
        }
    }
}

pub(crate) const fn status(kind: RejectionKind) -> StatusCode {
    match kind {
        RejectionKind::Malformed => StatusCode::BAD_REQUEST,
        RejectionKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        RejectionKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        RejectionKind::Forbidden => StatusCode::FORBIDDEN,
        RejectionKind::NotFound => StatusCode::NOT_FOUND,
        RejectionKind::Conflict => StatusCode::CONFLICT,
        RejectionKind::Gone => StatusCode::GONE,
        RejectionKind::TimedOut => StatusCode::REQUEST_TIMEOUT,
        RejectionKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        RejectionKind::Overloaded | RejectionKind::NotReady => StatusCode::TOO_MANY_REQUESTS,
    }
}

pub(crate) fn refusal(rejection: &Rejection) -> Response {
    let status = status(rejection.kind);
    match rejection.kind {
        RejectionKind::Invalid | RejectionKind::Conflict => {
            (status, axum::Json(json!({ "errors": [rejection.to_string()] }))).into_response()
        }
        RejectionKind::Overloaded | RejectionKind::NotReady => {
            retry_later(framework(status, &rejection.message, rejection.hint.as_deref()))
        }
        RejectionKind::Malformed
        | RejectionKind::Unauthenticated
        | RejectionKind::Forbidden
        | RejectionKind::NotFound
        | RejectionKind::Gone
        | RejectionKind::TimedOut
        | RejectionKind::TooLarge => framework(status, &rejection.message, rejection.hint.as_deref()),
    }
}

/// `{"code", "message", "details"?}`.
pub(crate) fn framework(status: StatusCode, message: &str, details: Option<&str>) -> Response {
    let mut body = json!({ "code": status.as_u16(), "message": message });
    if let (Some(details), Some(body)) = (details, body.as_object_mut()) {
        body.insert("details".to_owned(), details.into());
    }
    (status, axum::Json(body)).into_response()
}

/// Clients drop what they sent unless they are told a whole number of seconds.
fn retry_later(mut response: Response) -> Response {
    let seconds = HeaderValue::from(OVERLOAD_RETRY_SECONDS);
    response.headers_mut().insert("RateLimit-Reset", seconds.clone());
    response.headers_mut().insert(header::RETRY_AFTER, seconds);
    response
}
