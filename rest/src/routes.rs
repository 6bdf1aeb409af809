//! All routes, under `/api` and at the root alike, and the tidying of paths that clients write carelessly.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{StatusCode, Uri};
use axum::middleware;
use axum::response::Response;
use axum::routing::{delete, get, patch, post, put};
use cairn_actors::handles::Handles;
use cairn_core::dashboards::Scope;

use crate::feedback::assertions;
use crate::prices;
use crate::prompts::versions;
use crate::workspaces::{configuration, forking};
use crate::{
    agents, alerts, annotations, attachments, backup, comments, dashboards, datasets, definitions,
    environments, erasures, error, experiments, export, feedback, guardrails, health, insights, known, log,
    metrics, optimizations, otlp, projects, prompts, redirects, retention, runners, spans, statistics,
    threads, traces, usage, workspaces,
};

/// What every handler can reach.
#[derive(Clone)]
pub struct Server {
    pub handles: Handles,
}

/// Cross-origin, compression and the like are the server's matter; this answers requests.
pub fn router(server: Server) -> Router {
    let api = api(&server).with_state(server);
    Router::new().nest("/api", api.clone()).merge(api)
}

fn api(server: &Server) -> Router<Server> {
    let keep = middleware::from_fn_with_state(server.clone(), known::keep);
    let private = private().merge(figures()).layer(keep);
    Router::new()
        .route("/is-alive/ping", get(workspaces::ping))
        .route("/is-alive/ver", get(workspaces::version))
        .nest("/v1/private", private)
        .nest("/v1/internal/usage", internal())
        .nest("/v1/internal", saved_queries().merge(analytics()))
        .route("/v1/session/redirect/projects", get(redirects::trace))
        .route("/v1/session/redirect/datasets", get(redirects::dataset))
        .route("/v1/session/redirect/experiments", get(redirects::experiment))
        .route("/v1/session/redirect/optimizations", get(redirects::optimization))
        .route("/v1/cairn/backup", get(backup::workspaces))
        .route("/v1/cairn/backup/system", get(backup::system))
        .route("/v1/cairn/backup/workspace", get(backup::workspace))
        .route("/v1/cairn/erasures", post(erasures::begin))
        .route("/v1/cairn/erasures/{id}", get(erasures::read))
        .route("/v1/cairn/export", get(export::stream))
        .route("/v1/cairn/forks", post(forking::fork))
        .route("/v1/cairn/health", get(health::read))
        .route("/v1/cairn/log", get(log::follow))
        .route("/v1/cairn/prices", get(prices::list).put(prices::put).delete(prices::remove))
        .route("/v1/cairn/prices/repricings", get(prices::repricings).post(prices::reprice))
        .method_not_allowed_fallback(method_not_allowed)
}

fn private() -> Router<Server> {
    Router::new()
        .route("/auth", post(workspaces::auth))
        .route("/auth/workspace", get(workspaces::workspace))
        .route("/workspace-permissions", get(workspaces::permissions))
        .route("/toggles", get(workspaces::toggles))
        .route("/workspaces/versions", get(workspaces::generation))
        .route(
            "/workspaces/configurations",
            get(configuration::read).put(configuration::write).delete(configuration::clear),
        )
        .route("/feedback-definitions", get(definitions::list).post(definitions::create))
        .route("/feedback-definitions/delete", post(definitions::delete_many))
        .route(
            "/feedback-definitions/{id}",
            get(definitions::read).put(definitions::replace).delete(definitions::delete),
        )
        .route("/retention/rules", get(retention::list).post(retention::create))
        .route("/retention/rules/{id}", get(retention::read).delete(retention::deactivate))
        .route("/environments", get(environments::list).post(environments::create))
        .route("/environments/delete", post(environments::delete_many))
        .route("/environments/{id}", get(environments::read).patch(environments::update))
        .route("/projects", get(projects::list).post(projects::create))
        .route("/projects/retrieve", post(projects::retrieve))
        .route("/projects/delete", post(projects::delete_many))
        .route("/projects/{id}", get(projects::read).patch(projects::update).delete(projects::delete))
        .merge(prompts())
        .merge(insights())
        .merge(runners())
        .merge(agents())
        .merge(said())
        .route("/traces", get(traces::list).post(traces::create))
        .route("/traces/batch", post(traces::record).patch(traces::update_many))
        .route("/traces/search", post(traces::search))
        .route("/traces/delete", post(traces::delete_many))
        .route("/traces/{id}", get(traces::read).patch(traces::update).delete(traces::delete))
        .merge(threads())
        .route("/spans", get(spans::list).post(spans::create))
        .route("/spans/batch", post(spans::record).patch(spans::update_many))
        .route("/spans/search", post(spans::search))
        .route("/spans/{id}", get(spans::read).patch(spans::update).delete(spans::delete))
        .route("/otel/v1/traces", post(otlp::endpoint::export))
        .merge(files())
        .merge(evaluation())
        .merge(dataset_files())
        .merge(optimizations())
        .merge(annotation_queues())
        .merge(dashboards())
        .merge(alerts())
}

fn threads() -> Router<Server> {
    Router::new()
        .route("/traces/threads", get(threads::list))
        .route("/traces/threads/search", post(threads::search))
        .route("/traces/threads/retrieve", post(threads::retrieve))
        .route("/traces/threads/close", put(threads::close))
        .route("/traces/threads/open", put(threads::open))
        .route("/traces/threads/delete", post(threads::delete))
        .route("/traces/threads/batch", patch(threads::update_many))
        .route("/traces/threads/feedback-scores", put(feedback::score_threads))
        .route("/traces/threads/feedback-scores/delete", post(feedback::clear_thread))
        .route("/traces/threads/{id}", patch(threads::update))
}

/// What people and checks say of traces and spans.
fn said() -> Router<Server> {
    Router::new()
        .route("/traces/feedback-scores", put(feedback::score_traces))
        .route("/traces/{id}/feedback-scores", put(feedback::score_trace))
        .route("/traces/{id}/feedback-scores/delete", post(feedback::clear_trace))
        .route("/spans/feedback-scores", put(feedback::score_spans))
        .route("/spans/{id}/feedback-scores", put(feedback::score_span))
        .route("/spans/{id}/feedback-scores/delete", post(feedback::clear_span))
        .route("/assertion-results", put(assertions::record))
        .route("/guardrails", post(guardrails::record))
        .route("/guardrails/policies/retrieve", post(guardrails::policies))
        .route("/traces/{id}/comments", post(comments::add_to_trace))
        .route("/traces/{id}/comments/{comment}", get(comments::read_of_trace))
        .route("/traces/comments/delete", post(comments::delete_of_traces))
        .route("/traces/comments/{id}", patch(comments::edit_of_trace))
        .route("/spans/{id}/comments", post(comments::add_to_span))
        .route("/spans/{id}/comments/{comment}", get(comments::read_of_span))
        .route("/spans/comments/delete", post(comments::delete_of_spans))
        .route("/spans/comments/{id}", patch(comments::edit_of_span))
        .route("/traces/threads/{id}/comments", post(comments::add_to_thread))
        .route("/traces/threads/{id}/comments/{comment}", get(comments::read_of_thread))
        .route("/traces/threads/comments/delete", post(comments::delete_of_threads))
        .route("/traces/threads/comments/{id}", patch(comments::edit_of_thread))
}

fn files() -> Router<Server> {
    Router::new()
        .route("/attachment/upload-start", post(attachments::start))
        .route("/attachment/upload", put(attachments::upload))
        .route("/attachment/upload-complete", post(attachments::complete))
        .route("/attachment/list", get(attachments::list))
        .route("/attachment/download", get(attachments::download))
        .route("/attachment/delete", post(attachments::delete))
}

/// What datasets and experiments over them are asked.
fn evaluation() -> Router<Server> {
    Router::new()
        .route("/datasets", get(datasets::list).post(datasets::create))
        .route("/datasets/retrieve", post(datasets::retrieve))
        .route("/datasets/delete", post(datasets::delete_named))
        .route("/datasets/delete-batch", post(datasets::delete_many))
        .route("/datasets/items", put(datasets::items::put))
        .route("/datasets/items/batch", patch(datasets::items::edit_many))
        .route("/datasets/items/delete", post(datasets::items::delete))
        .route("/datasets/items/stream", post(datasets::items::search))
        .route("/datasets/items/{id}", get(datasets::items::read).patch(datasets::items::edit))
        .route("/datasets/{id}", get(datasets::read).put(datasets::update).delete(datasets::delete))
        .route("/datasets/{id}/items", get(datasets::items::list))
        .route("/datasets/{id}/items/from-traces", post(datasets::derived::from_traces))
        .route("/datasets/{id}/items/from-spans", post(datasets::derived::from_spans))
        .route("/datasets/{id}/items/changes", post(datasets::items::change))
        .route("/datasets/{id}/versions", get(datasets::versions::list))
        .route("/datasets/{id}/versions/retrieve", post(datasets::versions::retrieve))
        .route("/datasets/{id}/versions/diff", get(datasets::versions::diff))
        .route("/datasets/{id}/versions/restore", post(datasets::versions::restore))
        .route(
            "/datasets/{id}/versions/hash/{version}",
            get(datasets::versions::read).patch(datasets::versions::update),
        )
        .route("/datasets/{id}/versions/hash/{version}/tags", post(datasets::versions::add_tag))
        .route("/datasets/{id}/versions/{version}/tags/{tag}", delete(datasets::versions::remove_tag))
        .route("/datasets/{id}/items/experiments/items", get(experiments::compare::list))
        .route("/datasets/{id}/items/experiments/items/stats", get(experiments::compare::stats))
        .route(
            "/datasets/{id}/items/experiments/items/output/columns",
            get(experiments::compare::output_columns),
        )
        .route("/experiments", get(experiments::list).post(experiments::create))
        .route("/experiments/batch", patch(experiments::update_many))
        .route("/experiments/delete", post(experiments::delete))
        .route("/experiments/execute", post(experiments::execution::execute))
        .route("/experiments/finish", post(experiments::finish))
        .route("/experiments/cancel", put(experiments::cancel))
        .route("/experiments/stream", post(experiments::search))
        .route("/experiments/groups", get(experiments::groups::list))
        .route("/experiments/groups/aggregations", get(experiments::groups::aggregations))
        .route("/experiments/feedback-scores/names", get(experiments::groups::score_names))
        .route("/experiments/items", post(experiments::items::add))
        .route("/experiments/items/bulk", put(experiments::bulk::record))
        .route("/experiments/items/delete", post(experiments::items::delete))
        .route("/experiments/items/stream", post(experiments::items::search))
        .route("/experiments/items/{id}", get(experiments::items::read))
        .route("/experiments/{id}", get(experiments::read).patch(experiments::update))
        .route("/projects/{id}/experiments", get(experiments::list_of_project))
        .route("/projects/{id}/datasets", get(datasets::list_of_project))
}

/// Datasets that come and go as files.
fn dataset_files() -> Router<Server> {
    use datasets::{exports, files};
    Router::new()
        .route("/datasets/items/from-csv", post(files::from_csv))
        .route("/datasets/items/from-json", post(files::from_json))
        // Files are bounded where they are read, each by itself.
        .layer(DefaultBodyLimit::disable())
        .route("/datasets/{id}/expansions", post(exports::expand))
        .route("/datasets/{id}/export", post(exports::begin))
        .route("/datasets/export-jobs", get(exports::list))
        .route("/datasets/export-jobs/{id}", get(exports::read))
        .route("/datasets/export-jobs/{id}/download", get(exports::download))
        .route("/datasets/export-jobs/{id}/mark-viewed", put(exports::view))
}

fn annotation_queues() -> Router<Server> {
    Router::new()
        .route("/annotation-queues", get(annotations::list).post(annotations::create))
        .route("/annotation-queues/batch", post(annotations::create_many))
        .route("/annotation-queues/delete", post(annotations::delete))
        .route("/annotation-queues/{id}", get(annotations::read).patch(annotations::update))
        .route("/annotation-queues/{id}/items/add", post(annotations::add_items))
        .route("/annotation-queues/{id}/items/delete", post(annotations::remove_items))
        .route("/annotation-queues/{id}/items/search", post(annotations::search_items))
        .route("/annotation-queues/{id}/items/{item}/lock", put(annotations::lock))
        .route("/annotation-queues/{id}/locks", get(annotations::locks))
}

fn alerts() -> Router<Server> {
    Router::new()
        .route("/alerts", get(alerts::list).post(alerts::create))
        .route("/alerts/delete", post(alerts::delete_many))
        .route("/alerts/webhooks/examples", get(alerts::examples))
        .route("/alerts/webhooks/tests", post(alerts::test))
        .route("/alerts/{id}", get(alerts::read).put(alerts::replace))
        .route("/projects/{id}/alerts", get(alerts::list_of_project))
}

fn dashboards() -> Router<Server> {
    Router::new()
        .nest("/dashboards", dashboards::routes(Scope::Workspace))
        .nest("/insights-views", dashboards::routes(Scope::Insights))
        .nest("/saved-views", dashboards::routes(Scope::Logs))
        .route("/projects/{id}/dashboards", get(dashboards::list_of_project))
        .merge(saved_queries())
}

/// The contract has these among the private routes; the clients ask for them among the internal ones.
fn saved_queries() -> Router<Server> {
    Router::new()
        .route("/dashboard-saved-queries", post(dashboards::queries::save))
        .route("/dashboard-saved-queries/{id}", get(dashboards::queries::read))
}

fn analytics() -> Router<Server> {
    Router::new()
        .route("/analytics-queries", post(dashboards::queries::analyse))
        .route("/analytics-queries/projects/{id}", post(dashboards::queries::analyse_project))
}

fn optimizations() -> Router<Server> {
    Router::new()
        .route("/optimizations", get(optimizations::list).post(optimizations::create).put(optimizations::put))
        .route("/optimizations/delete", post(optimizations::delete))
        .route("/optimizations/studio/{id}/logs", get(optimizations::studio_logs))
        .route("/optimizations/{id}", get(optimizations::read).put(optimizations::update))
        .route("/projects/{id}/optimizations", get(optimizations::list_of_project))
}

/// What things come to: statistics, metrics, and the names of what is measured.
fn figures() -> Router<Server> {
    Router::new()
        .route("/projects/stats", get(projects::figures::page))
        .route("/projects/{id}/metrics", post(metrics::of_project))
        .route("/projects/{id}/kpi-cards", post(metrics::cards))
        .route("/workspaces/metrics", post(metrics::workspace::scores))
        .route("/workspaces/metrics/summaries", post(metrics::workspace::score_summaries))
        .route("/workspaces/metrics/spans", post(metrics::workspace::spans))
        .route("/workspaces/costs", post(metrics::workspace::costs))
        .route("/workspaces/costs/summaries", post(metrics::workspace::cost_summary))
        .route("/workspaces/token-usage/names", post(metrics::workspace::usage_names))
        .route("/projects/feedback-scores/names", get(statistics::project_score_names))
        .route("/projects/{id}/activities", get(projects::activities::list))
        .route("/projects/{id}/token-usage/names", get(statistics::project_usage_names))
        .route("/traces/stats", get(statistics::of_traces))
        .route("/traces/exists", get(statistics::trace_exists))
        .route("/traces/feedback-scores/names", get(statistics::trace_score_names))
        .route("/traces/threads/stats", get(statistics::of_threads))
        .route("/traces/threads/feedback-scores/names", get(statistics::thread_score_names))
        .route("/spans/stats", get(statistics::of_spans))
        .route("/spans/exists", get(statistics::span_exists))
        .route("/spans/feedback-scores/names", get(statistics::span_score_names))
}

fn internal() -> Router<Server> {
    Router::new()
        .route("/workspace-trace-counts", get(usage::trace_counts))
        .route("/workspace-span-counts", get(usage::span_counts))
        .route("/workspace-span-counts-breakdown", get(usage::span_breakdown))
        .route("/bi-traces", get(usage::traces_by_user))
        .route("/bi-spans", get(usage::spans_by_user))
        .route("/bi-datasets", get(usage::datasets_by_user))
        .route("/bi-experiments", get(usage::experiments_by_user))
        .route("/projects", post(usage::projects))
}

fn agents() -> Router<Server> {
    Router::new()
        .route("/agent-configs/blueprints", post(agents::create).patch(agents::update))
        .route("/agent-configs/blueprints/remove-keys", post(agents::remove_keys))
        .route("/agent-configs/blueprints/environments", post(agents::set_environments))
        .route(
            "/agent-configs/blueprints/environments/{environment}/projects/{project}",
            get(agents::read_in_environment).put(agents::set_environment).delete(agents::remove_environment),
        )
        .route("/agent-configs/blueprints/projects/{project}/masks/{mask}", post(agents::apply_mask))
        .route("/agent-configs/blueprints/projects/{project}/names/{name}", get(agents::read_named))
        .route("/agent-configs/blueprints/latest/projects/{project}", get(agents::read_latest))
        .route("/agent-configs/blueprints/history/projects/{project}", get(agents::history))
        .route("/agent-configs/blueprints/{id}", get(agents::read))
        .route("/agent-configs/blueprints/{id}/deltas", get(agents::read_delta))
}

fn runners() -> Router<Server> {
    use runners::{bridge, jobs, pairing};
    Router::new()
        .route("/pairing/sessions", post(pairing::create))
        .route("/pairing/sessions/{id}/activate", post(pairing::activate))
        .route("/local-runners", get(runners::list))
        .route("/local-runners/jobs", post(jobs::create))
        .route("/local-runners/jobs/{id}", get(jobs::read))
        .route("/local-runners/jobs/{id}/logs", get(jobs::read_log).post(jobs::append_log))
        .route("/local-runners/jobs/{id}/results", post(jobs::report))
        .route("/local-runners/jobs/{id}/cancel", post(jobs::cancel))
        .route("/local-runners/{id}", get(runners::read).delete(runners::disconnect))
        .route("/local-runners/{id}/heartbeats", post(runners::hear))
        .route("/local-runners/{id}/agents", put(runners::set_agents))
        .route("/local-runners/{id}/checklist", patch(runners::patch_checklist))
        .route("/local-runners/{id}/jobs", get(jobs::list))
        .route("/local-runners/{id}/jobs/next", post(jobs::next))
        .route("/local-runners/{id}/bridge/commands", post(bridge::submit))
        .route("/local-runners/{id}/bridge/commands/next", post(bridge::next))
        .route("/local-runners/{id}/bridge/commands/{command}", get(bridge::read))
        .route("/local-runners/{id}/bridge/commands/{command}/results", post(bridge::finish))
}

fn insights() -> Router<Server> {
    Router::new()
        .route("/agent-insights/issues", get(insights::list).post(insights::report))
        .route("/agent-insights/issues/{id}", get(insights::read).patch(insights::update_issue))
        .route(
            "/agent-insights/jobs/{id}",
            get(insights::read_job).post(insights::create_job).patch(insights::update_job),
        )
        .route("/agent-insights/jobs/{id}/guidance", put(insights::set_guidance))
        .route("/agent-insights/jobs/{id}/trigger", post(insights::trigger))
}

fn prompts() -> Router<Server> {
    Router::new()
        .route("/projects/{id}/prompts", get(prompts::list_of_project))
        .route("/prompts", get(prompts::list).post(prompts::create))
        .route("/prompts/delete", post(prompts::delete_many))
        .route("/prompts/retrieve-by-commits", post(prompts::links_by_commits))
        .route("/prompts/by-commit/{commit}", get(prompts::read_by_commit))
        .route("/prompts/{id}", get(prompts::read).put(prompts::update).delete(prompts::delete))
        .route("/prompts/{id}/versions", get(versions::list))
        .route("/prompts/{id}/versions/by-number/{number}", get(versions::read_by_number))
        .route("/prompts/{id}/versions/{version}/restore", post(versions::restore))
        .route("/prompts/versions", post(versions::create).patch(versions::tag))
        .route("/prompts/versions/retrieve", post(versions::retrieve))
        .route("/prompts/versions/retrieve-by-ids", post(versions::retrieve_by_ids))
        .route("/prompts/versions/{id}", get(versions::read))
        .route("/prompts/versions/{id}/environments", patch(versions::set_environments))
}

async fn method_not_allowed() -> Response {
    error::framework(StatusCode::METHOD_NOT_ALLOWED, "HTTP 405 Method Not Allowed", None)
}

/// The answer to a path of the API that nothing serves.
pub fn not_found() -> Response {
    error::framework(StatusCode::NOT_FOUND, "HTTP 404 Not Found", None)
}

/// Takes doubled and trailing slashes out of a request's path: clients write both.
pub fn tidy_path<B>(mut request: Request<B>) -> Request<B> {
    let path = request.uri().path();
    if !path.contains("//") && (path == "/" || !path.ends_with('/')) {
        return request;
    }
    let mut tidy: String =
        path.split('/').filter(|segment| !segment.is_empty()).flat_map(|segment| ["/", segment]).collect();
    if tidy.is_empty() {
        tidy.push('/');
    }
    if let Some(query) = request.uri().query() {
        tidy.push('?');
        tidy.push_str(query);
    }
    // Anything that was a path still is one.
    if let Ok(uri) = tidy.parse::<Uri>() {
        *request.uri_mut() = uri;
    }
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn careless_paths_are_tidied() {
        for (written, meant) in [
            ("/api//v1/private/toggles/?a=1//2", "/api/v1/private/toggles?a=1//2"),
            ("//", "/"),
            ("/", "/"),
            ("/api/v1", "/api/v1"),
        ] {
            let request = Request::builder().uri(written).body(()).unwrap();
            assert_eq!(tidy_path(request).uri().to_string(), meant, "{written}");
        }
    }
}
