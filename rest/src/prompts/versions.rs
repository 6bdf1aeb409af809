//! Versions of prompts over REST: making, finding, listing, tagging and placing them.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use cairn_actors::failure::Failure;
use cairn_core::access::{Grant, PromptRead, PromptWrite};
use cairn_core::command::{Outcome, check_batch};
use cairn_core::ids::{PromptId, PromptVersionId};
use cairn_core::prompts::state::Version;
use cairn_core::prompts::view::VERSIONS;
use cairn_core::prompts::{Command, Selector, not_found, version_not_found};
use cairn_core::query::catalogue;
use cairn_core::rejection::Rejection;
use cairn_storage::reader::Reader;
use serde::Deserialize;
use uuid::Uuid;

use super::wire::{NewVersionIn, VersionOut};
use crate::error::Answer;
use crate::extract::{Body, Granted, Id, Query};
use crate::lists::{Page, page_and_size};
use crate::routes::Server;
use crate::wire::{Ids, parse, plain, tags};

#[derive(Deserialize)]
pub(crate) struct ListQuery {
    page: Option<i64>,
    size: Option<i64>,
    search: Option<String>,
    filters: Option<String>,
    sorting: Option<String>,
}

#[derive(Deserialize)]
struct Retrieve {
    name: Option<String>,
    commit: Option<String>,
    environment: Option<String>,
    #[serde(alias = "versionNumber")]
    version_number: Option<String>,
    #[serde(alias = "projectName")]
    project_name: Option<String>,
}

#[derive(Deserialize)]
struct BatchUpdate {
    ids: Vec<Uuid>,
    update: Option<TagsIn>,
    #[serde(alias = "mergeTags")]
    merge_tags: Option<bool>,
}

#[derive(Deserialize)]
struct TagsIn {
    tags: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct EnvironmentsIn {
    environments: Option<Vec<String>>,
}

pub(crate) async fn create(
    State(server): State<Server>,
    Granted(grant): Granted<PromptWrite>,
    Granted(reading): Granted<PromptRead>,
    body: Body,
) -> Answer {
    let read = |body| parse(body, |body| Ok(serde_json::from_slice::<NewVersionIn<'_>>(body)?.create(body)));
    let command = Command::CreateVersion(Box::new(body.read(read).await?));
    let outcome = server.handles.execute(&grant, command).await?;
    made(&server, &reading, &outcome).await
}

pub(crate) async fn restore(
    State(server): State<Server>,
    Granted(grant): Granted<PromptWrite>,
    Granted(reading): Granted<PromptRead>,
    Path((prompt, version)): Path<(String, String)>,
) -> Answer {
    let id = |text: &str| Uuid::parse_str(text).map_err(|_| Rejection::not_found("HTTP 404 Not Found"));
    let command = Command::Restore {
        prompt_id: PromptId::known(id(&prompt)?),
        id: PromptVersionId::known(id(&version)?),
    };
    let outcome = server.handles.execute(&grant, command).await?;
    made(&server, &reading, &outcome).await
}

/// The version that a command just made.
async fn made(server: &Server, grant: &Grant<PromptRead>, outcome: &Outcome) -> Answer {
    let id = PromptVersionId::known(outcome.created.unwrap_or_default());
    show(server, grant, move |reader| Ok(reader.prompt_version(id)?)).await
}

async fn show(
    server: &Server,
    grant: &Grant<PromptRead>,
    find: impl FnOnce(&Reader) -> Result<Option<Version>, Failure> + Send + 'static,
) -> Answer {
    let read = server.handles.read(grant, |reader| {
        let version = find(reader)?.ok_or_else(version_not_found)?;
        let detailed = reader.detail_prompt_versions(vec![version])?;
        Ok(detailed.into_iter().next().ok_or_else(not_found)?)
    });
    Ok(Json(VersionOut::with_variables(read.await?)).into_response())
}

pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<PromptRead>,
    Id(id): Id,
) -> Answer {
    show(&server, &grant, move |reader| Ok(reader.prompt_version(PromptVersionId::known(id))?)).await
}

pub(crate) async fn read_by_number(
    State(server): State<Server>,
    Granted(grant): Granted<PromptRead>,
    Path((prompt, number)): Path<(String, String)>,
) -> Answer {
    let id = Uuid::parse_str(&prompt).map_err(|_| Rejection::not_found("HTTP 404 Not Found"))?;
    let malformed = || Rejection::malformed(format!("`{number}` is not a version number such as `v3`"));
    let number = Selector::parse_number(&number).ok_or_else(malformed)?;
    show(&server, &grant, move |reader| {
        let prompt = reader.prompt(PromptId::known(id))?.ok_or_else(not_found)?;
        Ok(reader.select_prompt_version(&prompt, &Selector::Number(number))?)
    })
    .await
}

/// A version by the name of its prompt, which is looked for in the project first and then anywhere.
pub(crate) async fn retrieve(
    State(server): State<Server>,
    Granted(grant): Granted<PromptRead>,
    body: Body,
) -> Answer {
    let Retrieve { name, commit, environment, version_number, project_name } = body.read(plain).await?;
    let name = name.filter(|name| !name.trim().is_empty());
    let name = name.ok_or_else(|| Rejection::invalid("name must not be blank"))?;
    if project_name.as_ref().is_some_and(|name| name.trim().is_empty()) {
        return Err(Rejection::invalid("projectName must not be blank").into());
    }
    let selector = Selector::parse(commit, environment, version_number)?;
    let read = server.handles.read(&grant, move |reader| {
        let named = reader.find_prompt(project_name.as_deref(), &name)?.ok_or_else(not_found)?;
        let version = reader.select_prompt_version(&named.prompt, &selector)?;
        let detailed = reader.detail_prompt_versions(vec![version.ok_or_else(version_not_found)?])?;
        Ok((detailed.into_iter().next().ok_or_else(not_found)?, named.is_elsewhere))
    });
    let (detailed, is_elsewhere) = read.await?;
    let mut response = Json(VersionOut::with_variables(detailed)).into_response();
    if is_elsewhere {
        response.headers_mut().insert(
            "X-Opik-Deprecation",
            HeaderValue::from_static(
                "the prompt was found in another project; name the project that it is in",
            ),
        );
    }
    Ok(response)
}

/// Unknown ids are left out.
pub(crate) async fn retrieve_by_ids(
    State(server): State<Server>,
    Granted(grant): Granted<PromptRead>,
    body: Body,
) -> Answer {
    let Ids { ids } = body.read(plain).await?;
    check_batch("ids", ids.len())?;
    let read = server.handles.read(&grant, move |reader| {
        let versions = ids.into_iter().map(|id| reader.prompt_version(PromptVersionId::known(id)));
        let versions = versions.filter_map(Result::transpose).collect::<Result<_, _>>()?;
        Ok(reader.detail_prompt_versions(versions)?)
    });
    let shown: Vec<VersionOut> = read.await?.into_iter().map(VersionOut::with_variables).collect();
    Ok(Json(shown).into_response())
}

/// The versions of a prompt, newest first.
pub(crate) async fn list(
    State(server): State<Server>,
    Granted(grant): Granted<PromptRead>,
    Id(id): Id,
    Query(query): Query<ListQuery>,
) -> Answer<Response> {
    let (page, size) = page_and_size(query.page, query.size)?;
    let filter = VERSIONS.filters(query.filters.as_deref())?;
    let sort = VERSIONS.sorting(query.sorting.as_deref())?;
    let search = query.search.unwrap_or_default();
    let body = server.handles.read(&grant, move |reader| {
        let mut versions = reader.prompt_versions(PromptId::known(id))?;
        versions.retain(|version| version.holds(&search) && catalogue::holds(&filter, version));
        if let Some(sort) = sort {
            catalogue::sort(&mut versions, &sort, |version| version.id.uuid());
        }
        let total = versions.len();
        let shown = versions.into_iter().skip((page - 1) * size).take(size).collect();
        let detailed = reader.detail_prompt_versions(shown)?;
        let content: Vec<VersionOut> = detailed.into_iter().map(VersionOut::from).collect();
        Ok(Page { number: page, size: content.len(), total, content, sortable_by: VERSIONS.sortable_by })
    });
    Ok(Json(body.await?).into_response())
}

pub(crate) async fn tag(
    State(server): State<Server>,
    Granted(grant): Granted<PromptWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let BatchUpdate { ids, update, merge_tags } = body.read(plain).await?;
    let update = update.ok_or_else(|| Rejection::invalid("update must not be null"))?;
    let ids = ids.into_iter().map(PromptVersionId::known).collect();
    let command = Command::Tag { ids, tags: tags(update.tags), merge: merge_tags.unwrap_or_default() };
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn set_environments(
    State(server): State<Server>,
    Granted(grant): Granted<PromptWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    let EnvironmentsIn { environments } = body.read(plain).await?;
    let environments = environments.ok_or_else(|| Rejection::invalid("environments must not be null"))?;
    let command = Command::SetEnvironments { id: PromptVersionId::known(id), environments };
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}
