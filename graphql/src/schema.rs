//! The schema, put together from the rows. A new row adds a line to each list.

use async_graphql::{MergedObject, MergedSubscription, SDLExportOptions};
use cairn_core::limits::GRAPHQL_COMPLEXITY_MAX;

use crate::agents::AgentQueries;
use crate::agents::changes::AgentMutations;
use crate::alerts::changes::AlertSubscriptions;
use crate::alerts::{AlertMutations, AlertQueries};
use crate::annotations::changes::AnnotationSubscriptions;
use crate::annotations::{AnnotationMutations, AnnotationQueries};
use crate::attachments::AttachmentMutations;
use crate::comments::CommentMutations;
use crate::dashboards::changes::DashboardSubscriptions;
use crate::dashboards::charts::{ChartMutations, ChartQueries};
use crate::dashboards::{DashboardMutations, DashboardQueries};
use crate::datasets::DatasetQueries;
use crate::datasets::changes::DatasetMutations;
use crate::datasets::derived::DatasetDerivedMutations;
use crate::datasets::exports::{DatasetExportMutations, DatasetExportQueries};
use crate::datasets::items::DatasetItemQueries;
use crate::definitions::{DefinitionMutations, DefinitionQueries};
use crate::derived::{DerivedMutations, DerivedQueries};
use crate::environments::{EnvironmentMutations, EnvironmentQueries};
use crate::erasures::{ErasureMutations, ErasureQueries};
use crate::experiments::ExperimentQueries;
use crate::experiments::changes::{ExperimentMutations, ExperimentSubscriptions};
use crate::experiments::comparison::ComparisonQueries;
use crate::experiments::grouping::ExperimentGroupQueries;
use crate::experiments::recording::{ExperimentItemQueries, ExperimentRecordingMutations};
use crate::feedback::FeedbackMutations;
use crate::history::audit::AuditQueries;
use crate::history::changes::ChangeSubscriptions;
use crate::history::{HistoryMutations, HistoryQueries};
use crate::insights::reporting::InsightReportMutations;
use crate::insights::{InsightMutations, InsightQueries};
use crate::moment::MomentQueries;
use crate::optimizations::changes::OptimizationSubscriptions;
use crate::optimizations::{OptimizationMutations, OptimizationQueries};
use crate::prices::{PriceMutations, PriceQueries};
use crate::projections::{ProjectionQueries, ProjectionSubscriptions};
use crate::projects::{ProjectMutations, ProjectQueries, ProjectSubscriptions};
use crate::prompts::PromptQueries;
use crate::prompts::changes::PromptMutations;
use crate::prompts::versions::PromptVersionQueries;
use crate::retention::{RetentionMutations, RetentionQueries};
use crate::runners::RunnerQueries;
use crate::runners::bridge::{RunnerCommandMutations, RunnerCommandQueries};
use crate::runners::changes::RunnerMutations;
use crate::runners::jobs::{RunnerJobQueries, RunnerJobSubscriptions};
use crate::runners::pairing::PairingMutations;
use crate::search::SearchQueries;
use crate::spans::changes::SpanSubscriptions;
use crate::spans::{SpanMutations, SpanQueries};
use crate::statistics::StatisticsQueries;
use crate::statistics::facets::FacetQueries;
use crate::threads::{ThreadMutations, ThreadQueries, ThreadSubscriptions};
use crate::traces::{TraceMutations, TraceQueries, TraceSubscriptions};
use crate::workspaces::{WorkspaceMutations, WorkspaceQueries, WorkspaceSubscriptions};

pub(crate) type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

#[derive(Default, MergedObject)]
pub(crate) struct Query(
    WorkspaceQueries,
    ProjectionQueries,
    ProjectQueries,
    TraceQueries,
    SpanQueries,
    SearchQueries,
    StatisticsQueries,
    FacetQueries,
    DefinitionQueries,
    EnvironmentQueries,
    PriceQueries,
    PromptQueries,
    PromptVersionQueries,
    AgentQueries,
    InsightQueries,
    RunnerQueries,
    RunnerJobQueries,
    RunnerCommandQueries,
    DatasetQueries,
    DatasetItemQueries,
    DatasetExportQueries,
    ExperimentQueries,
    ExperimentItemQueries,
    ExperimentGroupQueries,
    OptimizationQueries,
    ComparisonQueries,
    AnnotationQueries,
    DashboardQueries,
    AlertQueries,
    ChartQueries,
    HistoryQueries,
    AuditQueries,
    ErasureQueries,
    RetentionQueries,
    DerivedQueries,
    ThreadQueries,
    MomentQueries,
);

#[derive(Default, MergedObject)]
pub(crate) struct Mutation(
    ProjectMutations,
    TraceMutations,
    SpanMutations,
    FeedbackMutations,
    AttachmentMutations,
    DefinitionMutations,
    EnvironmentMutations,
    PriceMutations,
    WorkspaceMutations,
    PromptMutations,
    AgentMutations,
    InsightMutations,
    InsightReportMutations,
    PairingMutations,
    RunnerMutations,
    RunnerCommandMutations,
    DatasetMutations,
    DatasetDerivedMutations,
    DatasetExportMutations,
    ExperimentRecordingMutations,
    ExperimentMutations,
    OptimizationMutations,
    AnnotationMutations,
    DashboardMutations,
    AlertMutations,
    ChartMutations,
    CommentMutations,
    ThreadMutations,
    HistoryMutations,
    ErasureMutations,
    RetentionMutations,
    DerivedMutations,
);

#[derive(Default, MergedSubscription)]
pub(crate) struct Subscription(
    TraceSubscriptions,
    SpanSubscriptions,
    ProjectSubscriptions,
    RunnerJobSubscriptions,
    ExperimentSubscriptions,
    OptimizationSubscriptions,
    AnnotationSubscriptions,
    DashboardSubscriptions,
    AlertSubscriptions,
    ThreadSubscriptions,
    ProjectionSubscriptions,
    ChangeSubscriptions,
    WorkspaceSubscriptions,
);

/// Depth and size are checked by `guard`, which does so before the library expands a request.
pub(crate) fn build() -> Schema {
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .limit_complexity(GRAPHQL_COMPLEXITY_MAX)
        .finish()
}

pub(crate) fn sdl() -> String {
    let options = SDLExportOptions::new().prefer_single_line_descriptions().use_space_ident();
    let sdl = build().sdl_with_options(options);
    format!("{}\n", sdl.trim_end())
}
