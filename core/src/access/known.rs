//! What a caller knows of a log. Whoever reads is given a cookie with the position that the log had, and whoever writes
//! loses it: the next read waits for everything and gives it anew. Was it given by the writes themselves, two that are
//! answered side by side could leave the older position behind. Pages raise it by what they were told.

use crate::ids::{Position, WorkspaceId};

/// The name of the cookie, `workspace.position`, and of the header, a position in the workspace of the request.
pub const NAME: &str = "cairn-known";

/// How the server has a client keep what it knows.
const ATTRIBUTES: &str = "Path=/; HttpOnly; SameSite=Strict";

/// What an answer changes of what its caller knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Something was written: what was known before has no worth.
    Forget,
    /// Everything was read: the position of the log is known.
    Learn,
}

/// What a request says that its caller knows; what cannot be read is not said. The header raises what the cookie has, and
/// says nothing without it: the caller has written.
pub fn said<'a>(
    header: Option<&'a [u8]>,
    cookies: impl Iterator<Item = &'a [u8]>,
    workspace: WorkspaceId,
) -> Option<Position> {
    let read = cookies.filter_map(|cookies| str::from_utf8(cookies).ok()).find_map(|cookies| {
        let value = cookies.split(';').find_map(|pair| pair.trim().strip_prefix(NAME)?.strip_prefix('='))?;
        let (named, known) = value.split_once('.')?;
        if named == workspace.to_string() { position(known.as_bytes()) } else { None }
    })?;
    Some(header.and_then(position).map_or(read, |told| told.max(read)))
}

fn position(text: &[u8]) -> Option<Position> {
    str::from_utf8(text).ok()?.parse().ok().map(Position)
}

/// What becomes of it with the answer to a request that said `known`.
pub const fn change(is_read: bool, known: Option<Position>) -> Option<Change> {
    match (is_read, known) {
        (false, _) => Some(Change::Forget),
        (true, None) => Some(Change::Learn),
        (true, Some(_)) => None,
    }
}

/// `Set-Cookie` for a caller who has seen the log up to a position.
pub fn cookie(workspace: WorkspaceId, position: Position) -> String {
    format!("{NAME}={workspace}.{position}; {ATTRIBUTES}")
}

/// `Set-Cookie` for a caller who knows nothing any more.
pub fn forgotten() -> String {
    format!("{NAME}=; {ATTRIBUTES}; Max-Age=0")
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
    fn a_client_says_what_it_knows_by_the_cookie_that_it_was_given() {
        let given = cookie(WorkspaceId::known(Uuid::from_u128(7)), Position(12));
        let (kept, _) = given.split_once(';').unwrap();
        assert_eq!(known(None, &[kept]), Some(12));
        assert_eq!(known(None, &["theme=dark", &format!("a=b; {kept}; c=d")]), Some(12));
        assert_eq!(known(Some("11"), &[kept]), Some(12));
        assert_eq!(known(Some("13"), &[kept]), Some(13));
    }

    #[test]
    fn who_has_written_knows_nothing_until_the_next_read_whatever_it_was_told() {
        let written = forgotten();
        let (kept, attributes) = written.split_once(';').unwrap();
        assert!(attributes.contains("Max-Age=0"), "{attributes}");
        for cookies in [vec![], vec![kept]] {
            assert_eq!(known(Some("13"), &cookies), None, "{cookies:?}");
        }
        let known = Some(Position(12));
        assert_eq!([change(false, None), change(false, known)], [Some(Change::Forget); 2]);
        assert_eq!([change(true, None), change(true, known)], [Some(Change::Learn), None]);
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
