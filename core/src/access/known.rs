//! What a caller knows of a log. The server hands every client a cookie with the position of what it wrote, and pages
//! say up to where they were told; their lists must have seen that, and need not wait for more than a little of what
//! others write meanwhile.

use crate::ids::{Position, WorkspaceId};

/// The name of the cookie, `workspace.position`, and of the header, a position in the workspace of the request.
pub const NAME: &str = "cairn-known";

/// What a request says that its caller knows, in its header and its cookies; what cannot be read is not said.
pub fn said<'a>(
    header: Option<&'a [u8]>,
    cookies: impl Iterator<Item = &'a [u8]>,
    workspace: WorkspaceId,
) -> Option<Position> {
    let told = header.and_then(position);
    let wrote = cookies.filter_map(|cookies| str::from_utf8(cookies).ok()).find_map(|cookies| {
        let value = cookies.split(';').find_map(|pair| pair.trim().strip_prefix(NAME)?.strip_prefix('='))?;
        let (named, known) = value.split_once('.')?;
        if named == workspace.to_string() { position(known.as_bytes()) } else { None }
    });
    told.max(wrote)
}

fn position(text: &[u8]) -> Option<Position> {
    str::from_utf8(text).ok()?.parse().ok().map(Position)
}

/// What the server answers for the client to keep, as `Set-Cookie` has it.
pub fn cookie(workspace: WorkspaceId, position: Position) -> String {
    format!("{NAME}={workspace}.{position}; Path=/; HttpOnly; SameSite=Strict")
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn known(header: Option<&str>, cookies: &[&str]) -> Option<u64> {
        let workspace = WorkspaceId::known(Uuid::from_u128(7));
        said(header.map(str::as_bytes), cookies.iter().map(|text| text.as_bytes()), workspace)
            .map(|position| position.0)
    }

    #[test]
    fn a_client_says_what_it_wrote_in_the_cookie_that_it_was_given() {
        let given = cookie(WorkspaceId::known(Uuid::from_u128(7)), Position(12));
        let (kept, _) = given.split_once(';').unwrap();
        assert_eq!(known(None, &[kept]), Some(12));
        assert_eq!(known(None, &["theme=dark", &format!("a=b; {kept}; c=d")]), Some(12));
        assert_eq!(known(Some("11"), &[kept]), Some(12));
        assert_eq!(known(Some("13"), &[kept]), Some(13));
        assert_eq!(known(Some("13"), &[]), Some(13));
    }

    #[test]
    fn what_is_of_another_workspace_or_cannot_be_read_says_nothing() {
        let elsewhere = cookie(WorkspaceId::known(Uuid::from_u128(8)), Position(12));
        let (kept, _) = elsewhere.split_once(';').unwrap();
        let nil = "cairn-known=00000000-0000-0000-0000-000000000007.";
        for cookies in
            [kept, "cairn-known", "cairn-known=12", nil, &format!("{nil}soon"), &format!("x{nil}1")]
        {
            assert_eq!(known(None, &[cookies]), None, "{cookies}");
        }
        assert_eq!(known(Some("soon"), &[]), None);
        assert_eq!(known(None, &[]), None);
    }
}
