//! Comments: what people write beside a trace, a span or a thread. Others may read them; who may change them is decided
//! here.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::{CommentModerate, CommentWrite, Needs};
use crate::command::{Context, check_batch, check_text};
use crate::event::Recorded;
use crate::feedback::{Target, TargetKind};
use crate::ids::{CommentId, ProjectId};
use crate::limits::{COMMENT_CHARS_MAX, COMMENTS_MAX};
use crate::rejection::{Rejection, RejectionKind};
use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Add(Add),
    /// Only the author may.
    Edit {
        kind: Option<TargetKind>,
        id: CommentId,
        text: String,
    },
    /// Only one's own.
    Delete(Delete),
}

impl Needs for Command {
    type Permission = CommentWrite;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Add {
    pub target: Target,
    pub text: String,
    /// The queue that asked for it.
    pub queue_id: Option<Uuid>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delete {
    /// Comments on other kinds of things are left alone.
    pub kind: Option<TargetKind>,
    pub ids: Vec<CommentId>,
}

/// Deletes whoever's comments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moderate(pub Delete);

impl Needs for Moderate {
    type Permission = CommentModerate;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Added { id: CommentId, target: Target, project_id: ProjectId, text: String, queue_id: Option<Uuid> },
    Edited { id: CommentId, target: Target, text: String },
    Deleted { id: CommentId, target: Target },
}

impl Event {
    pub const fn id(&self) -> CommentId {
        match self {
            Self::Added { id, .. } | Self::Edited { id, .. } | Self::Deleted { id, .. } => *id,
        }
    }

    pub const fn target(&self) -> Target {
        match self {
            Self::Added { target, .. } | Self::Edited { target, .. } | Self::Deleted { target, .. } => {
                *target
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    pub id: CommentId,
    pub text: String,
    pub queue_id: Option<Uuid>,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

/// A comment in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    pub target: Target,
    pub comment: Comment,
}

impl Command {
    pub fn check(&self) -> Result<(), Rejection> {
        match self {
            Self::Add(add) => check_words(&add.text),
            Self::Edit { text, .. } => check_words(text),
            Self::Delete(delete) => delete.check(),
        }
    }
}

impl Delete {
    pub fn check(&self) -> Result<(), Rejection> {
        check_batch("ids", self.ids.len())
    }

    /// Refused as a whole if one of them is somebody else's.
    pub fn decide(&self, found: &[Placed], principal: &str) -> Result<Vec<Event>, Rejection> {
        let mut met = found.iter().filter(|placed| placed.is_of(self.kind));
        met.try_for_each(|placed| placed.check_author(principal))?;
        Ok(self.all(found))
    }

    fn all(&self, found: &[Placed]) -> Vec<Event> {
        let wanted = found.iter().filter(|placed| placed.is_of(self.kind));
        wanted.map(|placed| Event::Deleted { id: placed.comment.id, target: placed.target }).collect()
    }
}

impl Moderate {
    pub fn decide(&self, found: &[Placed]) -> Vec<Event> {
        self.0.all(found)
    }
}

impl Add {
    /// `known` are the comments that are there already.
    pub fn decide(
        self,
        project_id: ProjectId,
        known: &[Comment],
        context: &mut Context,
    ) -> Result<Event, Rejection> {
        if known.len() >= COMMENTS_MAX {
            return Err(Rejection::conflict(format!("there are {COMMENTS_MAX} comments on this already")));
        }
        let id = CommentId::known(context.fresh_id());
        Ok(Event::Added { id, target: self.target, project_id, text: self.text, queue_id: self.queue_id })
    }
}

impl Placed {
    pub fn edit(&self, kind: Option<TargetKind>, text: String, principal: &str) -> Result<Event, Rejection> {
        if !self.is_of(kind) {
            return Err(missing());
        }
        self.check_author(principal)?;
        Ok(Event::Edited { id: self.comment.id, target: self.target, text })
    }

    fn is_of(&self, kind: Option<TargetKind>) -> bool {
        kind.is_none_or(|kind| kind == self.target.kind())
    }

    fn check_author(&self, principal: &str) -> Result<(), Rejection> {
        let author = &self.comment.created_by;
        if author == principal {
            return Ok(());
        }
        let message = format!("the comment `{}` was written by `{author}`", self.comment.id);
        Err(Rejection::new(RejectionKind::Forbidden, message).hint("only its author may change it"))
    }
}

pub fn missing() -> Rejection {
    Rejection::not_found("Comment not found")
}

fn check_words(text: &str) -> Result<(), Rejection> {
    if text.trim().is_empty() {
        return Err(Rejection::invalid("text must not be blank"));
    }
    check_text("", "text", Some(text), COMMENT_CHARS_MAX)
}

/// What an event makes of the comments on its target, oldest first.
pub fn evolve(comments: &mut Vec<Comment>, event: &Recorded<Event>) {
    match &event.event {
        Event::Added { id, text, queue_id, .. } => comments.push(Comment {
            id: *id,
            text: text.clone(),
            queue_id: *queue_id,
            created_at: event.time,
            created_by: event.principal.to_string(),
            last_updated_at: event.time,
            last_updated_by: event.principal.to_string(),
        }),
        Event::Edited { id, text, .. } => {
            if let Some(comment) = comments.iter_mut().find(|comment| comment.id == *id) {
                comment.text.clone_from(text);
                comment.last_updated_at = event.time;
                comment.last_updated_by = event.principal.to_string();
            }
        }
        Event::Deleted { id, .. } => comments.retain(|comment| comment.id != *id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::tests::context;
    use crate::ids::TraceId;
    use expect_test::{Expect, expect};

    fn placed(number: u128, author: &str) -> Placed {
        let comment = Comment {
            id: CommentId::known(Uuid::from_u128(number)),
            text: "hm".to_owned(),
            queue_id: None,
            created_at: Timestamp::EPOCH,
            created_by: author.to_owned(),
            last_updated_at: Timestamp::EPOCH,
            last_updated_by: author.to_owned(),
        };
        Placed { target: Target::Trace(TraceId::known(Uuid::nil())), comment }
    }

    fn check<T: std::fmt::Debug>(said: Result<T, Rejection>, then: Expect) {
        then.assert_eq(&match said {
            Ok(events) => format!("{events:?}"),
            Err(refusal) => refusal.to_string(),
        });
    }

    #[test]
    fn nobody_changes_the_comment_of_somebody_else() {
        check(
            placed(1, "bob").edit(None, "mine now".to_owned(), "ann"),
            expect![
                "the comment `00000000-0000-0000-0000-000000000001` was written by `bob`: only its author may change it"
            ],
        );
        assert!(placed(1, "ann").edit(None, "better".to_owned(), "ann").is_ok());
    }

    #[test]
    fn a_batch_with_the_comment_of_somebody_else_deletes_nothing_unless_by_a_moderator() {
        let found = [placed(1, "ann"), placed(2, "bob")];
        let delete = Delete { kind: None, ids: found.iter().map(|placed| placed.comment.id).collect() };
        check(
            delete.decide(&found, "ann"),
            expect![
                "the comment `00000000-0000-0000-0000-000000000002` was written by `bob`: only its author may change it"
            ],
        );
        assert_eq!(Moderate(delete).decide(&found).len(), 2);
    }

    #[test]
    fn comments_on_other_kinds_of_things_are_not_met() {
        let found = [placed(1, "ann")];
        check(
            placed(1, "ann").edit(Some(TargetKind::Span), "better".to_owned(), "ann"),
            expect!["Comment not found"],
        );
        let delete = Delete { kind: Some(TargetKind::Span), ids: vec![found[0].comment.id] };
        assert_eq!(delete.decide(&found, "ann"), Ok(Vec::new()));
    }

    #[test]
    fn there_is_an_end_to_comments() {
        let known = vec![placed(1, "ann").comment; COMMENTS_MAX];
        let add = Add { target: placed(1, "ann").target, text: "more".to_owned(), queue_id: None };
        check(
            add.decide(ProjectId::known(Uuid::nil()), &known, &mut context()),
            expect!["there are 1000 comments on this already"],
        );
    }

    #[test]
    fn a_comment_says_something() {
        let edit = Command::Edit { kind: None, id: CommentId::known(Uuid::nil()), text: " \n".to_owned() };
        check(edit.check(), expect!["text must not be blank"]);
    }
}
