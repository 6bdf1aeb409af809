//! Inputs, outputs and metadata: read only when they are selected, all of a page together, each event once.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use async_graphql::Context;
use async_graphql::dataloader::Loader;
use cairn_actors::failure::Failure;
use cairn_core::access::TraceRead;
use cairn_core::event::{Event, Recorded};
use cairn_core::ids::Position;
use cairn_core::json::Json;
use cairn_core::limits::{GRAPHQL_BODIES_BYTES_MAX, GRAPHQL_PATHS_MAX, PREVIEW_CHARS_MAX};
use cairn_core::merge::BodyRef;
use cairn_core::query::{Entity, Field, JsonPath};
use cairn_core::rejection::{Rejection, RejectionKind};
use cairn_core::{spans, traces};
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use cairn_storage::view::Part;

use crate::error::{Problem, Result};
use crate::preview::{preview, preview_of};
use crate::scalars::JsonText;
use crate::session::{Session, loader};

#[derive(Clone, Copy)]
pub(crate) struct BodyKey {
    part: Part,
    body: BodyRef,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PreviewKey {
    body: BodyKey,
    chars: usize,
}

/// One place within a body.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct PlaceKey {
    body: BodyKey,
    path: JsonPath,
}

/// An event has each part once.
impl PartialEq for BodyKey {
    fn eq(&self, other: &Self) -> bool {
        (self.part, self.body.position) == (other.part, other.body.position)
    }
}

impl Eq for BodyKey {}

impl Hash for BodyKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.part, self.body.position).hash(state);
    }
}

pub(crate) async fn whole(
    context: &Context<'_>,
    part: Part,
    body: Option<BodyRef>,
) -> Result<Option<JsonText>> {
    let Some(body) = body else { return Ok(None) };
    let json = loader(context)?.load_one(BodyKey { part, body }).await?;
    Ok(json.filter(|json| !json.is_null()).map(JsonText))
}

pub(crate) async fn previewed(
    context: &Context<'_>,
    part: Part,
    body: Option<BodyRef>,
    chars: Option<i32>,
) -> Result<Option<String>> {
    const CHARS_FOR_NULL: i32 = 200;
    let chars =
        usize::try_from(chars.unwrap_or(CHARS_FOR_NULL)).ok().filter(|chars| *chars <= PREVIEW_CHARS_MAX);
    let Some(chars) = chars else {
        return Err(Problem::invalid(format!("`chars` must be between 0 and {PREVIEW_CHARS_MAX}")));
    };
    let Some(body) = body else { return Ok(None) };
    let text = loader(context)?.load_one(PreviewKey { body: BodyKey { part, body }, chars }).await?;
    Ok(text.map(|text| text.as_ref().to_owned()))
}

/// What stands at paths such as `metadata.user.plan`: texts as they are, anything else as JSON. `bodies` are the input,
/// the output and the metadata.
pub(crate) async fn at_paths(
    context: &Context<'_>,
    entity: Entity,
    bodies: [Option<BodyRef>; 3],
    paths: Vec<String>,
) -> Result<Vec<Option<String>>> {
    if paths.len() > GRAPHQL_PATHS_MAX {
        return Err(Problem::invalid(format!("`paths` must not be more than {GRAPHQL_PATHS_MAX}")));
    }
    let [input, output, metadata] = bodies;
    let places = paths.iter().map(|name| {
        let (part, body, path) = match Field::parse(entity, name)? {
            Field::InputPath(path) => (Part::Input, input, path),
            Field::OutputPath(path) => (Part::Output, output, path),
            Field::MetadataPath(path) => (Part::Metadata, metadata, path),
            _ => return Err(Problem::invalid(format!("`{name}` is not a path, try `metadata.{name}`"))),
        };
        Ok(body.map(|body| PlaceKey { body: BodyKey { part, body }, path }))
    });
    let places = places.collect::<Result<Vec<_>>>()?;
    let found = loader(context)?.load_many(places.iter().flatten().cloned()).await?;
    let text = |place: Option<PlaceKey>| found.get(&place?).map(|text| text.as_ref().to_owned());
    Ok(places.into_iter().map(text).collect())
}

impl Loader<BodyKey> for Session {
    type Value = Json;
    type Error = Failure;

    async fn load(&self, keys: &[BodyKey]) -> std::result::Result<HashMap<BodyKey, Json>, Failure> {
        let bytes: u64 = keys.iter().map(|key| u64::from(key.body.bytes)).sum();
        if bytes > GRAPHQL_BODIES_BYTES_MAX && keys.len() > 1 {
            return Err(too_large(bytes).into());
        }
        let keys = keys.to_vec();
        self.read::<TraceRead, _>(move |reader| Ok(each(reader, keys, |key| *key, |_, json| Some(json))?))
            .await
    }
}

/// Bodies are let go as soon as they are cut, so that a page of previews never holds them all.
impl Loader<PreviewKey> for Session {
    type Value = Arc<str>;
    type Error = Failure;

    async fn load(&self, keys: &[PreviewKey]) -> std::result::Result<HashMap<PreviewKey, Arc<str>>, Failure> {
        let keys = keys.to_vec();
        self.read::<TraceRead, _>(move |reader| {
            let cut = |key: &PreviewKey, json: Json| preview(&json, key.chars).map(Arc::from);
            Ok(each(reader, keys, |key| key.body, cut)?)
        })
        .await
    }
}

impl Loader<PlaceKey> for Session {
    type Value = Arc<str>;
    type Error = Failure;

    async fn load(&self, keys: &[PlaceKey]) -> std::result::Result<HashMap<PlaceKey, Arc<str>>, Failure> {
        let keys = keys.to_vec();
        self.read::<TraceRead, _>(move |reader| {
            let look_up = |key: &PlaceKey, json: Json| {
                let whole = json.value().ok()?;
                preview_of(key.path.lookup(&whole)?).map(Arc::from)
            };
            Ok(each(reader, keys, |key| key.body, look_up)?)
        })
        .await
    }
}

/// Walks the keys by position, so that what lies together in the log is read together.
fn each<Key: Eq + Hash, Value>(
    reader: &Reader,
    mut keys: Vec<Key>,
    body: impl Fn(&Key) -> BodyKey,
    make: impl Fn(&Key, Json) -> Option<Value>,
) -> std::result::Result<HashMap<Key, Value>, Error> {
    keys.sort_unstable_by_key(|key| body(key).body.position);
    let mut read = Vec::new();
    let mut values = HashMap::with_capacity(keys.len());
    for key in keys {
        let BodyKey { part, body } = body(&key);
        let json = event(reader, &mut read, body.position)?.and_then(|event| part_of(event, part));
        values.extend(json.and_then(|json| make(&key, json)).map(|value| (key, value)));
    }
    Ok(values)
}

/// The event at a position, out of those that were read last or out of the log. `None` if it was erased.
fn event<'a>(
    reader: &Reader,
    read: &'a mut Vec<Recorded<Event>>,
    at: Position,
) -> std::result::Result<Option<&'a Event>, Error> {
    if !read.iter().any(|recorded| recorded.position == at) {
        // Gives the rest of the block, in which the next position often lies.
        *read = reader.events_after(Position(at.0.saturating_sub(1)), 1)?;
    }
    Ok(read.iter().find(|recorded| recorded.position == at).map(|recorded| &recorded.event))
}

fn part_of(event: &Event, part: Part) -> Option<Json> {
    let [input, output, metadata] = match event {
        Event::Traces(traces::Event::Recorded(row)) => bodies_of_trace(&row.fields),
        Event::Traces(traces::Event::Patched(patch)) => bodies_of_trace(&patch.fields),
        Event::Spans(spans::Event::Recorded(row)) => bodies_of_span(&row.fields),
        Event::Spans(spans::Event::Patched(patch)) => bodies_of_span(&patch.fields),
        Event::Traces(traces::Event::Deleted { .. })
        | Event::Spans(spans::Event::Deleted { .. })
        | Event::Workspaces(_)
        | Event::Projects(_)
        | Event::Definitions(_)
        | Event::Environments(_)
        | Event::Prices(_)
        | Event::Threads(_)
        | Event::Prompts(_)
        | Event::Insights(_)
        | Event::Runners(_)
        | Event::Agents(_)
        | Event::History(_)
        | Event::Erasures(_)
        | Event::Retention(_)
        | Event::Derived(_)
        | Event::Feedback(_)
        | Event::Comments(_)
        | Event::Guardrails(_)
        | Event::Otel(_)
        | Event::Attachments(_)
        | Event::Datasets(_)
        | Event::Experiments(_)
        | Event::Annotations(_)
        | Event::Alerts(_)
        | Event::Dashboards(_)
        | Event::Optimizations(_) => [None, None, None],
    };
    match part {
        Part::Input => input,
        Part::Output => output,
        Part::Metadata => metadata,
    }
    .cloned()
}

const fn bodies_of_trace(fields: &traces::Fields<Json>) -> [Option<&Json>; 3] {
    [fields.input.as_ref(), fields.output.as_ref(), fields.metadata.as_ref()]
}

const fn bodies_of_span(fields: &spans::Fields<Json>) -> [Option<&Json>; 3] {
    [fields.input.as_ref(), fields.output.as_ref(), fields.metadata.as_ref()]
}

pub(crate) fn too_large(bytes: u64) -> Rejection {
    let (has, most) = (bytes >> 20, GRAPHQL_BODIES_BYTES_MAX >> 20);
    let message =
        format!("the bodies of this page have {has} MiB together, an answer takes {most} MiB at most");
    Rejection::new(RejectionKind::TooLarge, message).hint("ask for fewer items, or for previews")
}
