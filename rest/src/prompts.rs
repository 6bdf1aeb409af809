//! Prompts over REST. Their versions are in `versions`, what goes in and out in `wire`.

pub(crate) mod versions;
pub(crate) mod wire;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cairn_core::access::{PromptRead, PromptWrite};
use cairn_core::ids::{ProjectId, PromptId, PromptVersionId};
use cairn_core::prompts::state::{Prompt, Version};
use cairn_core::prompts::view::PROMPTS;
use cairn_core::prompts::{Command, Commit, Selector, not_found, version_not_found};
use cairn_core::query::catalogue;
use cairn_core::rejection::Rejection;
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::wire::{ChangesIn, DetailOut, PromptIn, PromptOut, VersionOut};
use crate::error::Answer;
use crate::extract::{Body, Granted, Id, Query};
use crate::lists::{Page, page_and_size};
use crate::projects::created;
use crate::routes::Server;
use crate::wire::{Ids, parse, plain};

#[derive(Deserialize)]
pub(crate) struct ListQuery {
    page: Option<i64>,
    size: Option<i64>,
    name: Option<String>,
    project_id: Option<Uuid>,
    filters: Option<String>,
    sorting: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct ReadQuery {
    mask_id: Option<Uuid>,
    environment: Option<String>,
}

#[derive(Deserialize)]
struct Commits {
    commits: Vec<String>,
}

/// Where a commit leads.
#[derive(Serialize)]
struct LinkOut {
    prompt_version_id: String,
    commit: String,
    prompt_id: String,
    prompt_name: String,
}

pub(crate) async fn create(
    State(server): State<Server>,
    Granted(grant): Granted<PromptWrite>,
    body: Body,
) -> Answer {
    let read = |body| parse(body, |body| Ok(serde_json::from_slice::<PromptIn<'_>>(body)?.create(body)));
    let command = Command::Create(Box::new(body.read(read).await?));
    let outcome = server.handles.execute(&grant, command).await?;
    Ok(created("prompts", outcome.created))
}

pub(crate) async fn update(
    State(server): State<Server>,
    Granted(grant): Granted<PromptWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    let changes: ChangesIn = body.read(plain).await?;
    let command = Command::Update { id: PromptId::known(id), changes: changes.read()? };
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn delete(
    State(server): State<Server>,
    Granted(grant): Granted<PromptWrite>,
    Id(id): Id,
) -> Answer<StatusCode> {
    server.handles.execute(&grant, Command::Delete { ids: vec![PromptId::known(id)] }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn delete_many(
    State(server): State<Server>,
    Granted(grant): Granted<PromptWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let Ids { ids } = body.read(plain).await?;
    let ids = ids.into_iter().map(PromptId::known).collect();
    server.handles.execute(&grant, Command::Delete { ids }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn list(
    server: State<Server>,
    grant: Granted<PromptRead>,
    Query(query): Query<ListQuery>,
) -> Answer {
    page(server, grant, query).await
}

pub(crate) async fn list_of_project(
    server: State<Server>,
    grant: Granted<PromptRead>,
    Id(project): Id,
    Query(query): Query<ListQuery>,
) -> Answer {
    page(server, grant, ListQuery { project_id: Some(project), ..query }).await
}

async fn page(State(server): State<Server>, Granted(grant): Granted<PromptRead>, query: ListQuery) -> Answer {
    let (page, size) = page_and_size(query.page, query.size)?;
    let filter = PROMPTS.filters(query.filters.as_deref())?;
    let sort = PROMPTS.sorting(query.sorting.as_deref())?;
    let part = query.name.unwrap_or_default().to_lowercase();
    let project = query.project_id.map(ProjectId::known);
    let body = server.handles.read(&grant, move |reader| {
        let mut prompts = reader.prompts()?;
        prompts.retain(|prompt| {
            project.is_none_or(|project| prompt.project_id == project)
                && prompt.name.to_lowercase().contains(&part)
                && catalogue::holds(&filter, prompt)
        });
        if let Some(sort) = sort {
            catalogue::sort(&mut prompts, &sort, |prompt| prompt.id.uuid());
        }
        let total = prompts.len();
        let shown = prompts.into_iter().skip((page - 1) * size).take(size);
        let content: Vec<PromptOut> = shown.map(PromptOut::from).collect();
        Ok(Page { number: page, size: content.len(), total, content, sortable_by: PROMPTS.sortable_by })
    });
    Ok(Json(body.await?).into_response())
}

/// A prompt with its latest version, and with the one that is asked for.
pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<PromptRead>,
    Id(id): Id,
    Query(query): Query<ReadQuery>,
) -> Answer {
    if query.mask_id.is_some() && query.environment.is_some() {
        let refusal = "only one of 'mask_id' and 'environment' can be provided";
        return Err(Rejection::malformed(refusal).into());
    }
    let id = PromptId::known(id);
    let body = server.handles.read(&grant, move |reader| {
        let prompt = reader.prompt(id)?.ok_or_else(not_found)?;
        let asked = match (query.mask_id, query.environment) {
            (None, None) => return Ok(detail(reader, prompt, None)?),
            (Some(mask), _) => reader
                .prompt_version(PromptVersionId::known(mask))?
                .filter(|version| version.is_mask() && version.prompt_id == id),
            (None, Some(environment)) => {
                reader.select_prompt_version(&prompt, &Selector::Environment(environment))?
            }
        };
        Ok(detail(reader, prompt, Some(asked.ok_or_else(version_not_found)?))?)
    });
    Ok(Json(body.await?).into_response())
}

pub(crate) async fn read_by_commit(
    State(server): State<Server>,
    Granted(grant): Granted<PromptRead>,
    axum::extract::Path(commit): axum::extract::Path<String>,
) -> Answer {
    let malformed = || Rejection::malformed("a commit has eight letters or digits");
    let commit = Commit::parse(&commit).ok_or_else(malformed)?;
    let body = server.handles.read(&grant, move |reader| {
        let mut versions = reader.prompt_versions_committed(commit.as_str())?.into_iter();
        let version = versions.next().ok_or_else(version_not_found)?;
        if versions.next().is_some() {
            let conflict = format!("several prompts have a version of the commit '{}'", commit.as_str());
            return Err(Rejection::conflict(conflict).into());
        }
        let prompt = reader.prompt(version.prompt_id)?.ok_or_else(not_found)?;
        Ok(detail(reader, prompt, Some(version))?)
    });
    Ok(Json(body.await?).into_response())
}

/// Unknown commits are left out.
pub(crate) async fn links_by_commits(
    State(server): State<Server>,
    Granted(grant): Granted<PromptRead>,
    body: Body,
) -> Answer {
    let Commits { commits } = body.read(plain).await?;
    cairn_core::command::check_batch("commits", commits.len())?;
    let links = server.handles.read(&grant, move |reader| {
        let mut links = Vec::new();
        for commit in commits {
            for version in reader.prompt_versions_committed(&commit)? {
                let Some(prompt) = reader.prompt(version.prompt_id)? else { continue };
                links.push(LinkOut {
                    prompt_version_id: version.id.to_string(),
                    commit: version.commit.as_str().to_owned(),
                    prompt_id: prompt.id.to_string(),
                    prompt_name: prompt.name,
                });
            }
        }
        Ok(links)
    });
    Ok(Json(links.await?).into_response())
}

fn detail(reader: &Reader, prompt: Prompt, asked: Option<Version>) -> Result<DetailOut, Error> {
    let out = |version: Option<Version>| -> Result<Option<VersionOut>, Error> {
        let detailed = reader.detail_prompt_versions(version.into_iter().collect())?;
        Ok(detailed.into_iter().next().map(VersionOut::with_variables))
    };
    let latest = reader.select_prompt_version(&prompt, &Selector::Latest)?;
    Ok(DetailOut {
        latest_version: out(latest)?,
        requested_version: out(asked)?,
        prompt: PromptOut::from(prompt),
    })
}
