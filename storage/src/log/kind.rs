//! The registry of stored event kinds. A number is never changed and never used again, even when its kind retires.

/// What an event did, by the verb at the end of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Create,
    Read,
    Update,
    Delete,
}

macro_rules! kinds {
    ($($row:ident { $($kind:ident = $number:literal $name:literal,)+ })+) => {
        /// The row of the domain whose module writes and reads a kind.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Row {
            $($row,)+
        }

        /// What a record's payload is. The number stands in the log.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u16)]
        pub enum Kind {
            $($($kind = $number,)+)+
        }

        impl Kind {
            pub const ALL: &[Self] = &[$($(Self::$kind,)+)+];

            pub const fn name(self) -> &'static str {
                match self {
                    $($(Self::$kind => $name,)+)+
                }
            }

            pub const fn row(self) -> Row {
                match self {
                    $($(Self::$kind)|+ => Row::$row,)+
                }
            }
        }
    };
}

// Each row of the domain has a range of numbers of its own, or more than one.
kinds! {
    Workspaces {
        WorkspaceCreated = 1 "workspace_created",
        WorkspaceConfigured = 120 "workspace_configured",
        WorkspaceConfigurationCleared = 121 "workspace_configuration_cleared",
        WorkspaceForked = 122 "workspace_forked",
    }
    Projects {
        ProjectCreated = 10 "project_created",
        ProjectUpdated = 11 "project_updated",
        ProjectDeleted = 12 "project_deleted",
    }
    Traces {
        TraceRecorded = 20 "trace_recorded",
        TracePatched = 21 "trace_patched",
        TraceDeleted = 22 "trace_deleted",
    }
    Spans {
        SpanRecorded = 30 "span_recorded",
        SpanPatched = 31 "span_patched",
        SpanDeleted = 32 "span_deleted",
    }
    Feedback {
        FeedbackScored = 40 "feedback_scored",
        FeedbackCleared = 41 "feedback_cleared",
        AssertionRecorded = 80 "assertion_recorded",
    }
    Otel {
        OtelTraceMet = 50 "otel_trace_met",
    }
    Threads {
        ThreadBegan = 60 "thread_began",
        ThreadClosed = 61 "thread_closed",
        ThreadOpened = 62 "thread_opened",
        ThreadTimedOut = 63 "thread_timed_out",
        ThreadTagged = 64 "thread_tagged",
        ThreadDeleted = 65 "thread_deleted",
    }
    Comments {
        CommentAdded = 70 "comment_added",
        CommentEdited = 71 "comment_edited",
        CommentDeleted = 72 "comment_deleted",
    }
    Guardrails {
        GuardrailChecked = 85 "guardrail_checked",
    }
    Definitions {
        DefinitionCreated = 90 "definition_created",
        DefinitionReplaced = 91 "definition_replaced",
        DefinitionDeleted = 92 "definition_deleted",
    }
    Environments {
        EnvironmentCreated = 100 "environment_created",
        EnvironmentUpdated = 101 "environment_updated",
        EnvironmentDeleted = 102 "environment_deleted",
    }
    Attachments {
        AttachmentAdded = 110 "attachment_added",
        AttachmentRemoved = 111 "attachment_removed",
        AttachmentContentErased = 112 "attachment_content_erased",
    }
    Prices {
        PricePut = 130 "price_put",
        PriceRemoved = 131 "price_removed",
        SpanRepriced = 132 "span_repriced",
        RepricingBegun = 133 "repricing_begun",
        RepricingAdvanced = 134 "repricing_advanced",
        RepricingEnded = 135 "repricing_ended",
    }
    Prompts {
        PromptCreated = 140 "prompt_created",
        PromptUpdated = 141 "prompt_updated",
        PromptDeleted = 142 "prompt_deleted",
        PromptVersionCreated = 143 "prompt_version_created",
        PromptVersionTagged = 144 "prompt_version_tagged",
        PromptEnvironmentsSet = 145 "prompt_environments_set",
    }
    Datasets {
        DatasetCreated = 150 "dataset_created",
        DatasetUpdated = 151 "dataset_updated",
        DatasetDeleted = 152 "dataset_deleted",
        DatasetVersionMade = 153 "dataset_version_made",
        DatasetVersionUpdated = 154 "dataset_version_updated",
        DatasetItemPut = 155 "dataset_item_put",
        DatasetItemRemoved = 156 "dataset_item_removed",
        DatasetItemsCopied = 157 "dataset_items_copied",
        DatasetExported = 158 "dataset_exported",
        DatasetExportViewed = 159 "dataset_export_viewed",
    }
    Experiments {
        ExperimentCreated = 160 "experiment_created",
        ExperimentUpdated = 161 "experiment_updated",
        ExperimentDeleted = 162 "experiment_deleted",
        ExperimentItemAdded = 163 "experiment_item_added",
        ExperimentItemRemoved = 164 "experiment_item_removed",
    }
    Annotations {
        AnnotationQueueCreated = 170 "annotation_queue_created",
        AnnotationQueueUpdated = 171 "annotation_queue_updated",
        AnnotationQueueDeleted = 172 "annotation_queue_deleted",
        AnnotationItemsAdded = 173 "annotation_items_added",
        AnnotationItemsRemoved = 174 "annotation_items_removed",
        AnnotationItemLocked = 175 "annotation_item_locked",
    }
    Optimizations {
        OptimizationWritten = 180 "optimization_written",
        OptimizationUpdated = 181 "optimization_updated",
        OptimizationDeleted = 182 "optimization_deleted",
    }
    Dashboards {
        DashboardCreated = 190 "dashboard_created",
        DashboardUpdated = 191 "dashboard_updated",
        DashboardDeleted = 192 "dashboard_deleted",
        DashboardQuerySaved = 193 "dashboard_query_saved",
    }
    Agents {
        AgentBlueprintCreated = 200 "agent_blueprint_created",
        AgentEnvironmentsSet = 201 "agent_environments_set",
        AgentEnvironmentRemoved = 202 "agent_environment_removed",
    }
    Runners {
        RunnerConnected = 210 "runner_connected",
        RunnerGone = 211 "runner_gone",
        RunnerAgentsSet = 212 "runner_agents_set",
        RunnerChecklistPatched = 213 "runner_checklist_patched",
        JobCreated = 214 "job_created",
        JobStarted = 215 "job_started",
        JobReported = 216 "job_reported",
        JobCancelled = 217 "job_cancelled",
        JobLogged = 218 "job_logged",
    }
    Insights {
        InsightsJobCreated = 220 "insights_job_created",
        InsightsJobStatusSet = 221 "insights_job_status_set",
        InsightsGuidanceSet = 222 "insights_guidance_set",
        InsightsTriggered = 223 "insights_triggered",
        InsightsReported = 224 "insights_reported",
        InsightsIssueFound = 225 "insights_issue_found",
        InsightsIssueStatusSet = 226 "insights_issue_status_set",
    }
    History {
        ChangeUndone = 240 "change_undone",
    }
    Retention {
        RetentionRuleCreated = 245 "retention_rule_created",
        RetentionRuleDeactivated = 246 "retention_rule_deactivated",
    }
    Derived {
        DerivedColumnAdded = 270 "derived_column_added",
        DerivedColumnRemoved = 271 "derived_column_removed",
    }
    Alerts {
        AlertCreated = 260 "alert_created",
        AlertReplaced = 261 "alert_replaced",
        AlertDeleted = 262 "alert_deleted",
        AlertFired = 263 "alert_fired",
        AlertCalmed = 264 "alert_calmed",
        AlertAnswered = 265 "alert_answered",
    }
    Erasures {
        ErasureBegun = 250 "erasure_begun",
        Erased = 251 "erased",
        ErasureSealed = 252 "erasure_sealed",
        ErasureSettled = 253 "erasure_settled",
        ErasureEnded = 254 "erasure_ended",
    }
}

impl Row {
    /// Whether applications record it while they run.
    pub const fn is_recorded(self) -> bool {
        match self {
            Self::Traces
            | Self::Spans
            | Self::Threads
            | Self::Feedback
            | Self::Guardrails
            | Self::Attachments
            | Self::Otel
            | Self::Runners => true,
            Self::Workspaces
            | Self::Projects
            | Self::Comments
            | Self::Definitions
            | Self::Environments
            | Self::Prices
            | Self::Prompts
            | Self::Datasets
            | Self::Experiments
            | Self::Annotations
            | Self::Optimizations
            | Self::Dashboards
            | Self::Alerts
            | Self::Agents
            | Self::Insights
            | Self::History
            | Self::Retention
            | Self::Derived
            | Self::Erasures => false,
        }
    }
}

impl Kind {
    pub const fn number(self) -> u16 {
        self as u16
    }

    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.number() == number)
    }

    pub fn action(self) -> Action {
        match self.name().rsplit('_').next() {
            Some(
                "created" | "recorded" | "added" | "scored" | "checked" | "copied" | "written" | "made"
                | "met" | "began" | "begun" | "found" | "connected",
            ) => Action::Create,
            Some("exported" | "viewed") => Action::Read,
            Some("deleted" | "removed" | "cleared" | "erased" | "gone") => Action::Delete,
            _ => Action::Update,
        }
    }

    /// Whether somebody decided it, rather than an application recorded it: of such events there are few, so that
    /// where they lie in the log is remembered by their kind.
    pub fn is_decision(self) -> bool {
        !self.row().is_recorded() || self.action() == Action::Delete
    }

    /// The version that is written today. Raise it with a golden file and a step in `upcast`.
    pub const fn version(self) -> u16 {
        match self {
            // Since version 2 they say what the span costs.
            Self::SpanRecorded | Self::SpanPatched => 2,
            _ => 1,
        }
    }
}
