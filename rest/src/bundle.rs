//! Everything of a workspace as rows for people and tools: each a line of JSON as this API answers it, and a table of
//! columns for formats that have those. What to do with the rows is not decided here.

use cairn_actors::failure::Failure;
use cairn_core::ids::{DatasetId, SpanId, ThreadId, TraceId};
use cairn_core::query::{Entity as Searched, Query};
use cairn_core::rejection::Rejection;
use cairn_core::time::Timestamp;
use cairn_storage::bundle::Positions;
use cairn_storage::datasets::reading::{ITEMS, ItemWindow};
use cairn_storage::experiments::reading::EXPERIMENTS;
use cairn_storage::index::Window;
use cairn_storage::reader::{Reader, Scope};
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::datasets::DatasetOut;
use crate::datasets::items::ItemOut;
use crate::experiments::output::{ExperimentOut, ItemOut as RunOut};
use crate::feedback::ScoreOut;
use crate::projects::ProjectOut;
use crate::prompts::wire::{PromptOut, VersionOut};
use crate::traces::output::Show;
use crate::{spans, threads, traces};

/// Rows that are read at a time.
const STEP_ROWS: usize = 500;

/// What can be taken away by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entity {
    Projects,
    Traces,
    Spans,
    Threads,
    Scores,
    Datasets,
    Items,
    Experiments,
    Runs,
    Prompts,
    PromptVersions,
}

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Whole,
    Truth,
    Time,
    /// Whatever JSON there is, as its text.
    Json,
}

pub type Column = (&'static str, Kind);

/// Where rows go; they come one by one.
pub type Visit<'a, E> = dyn FnMut(&str) -> Result<(), E> + 'a;

/// A value as the cell of a table: a text as it is, of anything else its JSON, and of null nothing.
pub fn cell(raw: &RawValue) -> String {
    match serde_json::from_str::<Option<String>>(raw.get()) {
        Ok(text) => text.unwrap_or_default(),
        Err(_) => raw.get().to_owned(),
    }
}

impl Entity {
    pub const ALL: [Self; 11] = [
        Self::Projects,
        Self::Traces,
        Self::Spans,
        Self::Threads,
        Self::Scores,
        Self::Datasets,
        Self::Items,
        Self::Experiments,
        Self::Runs,
        Self::Prompts,
        Self::PromptVersions,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Projects => "projects",
            Self::Traces => "traces",
            Self::Spans => "spans",
            Self::Threads => "threads",
            Self::Scores => "scores",
            Self::Datasets => "datasets",
            Self::Items => "items",
            Self::Experiments => "experiments",
            Self::Runs => "runs",
            Self::Prompts => "prompts",
            Self::PromptVersions => "prompt-versions",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// The columns of a row, in their order. What has none is in the JSON alone.
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Projects => columns::PROJECTS,
            Self::Traces => columns::TRACES,
            Self::Spans => columns::SPANS,
            Self::Threads => columns::THREADS,
            Self::Scores => columns::SCORES,
            Self::Datasets => columns::DATASETS,
            Self::Items => columns::ITEMS,
            Self::Experiments => columns::EXPERIMENTS,
            Self::Runs => columns::RUNS,
            Self::Prompts => columns::PROMPTS,
            Self::PromptVersions => columns::PROMPT_VERSIONS,
        }
    }

    /// What a text of the query language asks of these rows.
    pub fn filter(self, text: &str, now: Timestamp) -> Result<Query, Rejection> {
        if text.trim().is_empty() {
            return Ok(Query::All);
        }
        let parsed = match self {
            // Scores are those of the traces that are asked for.
            Self::Traces | Self::Scores => Query::parse(Searched::Trace, text, now),
            Self::Spans => Query::parse(Searched::Span, text, now),
            Self::Threads => Query::parse(Searched::Thread, text, now),
            Self::Items => Query::parse_own(&ITEMS, text, now),
            Self::Experiments | Self::Runs => Query::parse_own(&EXPERIMENTS, text, now),
            Self::Projects | Self::Datasets | Self::Prompts | Self::PromptVersions => {
                return Err(Rejection::malformed(format!("`{}` take no filter", self.name()))
                    .hint("filter traces, spans, threads, scores, items, experiments or runs"));
            }
        };
        parsed.map_err(|error| {
            Rejection::malformed(format!("the filter makes no sense for `{}`", self.name()))
                .hint(error.to_string())
        })
    }

    /// Visits all rows that a filter leaves, newest first, and notes where in the log they come from.
    pub fn each<E: From<Failure>>(
        self,
        reader: &Reader,
        filter: &Query,
        positions: &mut Positions,
        visit: &mut Visit<'_, E>,
    ) -> Result<(), E> {
        let mut rows = Rows { reader, positions, visit };
        match self {
            Self::Projects => rows.projects(),
            Self::Traces => rows.each_hit(Searched::Trace, filter, Rows::trace),
            Self::Spans => rows.each_hit(Searched::Span, filter, Rows::span),
            Self::Threads => rows.each_hit(Searched::Thread, filter, Rows::thread),
            Self::Scores => {
                rows.each_hit(Searched::Trace, filter, Rows::scores_of_trace)?;
                // What is asked of traces cannot be asked of spans.
                if *filter == Query::All {
                    rows.each_hit(Searched::Span, filter, Rows::scores_of_span)
                } else {
                    Ok(())
                }
            }
            Self::Datasets => rows.datasets(),
            Self::Items => rows.items(filter),
            Self::Experiments => rows.experiments(filter, false),
            Self::Runs => rows.experiments(filter, true),
            Self::Prompts => rows.prompts(false),
            Self::PromptVersions => rows.prompts(true),
        }
    }
}

struct Rows<'a, 'v, E> {
    reader: &'a Reader,
    positions: &'a mut Positions,
    visit: &'a mut Visit<'v, E>,
}

/// One score of a trace or span.
#[derive(Serialize)]
struct ScoreRow {
    target: &'static str,
    target_id: Uuid,
    #[serde(flatten)]
    score: ScoreOut,
}

impl<E: From<Failure>> Rows<'_, '_, E> {
    fn row<T: Serialize>(&mut self, row: &T) -> Result<(), E> {
        let text = serde_json::to_string(row);
        let text = text.map_err(|error| {
            Failure::from(Rejection::malformed("a row cannot be written").hint(error.to_string()))
        })?;
        (self.visit)(&text)
    }

    fn history(&mut self, id: Uuid) -> Result<(), E> {
        Ok(self.reader.positions_of(id, self.positions).map_err(Failure::from)?)
    }

    fn each_hit(
        &mut self,
        entity: Searched,
        filter: &Query,
        read: fn(&mut Self, Uuid) -> Result<(), E>,
    ) -> Result<(), E> {
        let scope = Scope { entity, project: None, trace: None };
        let mut window = Window { sort: None, after: None, offset: 0, limit: STEP_ROWS, count: false };
        loop {
            let listed = self.reader.list(scope, filter, &window).map_err(Failure::from)?;
            let Some(last) = listed.hits.last() else { return Ok(()) };
            window.after = Some(last.cursor.clone());
            for hit in &listed.hits {
                read(self, hit.id)?;
            }
        }
    }

    /// The thread that a trace is in goes along, with what was said of it.
    fn trace(&mut self, id: Uuid) -> Result<(), E> {
        self.history(id)?;
        let thread = self.reader.thread_of(TraceId::known(id)).map_err(Failure::from)?;
        if let Some(thread) = thread {
            self.history(thread.uuid())?;
        }
        let row = traces::shown(self.reader, id, &Show::default()).map_err(Failure::from)?;
        row.map_or(Ok(()), |row| self.row(&row))
    }

    fn span(&mut self, id: Uuid) -> Result<(), E> {
        self.history(id)?;
        let row = spans::shown(self.reader, id, &Show::default()).map_err(Failure::from)?;
        row.map_or(Ok(()), |row| self.row(&row))
    }

    /// A thread is what its traces make it.
    fn thread(&mut self, id: Uuid) -> Result<(), E> {
        self.history(id)?;
        let mut after = None;
        loop {
            let traces = self.reader.traces_of_thread(ThreadId::known(id), after, STEP_ROWS);
            let traces = traces.map_err(Failure::from)?;
            let Some(last) = traces.last() else { break };
            after = Some((last.start_time, last.id));
            for trace in &traces {
                self.history(trace.id.uuid())?;
            }
        }
        let row = threads::shown(self.reader, id, &Show::default()).map_err(Failure::from)?;
        row.map_or(Ok(()), |row| self.row(&row))
    }

    fn scores_of_trace(&mut self, id: Uuid) -> Result<(), E> {
        let trace = self.reader.trace(TraceId::known(id)).map_err(Failure::from)?;
        trace.map_or(Ok(()), |trace| self.scores("trace", id, ScoreOut::all(&trace.scores)))
    }

    fn scores_of_span(&mut self, id: Uuid) -> Result<(), E> {
        let span = self.reader.span(SpanId::known(id)).map_err(Failure::from)?;
        span.map_or(Ok(()), |span| self.scores("span", id, ScoreOut::all(&span.scores)))
    }

    fn scores(
        &mut self,
        target: &'static str,
        target_id: Uuid,
        scores: Option<Vec<ScoreOut>>,
    ) -> Result<(), E> {
        let Some(scores) = scores else { return Ok(()) };
        self.history(target_id)?;
        scores.into_iter().try_for_each(|score| self.row(&ScoreRow { target, target_id, score }))
    }

    fn projects(&mut self) -> Result<(), E> {
        for view in self.reader.projects().map_err(Failure::from)? {
            self.history(view.project.id.uuid())?;
            self.row(&ProjectOut::from(view))?;
        }
        Ok(())
    }

    fn dataset(&mut self, id: DatasetId) -> Result<(), E> {
        Ok(self.reader.positions_of_dataset(id, self.positions).map_err(Failure::from)?)
    }

    fn datasets(&mut self) -> Result<(), E> {
        let state = self.reader.datasets().map_err(Failure::from)?;
        for dataset in state.all().rev() {
            self.dataset(dataset.id)?;
            let row = DatasetOut::new(dataset.clone(), self.reader).map_err(Failure::from)?;
            self.row(&row)?;
        }
        Ok(())
    }

    /// The items of the newest version of each dataset.
    fn items(&mut self, filter: &Query) -> Result<(), E> {
        let state = self.reader.datasets().map_err(Failure::from)?;
        for dataset in state.all().rev() {
            let version = self.reader.dataset_version(dataset.id, dataset.latest).map_err(Failure::from)?;
            let Some(version) = version else { continue };
            self.dataset(dataset.id)?;
            let mut window = ItemWindow { limit: STEP_ROWS, ..ItemWindow::default() };
            loop {
                let page = self.reader.dataset_items_matching(dataset, &version, filter, &window);
                let items = page.map_err(Failure::from)?.items;
                let Some(last) = items.last() else { break };
                window.after = Some(last.id);
                for view in items {
                    let row = ItemOut::new(view, self.reader).map_err(Failure::from)?;
                    self.row(&row)?;
                }
            }
        }
        Ok(())
    }

    /// Experiments, or what they ran; with the datasets that they ran over.
    fn experiments(&mut self, filter: &Query, runs: bool) -> Result<(), E> {
        for experiment in self.reader.experiments().map_err(Failure::from)? {
            let wanted = *filter == Query::All
                || self.reader.experiment_matches(&experiment, filter).map_err(Failure::from)?;
            if !wanted {
                continue;
            }
            self.history(experiment.id.uuid())?;
            self.dataset(experiment.dataset_id)?;
            if !runs {
                let row = ExperimentOut::new(experiment, self.reader).map_err(Failure::from)?;
                self.row(&row)?;
                continue;
            }
            let mut after = None;
            loop {
                let items = self.reader.experiment_items(experiment.id, after, STEP_ROWS);
                let items = items.map_err(Failure::from)?;
                let Some(last) = items.last() else { break };
                after = Some(last.id);
                for item in items {
                    let row = RunOut::new(item, self.reader, &Show::default()).map_err(Failure::from)?;
                    self.row(&row)?;
                }
            }
        }
        Ok(())
    }

    fn prompts(&mut self, versions: bool) -> Result<(), E> {
        for prompt in self.reader.prompts().map_err(Failure::from)? {
            self.history(prompt.id.uuid())?;
            if !versions {
                self.row(&PromptOut::from(prompt))?;
                continue;
            }
            let all = self.reader.prompt_versions(prompt.id).map_err(Failure::from)?;
            for detailed in self.reader.detail_prompt_versions(all).map_err(Failure::from)? {
                self.row(&VersionOut::from(detailed))?;
            }
        }
        Ok(())
    }
}

mod columns {
    use super::Column;
    use super::Kind::{Json, Number, Text, Time, Truth, Whole};

    pub(super) const PROJECTS: &[Column] = &[
        ("id", Text),
        ("name", Text),
        ("visibility", Text),
        ("description", Text),
        ("last_updated_trace_at", Time),
        ("created_at", Time),
        ("created_by", Text),
        ("last_updated_at", Time),
        ("last_updated_by", Text),
    ];
    pub(super) const TRACES: &[Column] = &[
        ("id", Text),
        ("project_id", Text),
        ("thread_id", Text),
        ("name", Text),
        ("start_time", Time),
        ("end_time", Time),
        ("duration", Number),
        ("ttft", Number),
        ("input", Json),
        ("output", Json),
        ("metadata", Json),
        ("tags", Json),
        ("error_info", Json),
        ("usage", Json),
        ("total_estimated_cost", Number),
        ("span_count", Whole),
        ("llm_span_count", Whole),
        ("has_tool_spans", Truth),
        ("providers", Json),
        ("source", Text),
        ("environment", Text),
        ("feedback_scores", Json),
        ("comments", Json),
        ("created_at", Time),
        ("created_by", Text),
        ("last_updated_at", Time),
        ("last_updated_by", Text),
    ];
    pub(super) const SPANS: &[Column] = &[
        ("id", Text),
        ("project_id", Text),
        ("trace_id", Text),
        ("parent_span_id", Text),
        ("type", Text),
        ("name", Text),
        ("start_time", Time),
        ("end_time", Time),
        ("duration", Number),
        ("ttft", Number),
        ("model", Text),
        ("provider", Text),
        ("input", Json),
        ("output", Json),
        ("metadata", Json),
        ("tags", Json),
        ("error_info", Json),
        ("usage", Json),
        ("total_estimated_cost", Number),
        ("total_estimated_cost_version", Text),
        ("source", Text),
        ("environment", Text),
        ("feedback_scores", Json),
        ("comments", Json),
        ("created_at", Time),
        ("created_by", Text),
        ("last_updated_at", Time),
        ("last_updated_by", Text),
    ];
    pub(super) const THREADS: &[Column] = &[
        ("id", Text),
        ("thread_model_id", Text),
        ("project_id", Text),
        ("status", Text),
        ("start_time", Time),
        ("end_time", Time),
        ("duration", Number),
        ("number_of_messages", Whole),
        ("first_message", Json),
        ("last_message", Json),
        ("usage", Json),
        ("total_estimated_cost", Number),
        ("tags", Json),
        ("environment", Text),
        ("feedback_scores", Json),
        ("comments", Json),
        ("created_at", Time),
        ("created_by", Text),
        ("last_updated_at", Time),
        ("last_updated_by", Text),
    ];
    pub(super) const SCORES: &[Column] = &[
        ("target", Text),
        ("target_id", Text),
        ("name", Text),
        ("value", Number),
        ("category_name", Text),
        ("reason", Text),
        ("source", Text),
        ("value_by_author", Json),
        ("created_at", Time),
        ("created_by", Text),
        ("last_updated_at", Time),
        ("last_updated_by", Text),
    ];
    pub(super) const DATASETS: &[Column] = &[
        ("id", Text),
        ("project_id", Text),
        ("name", Text),
        ("type", Text),
        ("visibility", Text),
        ("description", Text),
        ("tags", Json),
        ("dataset_items_count", Whole),
        ("experiment_count", Whole),
        ("optimization_count", Whole),
        ("latest_version", Json),
        ("created_at", Time),
        ("created_by", Text),
        ("last_updated_at", Time),
        ("last_updated_by", Text),
    ];
    pub(super) const ITEMS: &[Column] = &[
        ("id", Text),
        ("dataset_id", Text),
        ("source", Text),
        ("trace_id", Text),
        ("span_id", Text),
        ("data", Json),
        ("description", Text),
        ("tags", Json),
        ("evaluators", Json),
        ("execution_policy", Json),
        ("created_at", Time),
        ("created_by", Text),
        ("last_updated_at", Time),
        ("last_updated_by", Text),
    ];
    pub(super) const EXPERIMENTS: &[Column] = &[
        ("id", Text),
        ("name", Text),
        ("dataset_id", Text),
        ("dataset_name", Text),
        ("project_id", Text),
        ("project_name", Text),
        ("type", Text),
        ("evaluation_method", Text),
        ("status", Text),
        ("optimization_id", Text),
        ("metadata", Json),
        ("tags", Json),
        ("trace_count", Whole),
        ("dataset_item_count", Whole),
        ("feedback_scores", Json),
        ("experiment_scores", Json),
        ("assertion_scores", Json),
        ("pass_rate", Number),
        ("passed_count", Whole),
        ("total_count", Whole),
        ("duration", Json),
        ("usage", Json),
        ("total_estimated_cost", Number),
        ("total_estimated_cost_avg", Number),
        ("prompt_versions", Json),
        ("dataset_version_id", Text),
        ("finished_at", Time),
        ("created_at", Time),
        ("created_by", Text),
        ("last_updated_at", Time),
        ("last_updated_by", Text),
    ];
    pub(super) const RUNS: &[Column] = &[
        ("id", Text),
        ("experiment_id", Text),
        ("dataset_item_id", Text),
        ("trace_id", Text),
        ("project_id", Text),
        ("input", Json),
        ("output", Json),
        ("trace_metadata", Json),
        ("feedback_scores", Json),
        ("comments", Json),
        ("assertion_results", Json),
        ("status", Text),
        ("duration", Number),
        ("usage", Json),
        ("total_estimated_cost", Number),
        ("execution_policy", Json),
        ("created_at", Time),
        ("created_by", Text),
        ("last_updated_at", Time),
        ("last_updated_by", Text),
    ];
    pub(super) const PROMPTS: &[Column] = &[
        ("id", Text),
        ("project_id", Text),
        ("name", Text),
        ("description", Text),
        ("template_structure", Text),
        ("tags", Json),
        ("version_count", Whole),
        ("created_at", Time),
        ("created_by", Text),
        ("last_updated_at", Time),
        ("last_updated_by", Text),
    ];
    pub(super) const PROMPT_VERSIONS: &[Column] = &[
        ("id", Text),
        ("prompt_id", Text),
        ("commit", Text),
        ("version_number", Text),
        ("version_type", Text),
        ("type", Text),
        ("template_structure", Text),
        ("template", Text),
        ("metadata", Json),
        ("change_description", Text),
        ("tags", Json),
        ("environments", Json),
        ("created_at", Time),
        ("created_by", Text),
    ];
}
