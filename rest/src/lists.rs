//! What lists have in common: their query strings, pages, and how a project is named in a read.

use axum::response::IntoResponse;
use bytes::Bytes;
use cairn_actors::failure::Failure;
use cairn_core::access::{Grant, TraceRead};
use cairn_core::ids::{ProjectId, TraceId};
use cairn_core::limits::{PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX, PAGE_REACH_MAX, STREAM_ITEMS_DEFAULT};
use cairn_core::query::{Entity, Field, Operand, Predicate, Query, Term, opik};
use cairn_core::rejection::Rejection;
use cairn_core::time::Timestamp;
use cairn_storage::error::Error;
use cairn_storage::index::{Cursor, SortValue, Window};
use cairn_storage::reader::{Reader, Scope};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::cmp::Ordering;
use std::collections::HashSet;
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::Body;
use crate::routes::Server;
use crate::stream::{Lines, stream};
use crate::traces::output::Show;
use crate::wire;

/// The query string of a list of traces, spans or threads.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ListQuery {
    page: Option<i64>,
    size: Option<i64>,
    project_name: Option<String>,
    project_id: Option<Uuid>,
    trace_id: Option<Uuid>,
    #[serde(rename = "type")]
    kind: Option<String>,
    filters: Option<String>,
    sorting: Option<String>,
    search: Option<String>,
    truncate: Option<bool>,
    strip_attachments: Option<bool>,
    exclude: Option<String>,
    from_time: Option<String>,
    to_time: Option<String>,
    annotation_queue_id: Option<Uuid>,
}

/// The body of a stream of traces, spans or threads.
#[derive(Debug, Deserialize)]
pub(crate) struct StreamBody {
    #[serde(alias = "projectName")]
    project_name: Option<String>,
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
    #[serde(alias = "traceId")]
    trace_id: Option<Uuid>,
    #[serde(rename = "type")]
    kind: Option<String>,
    filters: Option<Box<RawValue>>,
    #[serde(alias = "lastRetrievedId")]
    last_retrieved_id: Option<Uuid>,
    /// Clients send what they call the thread's id, its name.
    #[serde(alias = "lastRetrievedThreadModelId")]
    last_retrieved_thread_model_id: Option<String>,
    limit: Option<i64>,
    truncate: Option<bool>,
    #[serde(alias = "stripAttachments")]
    strip_attachments: Option<bool>,
    #[serde(default)]
    exclude: Option<HashSet<String>>,
    #[serde(alias = "fromTime")]
    from_time: Option<String>,
    #[serde(alias = "toTime")]
    to_time: Option<String>,
}

/// The query string of a trace or span by itself.
#[derive(Debug, Deserialize)]
pub(crate) struct ReadQuery {
    strip_attachments: Option<bool>,
}

impl ReadQuery {
    pub(crate) fn show(&self) -> Show {
        Show::asked(None, self.strip_attachments, HashSet::new())
    }
}

/// A list that was asked for, ready to be read.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) entity: Entity,
    project: ProjectName,
    trace: Option<TraceId>,
    pub(crate) query: Query,
    pub(crate) window: Window,
    /// The thread behind which the list goes on.
    after_thread: Option<String>,
    pub(crate) page: usize,
    pub(crate) exclude: HashSet<String>,
}

/// A project as a read names it. Reads never create one.
#[derive(Debug)]
pub(crate) enum ProjectName {
    Id(ProjectId),
    Name(String),
}

#[derive(Serialize)]
pub(crate) struct Page<T> {
    #[serde(rename = "page")]
    pub(crate) number: usize,
    /// The number of items in this page.
    pub(crate) size: usize,
    pub(crate) total: usize,
    pub(crate) content: Vec<T>,
    pub(crate) sortable_by: &'static [&'static str],
}

impl ListQuery {
    pub(crate) fn ask(self, entity: Entity) -> Result<Asked, Rejection> {
        let (page, size) = page_and_size(self.page, self.size)?;
        let project = project(self.project_id, self.project_name)?;
        let mut conditions = vec![match &self.filters {
            Some(filters) => opik::filters(entity, filters)?,
            None => Query::All,
        }];
        conditions.extend(self.search.filter(|text| !text.is_empty()).map(|text| {
            Query::Term(Term { field: Field::Text, predicate: Predicate::Contains(text.to_lowercase()) })
        }));
        conditions.extend(kind(self.kind));
        conditions.extend(between(self.from_time.as_deref(), self.to_time.as_deref())?);
        conditions.extend(self.annotation_queue_id.filter(|_| entity != Entity::Span).map(|id| {
            let predicate = Predicate::Equals(Operand::Text(id.to_string()));
            Query::term(Field::AnnotationQueueId, predicate)
        }));
        let sort = self.sorting.map(|sorting| opik::sorting(entity, &sorting)).transpose()?.flatten();
        let exclude = match self.exclude {
            Some(text) => wire::plain(Bytes::from(text.clone()))
                .map_err(|_| Rejection::malformed(format!("Invalid exclude query parameter '{text}'")))?,
            None => HashSet::new(),
        };
        let window = Window { sort, after: None, offset: (page - 1) * size, limit: size, count: true };
        let query = Query::And(conditions).simplified();
        let trace = self.trace_id.map(TraceId::known);
        Ok(Asked { entity, project, trace, query, window, after_thread: None, page, exclude })
    }
}

impl StreamBody {
    pub(crate) fn ask(self, entity: Entity) -> Result<Asked, Rejection> {
        let limit = match self.limit {
            None => STREAM_ITEMS_DEFAULT,
            Some(limit) => {
                usize::try_from(limit).ok().filter(|limit| (1..=PAGE_ITEMS_MAX).contains(limit)).ok_or_else(
                    || Rejection::invalid(format!("limit must be between 1 and {PAGE_ITEMS_MAX}")),
                )?
            }
        };
        let project = project(self.project_id, self.project_name)?;
        let filters = self.filters.filter(|raw| raw.get() != "null");
        let mut conditions = vec![match &filters {
            Some(filters) => opik::filters(entity, filters.get())?,
            None => Query::All,
        }];
        conditions.extend(kind(self.kind));
        conditions.extend(between(self.from_time.as_deref(), self.to_time.as_deref())?);
        let after = self.last_retrieved_id.map(|id| Cursor { value: SortValue::Id, id });
        let window = Window { sort: None, after, offset: 0, limit, count: false };
        let query = Query::And(conditions).simplified();
        let exclude = self.exclude.unwrap_or_default();
        Ok(Asked {
            entity,
            project,
            trace: self.trace_id.map(TraceId::known),
            query,
            window,
            after_thread: self.last_retrieved_thread_model_id.filter(|_| entity == Entity::Thread),
            page: 1,
            exclude,
        })
    }
}

impl Asked {
    /// Where to look. An unknown project is refused.
    pub(crate) fn scope(&self, reader: &Reader) -> Result<Scope, Failure> {
        Ok(Scope { trace: self.trace, ..scope_of(self.entity, self.project.find(reader)?) })
    }

    /// The part of the list that is wanted. A thread is named by its name or else by its id; behind one that is neither
    /// there is nothing, so that no client goes round in circles.
    fn window(&self, reader: &Reader, scope: Scope) -> Result<Window, Error> {
        let window = self.window.clone();
        let (Some(name), Some(project)) = (&self.after_thread, scope.project) else { return Ok(window) };
        let id = match reader.thread_named(project, name)? {
            Some(thread) => thread.uuid(),
            None => Uuid::parse_str(name).unwrap_or_default(),
        };
        Ok(Window { after: Some(Cursor { value: SortValue::Id, id }), ..window })
    }
}

impl ProjectName {
    pub(crate) fn find(&self, reader: &Reader) -> Result<ProjectId, Failure> {
        match self {
            Self::Id(id) => existing(reader, *id),
            Self::Name(name) => {
                let missing = || Rejection::not_found(format!("Project name: {name} not found"));
                Ok(reader.project_by_name(name)?.ok_or_else(missing)?.project.id)
            }
        }
    }
}

/// The id of a project that there is.
pub(crate) fn existing(reader: &Reader, id: ProjectId) -> Result<ProjectId, Failure> {
    let found = reader.project(id)?.ok_or_else(|| Rejection::not_found("Project not found"))?;
    Ok(found.project.id)
}

pub(crate) const fn scope_of(entity: Entity, project: ProjectId) -> Scope {
    Scope { entity, project: Some(project), trace: None }
}

/// How an entity is read for a list; `None` if it went meanwhile.
pub(crate) type ReadOne<T> = fn(&Reader, Uuid, &Show) -> Result<Option<T>, Error>;

/// Answers with a page of things, as the query string asks for it.
pub(crate) async fn list<T: Serialize + Send + 'static>(
    entity: Entity,
    read: ReadOne<T>,
    server: Server,
    grant: Grant<TraceRead>,
    query: ListQuery,
) -> Answer {
    let (truncate, strip) = (query.truncate, query.strip_attachments);
    let mut asked = query.ask(entity)?;
    let show = Show::asked(truncate, strip, std::mem::take(&mut asked.exclude));
    let page = server.handles.read(&grant, move |reader| page(reader, &asked, &show, read)).await?;
    Ok(axum::Json(page).into_response())
}

/// Answers with a stream of things, as the body asks for it.
pub(crate) async fn search<T: Serialize + Send + 'static>(
    entity: Entity,
    read: ReadOne<T>,
    server: Server,
    grant: Grant<TraceRead>,
    body: Body,
) -> Answer {
    let body: StreamBody = body.read(wire::plain).await?;
    let (truncate, strip) = (body.truncate, body.strip_attachments);
    let mut asked = body.ask(entity)?;
    let show = Show::asked(truncate, strip, std::mem::take(&mut asked.exclude));
    stream(server.handles, grant, move |reader, lines| write(reader, lines, &asked, &show, read)).await
}

fn page<T>(reader: &Reader, asked: &Asked, show: &Show, read: ReadOne<T>) -> Result<Page<T>, Failure> {
    let listed = reader.list(asked.scope(reader)?, &asked.query, &asked.window)?;
    let mut content = Vec::with_capacity(listed.hits.len());
    for hit in &listed.hits {
        content.extend(read(reader, hit.id, show)?);
    }
    let total = listed.total.unwrap_or(content.len());
    let sortable_by = opik::sortable_by(asked.entity);
    Ok(Page { number: asked.page, size: content.len(), total, content, sortable_by })
}

/// Writes a list line by line, until it ends or the client goes.
fn write<T: Serialize>(
    reader: &Reader,
    lines: &mut Lines,
    asked: &Asked,
    show: &Show,
    read: ReadOne<T>,
) -> Result<(), Failure> {
    let scope = asked.scope(reader)?;
    let listed = reader.list(scope, &asked.query, &asked.window(reader, scope)?)?;
    lines.begin();
    for hit in &listed.hits {
        show.refill();
        let Some(item) = read(reader, hit.id, show)? else { continue };
        if lines.line(&item).is_err() {
            return Ok(());
        }
    }
    // A client that is gone needs no last line.
    let _ = lines.flush();
    Ok(())
}

/// Page and size, both at least 1; the size is cut to its bound.
pub(crate) fn page_and_size(page: Option<i64>, size: Option<i64>) -> Result<(usize, usize), Rejection> {
    let at_least_one = |name: &str, value: Option<i64>, default: usize| match value {
        None => Ok(default),
        Some(value) => usize::try_from(value)
            .ok()
            .filter(|value| *value >= 1)
            .ok_or_else(|| Rejection::invalid(format!("{name} must be greater than or equal to 1"))),
    };
    let page = at_least_one("page", page, 1)?;
    let size = at_least_one("size", size, PAGE_ITEMS_DEFAULT)?.min(PAGE_ITEMS_MAX);
    if page.saturating_mul(size) > PAGE_REACH_MAX {
        return Err(Rejection::invalid(format!("page × size must not exceed {PAGE_REACH_MAX}")));
    }
    Ok((page, size))
}

pub(crate) fn project(id: Option<Uuid>, name: Option<String>) -> Result<ProjectName, Rejection> {
    match (id, name.filter(|name| !name.trim().is_empty())) {
        (Some(id), _) => Ok(ProjectName::Id(ProjectId::known(id))),
        (None, Some(name)) => Ok(ProjectName::Name(name)),
        (None, None) => {
            Err(Rejection::malformed("Either 'project_name' or 'project_id' query params must be provided"))
        }
    }
}

fn kind(kind: Option<String>) -> Option<Query> {
    kind.map(|kind| {
        Query::Term(Term { field: Field::Type, predicate: Predicate::Equals(Operand::Text(kind)) })
    })
}

/// How a list that is put in order here is wanted.
#[derive(Deserialize)]
pub(crate) struct Sorting {
    pub(crate) field: String,
    direction: Option<String>,
}

impl Sorting {
    /// The order of two things, given that of their fields. Sorted stably, equals stay newest first.
    pub(crate) fn apply(&self, order: Ordering) -> Ordering {
        if self.is_ascending() { order } else { order.reverse() }
    }

    pub(crate) fn is_ascending(&self) -> bool {
        self.direction.as_deref().is_some_and(|direction| direction.eq_ignore_ascii_case("asc"))
    }
}

/// Only the first sorting counts, and only if the list can be sorted by it.
pub(crate) fn read_sorting(
    text: &str,
    is_sortable: impl Fn(&str) -> bool,
) -> Result<Option<Sorting>, Rejection> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let sorting: Vec<Sorting> = serde_json::from_str(text)
        .map_err(|_| Rejection::malformed(format!("Invalid sorting query parameter '{text}'")))?;
    Ok(sorting.into_iter().next().filter(|sorting| is_sortable(&sorting.field)))
}

/// Bounds on the time within ids: the first of a millisecond to the last of one.
pub(crate) fn between(from: Option<&str>, to: Option<&str>) -> Result<Vec<Query>, Rejection> {
    let read = |name: &str, text: Option<&str>| {
        let malformed = || Rejection::malformed(format!("Invalid '{name}': it must be an ISO 8601 instant"));
        text.map(|text| Timestamp::parse(text).ok_or_else(malformed)).transpose()
    };
    let (from, to) = (read("from_time", from)?, read("to_time", to)?);
    if let (Some(from), Some(to)) = (from, to)
        && from >= to
    {
        return Err(Rejection::malformed("Parameter 'from_time' must be before 'to_time'"));
    }
    Ok(Query::within(from, to))
}
