//! The registry of stored event kinds. A number is never changed and never used again, even when its kind retires.

/// What a record's payload is. The number stands in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum Kind {
    WorkspaceCreated = 1,
    ProjectCreated = 10,
    ProjectUpdated = 11,
    ProjectDeleted = 12,
    TraceRecorded = 20,
    TracePatched = 21,
    TraceDeleted = 22,
    SpanRecorded = 30,
    SpanPatched = 31,
    SpanDeleted = 32,
    FeedbackScored = 40,
    FeedbackCleared = 41,
    OtelTraceMet = 50,
    DefinitionCreated = 90,
    DefinitionReplaced = 91,
    DefinitionDeleted = 92,
    EnvironmentCreated = 100,
    EnvironmentUpdated = 101,
    EnvironmentDeleted = 102,
    WorkspaceConfigured = 120,
    WorkspaceConfigurationCleared = 121,
    DatasetCreated = 150,
    DatasetUpdated = 151,
    DatasetDeleted = 152,
    DatasetVersionMade = 153,
    DatasetVersionUpdated = 154,
    DatasetItemPut = 155,
    DatasetItemRemoved = 156,
    DatasetItemsCopied = 157,
    ExperimentCreated = 160,
    ExperimentUpdated = 161,
    ExperimentDeleted = 162,
    ExperimentItemAdded = 163,
    ExperimentItemRemoved = 164,
    PromptCreated = 140,
    PromptUpdated = 141,
    PromptDeleted = 142,
    PromptVersionCreated = 143,
    PromptVersionTagged = 144,
    PromptEnvironmentsSet = 145,
}

impl Kind {
    pub const ALL: [Self; 40] = [
        Self::WorkspaceCreated,
        Self::ProjectCreated,
        Self::ProjectUpdated,
        Self::ProjectDeleted,
        Self::TraceRecorded,
        Self::TracePatched,
        Self::TraceDeleted,
        Self::SpanRecorded,
        Self::SpanPatched,
        Self::SpanDeleted,
        Self::FeedbackScored,
        Self::FeedbackCleared,
        Self::OtelTraceMet,
        Self::DefinitionCreated,
        Self::DefinitionReplaced,
        Self::DefinitionDeleted,
        Self::EnvironmentCreated,
        Self::EnvironmentUpdated,
        Self::EnvironmentDeleted,
        Self::WorkspaceConfigured,
        Self::WorkspaceConfigurationCleared,
        Self::DatasetCreated,
        Self::DatasetUpdated,
        Self::DatasetDeleted,
        Self::DatasetVersionMade,
        Self::DatasetVersionUpdated,
        Self::DatasetItemPut,
        Self::DatasetItemRemoved,
        Self::DatasetItemsCopied,
        Self::ExperimentCreated,
        Self::ExperimentUpdated,
        Self::ExperimentDeleted,
        Self::ExperimentItemAdded,
        Self::ExperimentItemRemoved,
        Self::PromptCreated,
        Self::PromptUpdated,
        Self::PromptDeleted,
        Self::PromptVersionCreated,
        Self::PromptVersionTagged,
        Self::PromptEnvironmentsSet,
    ];

    pub const fn number(self) -> u16 {
        self as u16
    }

    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// The version that is written today. Raise it with a golden file and a step in `upcast`.
    pub const fn version(self) -> u16 {
        1
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::WorkspaceCreated => "workspace_created",
            Self::ProjectCreated => "project_created",
            Self::ProjectUpdated => "project_updated",
            Self::ProjectDeleted => "project_deleted",
            Self::TraceRecorded => "trace_recorded",
            Self::TracePatched => "trace_patched",
            Self::TraceDeleted => "trace_deleted",
            Self::SpanRecorded => "span_recorded",
            Self::SpanPatched => "span_patched",
            Self::SpanDeleted => "span_deleted",
            Self::FeedbackScored => "feedback_scored",
            Self::FeedbackCleared => "feedback_cleared",
            Self::OtelTraceMet => "otel_trace_met",
            Self::DefinitionCreated => "definition_created",
            Self::DefinitionReplaced => "definition_replaced",
            Self::DefinitionDeleted => "definition_deleted",
            Self::EnvironmentCreated => "environment_created",
            Self::EnvironmentUpdated => "environment_updated",
            Self::EnvironmentDeleted => "environment_deleted",
            Self::WorkspaceConfigured => "workspace_configured",
            Self::WorkspaceConfigurationCleared => "workspace_configuration_cleared",
            Self::DatasetCreated => "dataset_created",
            Self::DatasetUpdated => "dataset_updated",
            Self::DatasetDeleted => "dataset_deleted",
            Self::DatasetVersionMade => "dataset_version_made",
            Self::DatasetVersionUpdated => "dataset_version_updated",
            Self::DatasetItemPut => "dataset_item_put",
            Self::DatasetItemRemoved => "dataset_item_removed",
            Self::DatasetItemsCopied => "dataset_items_copied",
            Self::ExperimentCreated => "experiment_created",
            Self::ExperimentUpdated => "experiment_updated",
            Self::ExperimentDeleted => "experiment_deleted",
            Self::ExperimentItemAdded => "experiment_item_added",
            Self::ExperimentItemRemoved => "experiment_item_removed",
            Self::PromptCreated => "prompt_created",
            Self::PromptUpdated => "prompt_updated",
            Self::PromptDeleted => "prompt_deleted",
            Self::PromptVersionCreated => "prompt_version_created",
            Self::PromptVersionTagged => "prompt_version_tagged",
            Self::PromptEnvironmentsSet => "prompt_environments_set",
        }
    }
}
