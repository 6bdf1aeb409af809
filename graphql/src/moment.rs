//! Earlier moments that a request asks about: every query works within `asOf` as it works now. The field that names a
//! moment leaves a session of its own behind, and what lies below that field finds it by its place in the answer.

use std::sync::OnceLock;

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Object, QueryPathSegment};
use cairn_core::access::AuditRead;
use cairn_core::ids;
use cairn_core::limits::AS_OF_PER_REQUEST_MAX;
use cairn_core::time;

use crate::error::{Problem, Result};
use crate::scalars::{Position, Timestamp};
use crate::schema::Query;
use crate::session::{Session, session};

/// Moments of one request, each under the name that its field has in the answer.
#[derive(Default)]
pub(crate) struct Moments([OnceLock<(String, DataLoader<Session>)>; AS_OF_PER_REQUEST_MAX]);

impl Moments {
    /// The session of the moment within which a field lies, if it lies within one.
    pub(crate) fn around<'a>(context: &'a Context<'_>) -> Option<&'a DataLoader<Session>> {
        let moments: &Self = context.data_opt()?;
        let root = root(context)?;
        let known = moments.0.iter().filter_map(OnceLock::get);
        known.filter(|(name, _)| *name == root).map(|(_, session)| session).next()
    }

    fn enter(&self, name: &str, session: Session) -> Result<()> {
        let mut entry = (name.to_owned(), session.loader());
        for slot in &self.0 {
            match slot.set(entry) {
                Ok(()) => return Ok(()),
                Err(back) => entry = back,
            }
        }
        Err(Problem::invalid(format!("a request asks about at most {AS_OF_PER_REQUEST_MAX} moments")))
    }
}

/// The name in the answer of the outermost field.
fn root<'a>(context: &'a Context<'_>) -> Option<&'a str> {
    let mut node = context.path_node.as_ref()?;
    while let Some(parent) = node.parent {
        node = parent;
    }
    match node.segment {
        QueryPathSegment::Name(name) => Some(name),
        QueryPathSegment::Index(_) => None,
    }
}

#[derive(Default)]
pub(crate) struct MomentQueries;

#[Object]
impl MomentQueries {
    /// The workspace as it was after the event at a position, or at a time: everything within is answered from the log
    /// up to there. Times in filters such as `-1h` are counted from then.
    #[graphql(complexity = "1000 + child_complexity")]
    async fn as_of(
        &self,
        context: &Context<'_>,
        position: Option<Position>,
        time: Option<Timestamp>,
    ) -> Result<Query> {
        let session = session(context)?;
        let (at, time) = moment(session, position, time).await?;
        let past = session.as_of(at, time);
        // What cannot be shown is refused here, once.
        past.read::<AuditRead, _>(|reader| Ok(reader.position())).await?;
        let missing = || Problem::invalid("`asOf` belongs at the top of a query");
        let moments: &Moments = context.data_opt().ok_or_else(missing)?;
        if session.is_past() {
            return Err(missing());
        }
        moments.enter(root(context).ok_or_else(missing)?, past)?;
        Ok(Query::default())
    }
}

/// The position and the time of a moment that is named by one of them.
pub(crate) async fn moment(
    session: &Session,
    position: Option<Position>,
    time: Option<Timestamp>,
) -> Result<(ids::Position, time::Timestamp)> {
    match (position, time) {
        (Some(Position(at)), None) => {
            let record = session.read::<AuditRead, _>(move |reader| Ok(reader.record(at)?)).await?;
            Ok((at, record.map_or_else(|| session.now(), |record| record.time)))
        }
        (None, Some(Timestamp(time))) => {
            let after = time::Timestamp::from_nanos(time.as_nanos().saturating_add(1));
            let next = session.read::<AuditRead, _>(move |reader| Ok(reader.first_at(after)?)).await?;
            Ok((ids::Position(next.0.saturating_sub(1)), time))
        }
        _ => Err(Problem::invalid("name either a `position` or a `time`")),
    }
}
