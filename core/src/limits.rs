//! Every bound of the program, by name, unit last. Relations between them are asserted at compile time.

/// A whole request body after decompression.
pub const REQUEST_BODY_BYTES_MAX: usize = 256 << 20;
/// What is read of a body that nobody wanted, so that the answer arrives.
pub const UNREAD_BODY_BYTES_MAX: usize = 8 << 20;
/// How long an answered request may take to send it.
pub const UNREAD_BODY_SECONDS_MAX: u64 = 5;
/// One file that hangs on a trace or span.
pub const ATTACHMENT_BYTES_MAX: u64 = 5 << 30;
pub const FILE_NAME_CHARS_MAX: usize = 1_000;
pub const MIME_TYPE_CHARS_MAX: usize = 255;
/// Files of one page where the request does not say.
pub const ATTACHMENT_PAGE_ITEMS_DEFAULT: usize = 100;
/// Characters of base64 within a body from which on it is taken out as a file.
pub const EMBEDDED_CHARS_MIN: usize = 250_000;
/// Bytes of files that one answer puts back into its bodies; references to more stay.
pub const EMBEDDED_READ_BYTES_MAX: u64 = 192 << 20;
/// Files of one trace or span that GraphQL shows.
pub const ATTACHMENTS_SHOWN_MAX: usize = 500;
/// Uploads that are received at once; others wait their turn.
pub const UPLOADS_CONCURRENT_MAX: usize = 64;
/// Chunks of an upload that wait for the disk.
pub const UPLOAD_CHUNKS_WAITING_MAX: usize = 8;
/// Bytes of a file that are sent to an object store at a time.
pub const UPLOAD_PART_BYTES: usize = 8 << 20;
/// How often, and for how long, an object store that does not answer is asked again.
pub const OBJECT_STORE_RETRIES_MAX: usize = 3;
pub const OBJECT_STORE_RETRY_SECONDS_MAX: u64 = 20;
/// Contents that nobody uses any more which are erased in one go.
pub const ERASED_CONTENTS_MAX: usize = 500;
/// Erasures of one workspace that are not done.
pub const ERASURES_OPEN_MAX: usize = 100;
/// Positions, traces and threads that one event of an erasure names.
pub const ERASED_PER_EVENT_MAX: usize = 10_000;
/// How long an erasure waits until it tries again to get hold of a workspace that somebody reads in.
pub const ERASURE_RETRY_SECONDS: u64 = 15;
/// How long newcomers to a workspace are kept waiting at the most until those who read in it have gone.
pub const RENEWAL_PATIENCE_MS: u64 = 1_000;
/// Characters of a user's id.
pub const USER_ID_CHARS_MAX: usize = 1_000;
/// Derived columns of one workspace: each is computed of every trace or span that is written.
pub const DERIVED_COLUMNS_MAX: usize = 32;
pub const DERIVED_NAME_CHARS_MAX: usize = 64;
/// Of the path or condition that a derived column comes from.
pub const DERIVED_SOURCE_CHARS_MAX: usize = 1_000;
/// Bytes of an input, output or metadata up to which it is looked into for the index; larger ones are when they are asked.
pub const DERIVED_BODY_BYTES_MAX: usize = 1 << 20;
/// Retention rules of one workspace, those that are over among them.
pub const RETENTION_RULES_MAX: usize = 10_000;
/// Traces that one step of retention deletes.
pub const RETENTION_STEP_TRACES_MAX: usize = BATCH_ITEMS_MAX;
/// How often retention rules are applied.
pub const RETENTION_CHECK_SECONDS: u64 = 3_600;
/// Entities in one batch of the API.
pub const BATCH_ITEMS_MAX: usize = 1_000;
/// Spans of the program itself that wait to be exported; more are dropped and counted.
pub const OWN_SPANS_WAITING_MAX: usize = 8_192;
/// Spans of the program itself in one request.
pub const OWN_SPANS_PER_EXPORT_MAX: usize = 512;
/// Spans in one OTLP request: exporters send 512 by default, gateways more.
pub const OTLP_SPANS_MAX: usize = 50_000;
/// Reasons that an exporter is told when spans of its request are refused.
pub const OTLP_REASONS_MAX: usize = 8;
pub const OTLP_REASON_CHARS_MAX: usize = 200;
/// JSON within the text of an attribute is taken as JSON up to this depth; readers bear 128 with what is around it.
pub const OTLP_TEXT_DEPTH_MAX: usize = 100;
pub const NAME_CHARS_MAX: usize = 1_000;
pub const DESCRIPTION_CHARS_MAX: usize = 255;
pub const ENVIRONMENT_CHARS_MAX: usize = 150;
/// Environments of one workspace.
pub const ENVIRONMENTS_MAX: usize = 100;
pub const ENVIRONMENT_DESCRIPTION_CHARS_MAX: usize = 500;
pub const COLOR_CHARS_MAX: usize = 20;
/// Prices that one workspace sets for itself.
pub const OWN_PRICES_MAX: usize = 10_000;
/// Tiers of one price, by the length of prompts.
pub const PRICE_TIERS_MAX: usize = 16;
/// Spans that one step of a re-pricing looks at.
pub const REPRICING_STEP_SPANS_MAX: usize = 500;
pub const COMMENT_CHARS_MAX: usize = 10_000;
/// Comments on one trace, span or thread.
pub const COMMENTS_MAX: usize = 1_000;
/// Comments on the traces of one experiment that are told with it.
pub const EXPERIMENT_COMMENTS_MAX: usize = 100;
/// Outcomes of guardrails on one trace.
pub const GUARDRAIL_CHECKS_MAX: usize = 1_000;
/// Spans whose scores are told apart where a trace shows the scores of its spans together.
pub const SPAN_SCORES_SHOWN_MAX: usize = 1_000;
/// Feedback definitions of one workspace.
pub const FEEDBACK_DEFINITIONS_MAX: usize = 1_000;
pub const FEEDBACK_CATEGORIES_MIN: usize = 2;
pub const FEEDBACK_CATEGORIES_MAX: usize = 1_000;
/// Names that one workspace's configuration gives a colour to.
pub const COLOR_MAP_NAMES_MAX: usize = 1_000;
pub const PROMPT_TEMPLATE_BYTES_MAX: usize = 1 << 20;
/// Characters of a version's number as clients write it: `v3`.
pub const PROMPT_NUMBER_CHARS_MAX: usize = 10;
/// Lines of a template up to which it is compared with another.
pub const PROMPT_DIFF_LINES_MAX: usize = 5_000;
/// Values of one version of an agent's configuration.
pub const AGENT_VALUES_MAX: usize = 250;
pub const AGENT_KEY_CHARS_MAX: usize = 255;
pub const AGENT_VALUE_BYTES_MAX: usize = 1 << 20;
/// Environments of one configuration.
pub const AGENT_ENVIRONMENTS_MAX: usize = 100;
pub const AGENT_ENVIRONMENT_CHARS_MAX: usize = 50;
pub const RUNNER_NAME_CHARS_MAX: usize = 128;
/// Agents that a runner tells of, and parameters of each.
pub const RUNNER_AGENTS_MAX: usize = 50;
pub const RUNNER_PARAMETERS_MAX: usize = 100;
/// Bytes of what an agent says of itself.
pub const RUNNER_TEXT_BYTES_MAX: usize = 64 << 10;
pub const RUNNER_CHECKLIST_BYTES_MAX: usize = 256 << 10;
pub const RUNNER_CHECKLIST_DEPTH_MAX: usize = 64;
pub const RUNNER_CAPABILITIES_MAX: usize = 20;
pub const RUNNER_PAGE_ITEMS_DEFAULT: usize = 25;
/// A runner that was not heard from for so long counts as disconnected.
pub const RUNNER_SILENCE_SECONDS_MAX: u64 = 15;
/// What is remembered of a runner that is silent is forgotten after so long.
pub const RUNNER_FORGOTTEN_SECONDS: u64 = 600;
/// Runners of one workspace that are remembered at once.
pub const RUNNERS_REMEMBERED_MAX: usize = 10_000;
/// Polls of one runner, and waits for one command, that are open at once.
pub const RUNNER_POLLS_MAX: usize = 8;
/// Questions to the memory of one workspace's runners that may wait.
pub const RELAY_MAILBOX_MAX: usize = 1_024;
/// Pairings of one workspace that wait at once.
pub const PAIRING_SESSIONS_MAX: usize = 1_000;
pub const PAIRING_SECONDS_MIN: u64 = 60;
pub const PAIRING_SECONDS_MAX: u64 = 600;
pub const PAIRING_SECONDS_DEFAULT: u64 = 300;
/// Wrong proofs that a pairing bears.
pub const PAIRING_ATTEMPTS_MAX: u32 = 10;
/// Bytes of a job's inputs, and of its result.
pub const JOB_BODY_BYTES_MAX: usize = 16 << 20;
pub const JOB_PROMPT_MASKS_MAX: usize = 250;
pub const JOB_LOG_LINES_MAX: u32 = 100_000;
pub const JOB_LOG_BYTES_MAX: u64 = 16 << 20;
pub const JOBS_PENDING_PER_RUNNER_MAX: usize = 100;
/// How long a poll for a job is held open.
pub const JOB_POLL_SECONDS: u64 = 10;
/// An open job of a runner that is silent or gone is given up after so long without a sign.
pub const JOB_PATIENCE_SECONDS: u64 = 60;
/// A running job of a living runner is given up after so long without a sign, or after its own time-out if that is longer.
pub const JOB_SILENCE_SECONDS_MAX: u64 = 3_600;
/// How often one looks for jobs to give up.
pub const JOB_SWEEP_SECONDS: u64 = 15;
/// Cancelled jobs that a runner is told of, and for how long.
pub const CANCELLED_JOBS_TOLD_MAX: usize = 1_000;
pub const CANCELLED_JOBS_TOLD_SECONDS: u64 = 60;
pub const BRIDGE_ARGUMENTS_BYTES_MAX: usize = 1 << 20;
pub const BRIDGE_RESULT_BYTES_MAX: usize = 8 << 20;
pub const BRIDGE_TIMEOUT_SECONDS_DEFAULT: u32 = 30;
pub const BRIDGE_TIMEOUT_SECONDS_MAX: u32 = 120;
pub const BRIDGE_READS_PER_MINUTE_MAX: u32 = 600;
pub const BRIDGE_WRITES_PER_MINUTE_MAX: u32 = 120;
/// Commands that one poll takes.
pub const BRIDGE_BATCH_DEFAULT: usize = 10;
pub const BRIDGE_BATCH_MAX: usize = 20;
pub const BRIDGE_POLL_SECONDS: u64 = 30;
/// Commands of one runner in memory, those that ended lately among them.
pub const BRIDGE_COMMANDS_MAX: usize = 2_000;
/// How long the answer to a command is kept.
pub const BRIDGE_KEPT_SECONDS: u64 = 300;
/// Bytes of all commands of one workspace, with their answers.
pub const BRIDGE_BYTES_MAX: usize = 128 << 20;
pub const INSIGHTS_NAME_CHARS_MAX: usize = 255;
/// What is said of an issue, each part of it.
pub const INSIGHTS_TEXT_CHARS_MAX: usize = 10_000;
pub const INSIGHTS_METADATA_BYTES_MAX: usize = 256 << 10;
pub const INSIGHTS_GUIDANCE_CHARS_MAX: usize = 10_000;
pub const INSIGHTS_PAGE_ITEMS_MAX: usize = 100;
/// How long a thread may be silent before it counts as inactive.
pub const THREAD_TIMEOUT_SECONDS_MAX: u64 = 365 * 24 * 3_600;
/// The same in workspaces that set nothing.
pub const THREAD_TIMEOUT_SECONDS_DEFAULT: u64 = 15 * 60;
/// How often a workspace looks for threads that were silent for too long.
pub const THREAD_TIMEOUT_CHECK_MS: u64 = 1_000;
/// Threads that one command makes inactive; the next look takes the rest.
pub const THREADS_TIMED_OUT_MAX: usize = 1_000;
pub const THREAD_ID_CHARS_MAX: usize = 1_000;
pub const TAGS_MAX: usize = 50;
pub const TAG_CHARS_MAX: usize = 100;
pub const USAGE_KEYS_MAX: usize = 200;
/// People who may have to judge one item of an annotation queue.
pub const ANNOTATORS_PER_ITEM_MAX: u32 = 1_000;
pub const ANNOTATION_LOCK_SECONDS_DEFAULT: u32 = 300;
pub const ANNOTATION_LOCK_SECONDS_MAX: u32 = 3_600;
/// Characters of a queue's description and of its instructions.
pub const ANNOTATION_TEXT_CHARS_MAX: usize = 100_000;
/// Bytes of a queue's automation and of its own view, each.
pub const ANNOTATION_JSON_BYTES_MAX: usize = 1 << 20;
/// Items of one annotation queue.
pub const ANNOTATION_ITEMS_MAX: usize = 100_000;
/// Alerts of one workspace.
pub const ALERTS_MAX: usize = 1_000;
pub const ALERT_NAME_CHARS_MAX: usize = 255;
/// Configs of one trigger; of triggers there is one for each type of event.
pub const ALERT_CONFIGS_MAX: usize = 20;
/// Projects that one config names.
pub const ALERT_PROJECTS_MAX: usize = 100;
pub const ALERT_URL_CHARS_MAX: usize = 2_048;
pub const ALERT_SECRET_CHARS_MAX: usize = 250;
/// Headers of a webhook, metadata of an alert, values of a config.
pub const ALERT_ENTRIES_MAX: usize = 20;
pub const ALERT_KEY_CHARS_MAX: usize = 100;
pub const ALERT_VALUE_CHARS_MAX: usize = 1_000;
pub const ALERT_WINDOW_SECONDS_MIN: u64 = 60;
pub const ALERT_WINDOW_SECONDS_MAX: u64 = 30 * 24 * 3_600;
/// How long what sets an alert off is gathered before it is told, and how often metrics are looked at.
pub const ALERT_SECONDS_DEFAULT: u64 = 60;
pub const ALERT_SECONDS_MAX: u64 = 3_600;
/// How often one looks for what is to be told.
pub const ALERT_CHECK_MS: u64 = 500;
/// Things that one message tells of; of more it tells only how many.
pub const ALERT_OCCURRENCES_MAX: usize = 100;
/// Things that a message for people lists.
pub const ALERT_SHOWN_MAX: usize = 10;
/// The first attempt to deliver a message, and the ones after it.
pub const ALERT_ATTEMPTS_MAX: u32 = 4;
/// How long one waits before the second attempt; twice as long before each of the next.
pub const ALERT_RETRY_MS: u64 = 1_000;
/// How long a receiver may take to answer.
pub const ALERT_ANSWER_SECONDS_MAX: u64 = 10;
/// Messages under way at once, and tests of messages besides; others wait their turn.
pub const ALERT_MESSAGES_CONCURRENT_MAX: usize = 16;
pub const ALERT_TESTS_CONCURRENT_MAX: usize = 4;
/// Dashboards and insights views of one workspace.
pub const DASHBOARDS_MAX: usize = 10_000;
pub const DASHBOARD_NAME_CHARS_MAX: usize = 120;
pub const DASHBOARD_DESCRIPTION_CHARS_MAX: usize = 1_000;
pub const DASHBOARD_CONFIG_BYTES_MAX: usize = 4 << 20;
pub const SAVED_QUERY_CHARS_MAX: usize = 100_000;
/// Rows that the query of a chart gives, and those it gives unless it says how many.
pub const WIDGET_ROWS_MAX: usize = 10_000;
pub const WIDGET_ROWS_DEFAULT: usize = 1_000;
/// Items of one page of what happened in a project.
pub const ACTIVITY_PAGE_ITEMS_MAX: usize = 100;
/// Experiments that are shown side by side.
pub const COMPARED_EXPERIMENTS_MAX: usize = 100;
/// Bytes of what comparisons of one workspace came to that are kept.
pub const COMPARISONS_REMEMBERED_BYTES_MAX: u64 = 64 << 20;
/// Experiments of one workspace of which it is known since when they are as they are; beyond it all count as changed.
pub const EXPERIMENTS_CHANGED_MAX: usize = 100_000;
/// Bytes of a request that records runs of an experiment with their traces and spans.
pub const EXPERIMENT_BULK_BYTES_MAX: usize = 4 << 20;
/// Spans, and likewise scores, of one run in such a request.
pub const EXPERIMENT_RUN_PARTS_MAX: usize = 100;
/// Runs of each experiment, the newest, whose outputs are looked into for what columns they have.
pub const EXPERIMENT_COLUMN_RUNS_MAX: usize = 1_000;
/// Fields that experiments are grouped by at once.
pub const EXPERIMENT_GROUPINGS_MAX: usize = 5;
/// Groups of experiments that one answer is made of, those within others among them.
pub const EXPERIMENT_GROUPS_MAX: usize = 10_000;
/// Runs of one dataset item in an experiment.
pub const DATASET_RUNS_MAX: u32 = 100;
/// Columns of a dataset's data that are told of.
pub const DATASET_COLUMNS_MAX: usize = 500;
pub const DATASET_VERSION_TAGS_MAX: usize = 100;
pub const DATASET_TAG_CHARS_MAX: usize = 100;
/// Items that a version may take over from another dataset at once.
pub const DATASET_COPY_ITEMS_MAX: usize = 200_000;
/// How long an export of a dataset can be fetched.
pub const DATASET_EXPORT_SECONDS: u64 = 7 * 24 * 3_600;
/// A file of items that is uploaded.
pub const DATASET_FILE_BYTES_MAX: u64 = 4 << 30;
/// What stands for one item in such a file.
pub const DATASET_FILE_ITEM_BYTES_MAX: usize = 16 << 20;
/// Items of such a file that wait for their commit.
pub const DATASET_FILE_WAITING_BYTES_MAX: usize = 8 << 20;
/// How often the part of a file that finds the writer busy is sent again, a second apart.
pub const DATASET_FILE_RETRIES_MAX: u32 = 60;
/// Items that an export reads at a time.
pub const DATASET_EXPORT_STEP_ITEMS: usize = 500;
/// Samples that a model may be asked to make of a dataset.
pub const DATASET_SAMPLES_MAX: i64 = 200;
/// Of how many items of a version the index of its pages remembers one.
pub const DATASET_PAGE_STRIDE: usize = 1_000;
/// Versions whose pages are remembered.
pub const DATASET_PAGE_INDEXES_MAX: usize = 256;
/// Arrays and objects within one another in an input, output or metadata: beyond it common parsers give up.
pub const JSON_DEPTH_MAX: usize = 500;
/// Layers of updates kept beside a row; the oldest are folded together beyond it.
pub const PATCH_LAYERS_MAX: usize = 32;

/// Commands that may wait for one workspace's writer; one more is answered with "too many requests".
pub const WRITER_QUEUE_COMMANDS_MAX: usize = 256;
/// Bytes of bodies that may wait for one workspace's writer; more only in one command that waits alone. Who comes after
/// an overload waits until these are written, so that they are not more than some seconds take on a slow machine.
pub const WRITER_QUEUE_BYTES_MAX: usize = 32 << 20;
/// Commands that one durable commit takes together.
pub const COMMIT_COMMANDS_MAX: usize = 128;
/// A commit is closed when its events reach this size.
pub const COMMIT_BYTES_MAX: usize = 16 << 20;
pub const WORKSPACE_MAILBOX_MAX: usize = WRITER_QUEUE_COMMANDS_MAX;
/// What a caller is told to wait after "too many requests".
pub const OVERLOAD_RETRY_SECONDS: u64 = 1;
/// A workspace that nobody used for so long is closed.
pub const WORKSPACE_IDLE_SECONDS: u64 = 600;

/// Events in one compressed block of the log.
pub const LOG_BLOCK_EVENTS_MAX: usize = 32;
/// A block is closed when its events reach this size.
pub const LOG_BLOCK_BYTES_TARGET: usize = 256 << 10;
/// Bytes of one value in the store: a larger block is laid down in parts, so that no buffer grows with it.
pub const LOG_PART_BYTES: usize = 4 << 20;
/// Bytes of events that are read from the log together, unless a single block has more.
pub const LOG_READ_BYTES_MAX: usize = 64 << 20;
/// Decompressed blocks kept in memory for reading bodies.
pub const LOG_CACHE_BYTES_MAX: u64 = 32 << 20;

/// How long a search waits for the index to reach the position of its request.
pub const INDEX_WAIT_MS_MAX: u64 = 5_000;
/// Events of others that a list waits for if its caller says what he knows of: of more, it waits for that alone.
pub const OTHERS_AWAITED_MAX: u64 = 2_000;
/// Events that the log gets ahead of the columns index before writes wait for it: lists must not be behind by more than
/// they can wait for.
pub const COLUMNS_BEHIND_EVENTS_MAX: u64 = 30_000;
/// How long one commit waits for the index at most: one that is stuck slows writes down and does not stop them.
pub const COLUMNS_BEHIND_WAIT_MS_MAX: u64 = 5_000;
/// Entities that one commit of the columns index takes at most.
pub const COLUMNS_COMMIT_DOCUMENTS_MAX: usize = 10_000;
/// The columns index commits after so long even if nobody asks.
pub const COLUMNS_COMMIT_INTERVAL_MS: u64 = 250;
/// Entities that one commit of the text index takes at most, when it is behind: small segments are merged more often.
pub const TEXT_COMMIT_DOCUMENTS_MAX: usize = 8_000;
pub const TEXT_COMMIT_INTERVAL_MS: u64 = 500;
/// Events that one step takes into an index which is made anew, so that nobody waits long for the one that serves.
pub const INDEX_BUILD_EVENTS_MAX: usize = 1_000;
pub const INDEX_ARENA_BYTES: usize = 32 << 20;
/// Share of deleted documents at which a segment of an index is rewritten.
pub const INDEX_DELETED_RATIO_MAX: f32 = 0.25;
/// Bytes of one small text that the columns index covers; longer ones are looked up in the row.
pub const COLUMN_TEXT_BYTES_MAX: usize = 16 << 10;
/// Bytes of metadata up to which the columns index looks into it.
pub const METADATA_BYTES_MAX: usize = 64 << 10;
/// Paths of one metadata value that are columns; values beyond it are looked up in the row.
pub const METADATA_PATHS_MAX: usize = 128;
pub const METADATA_PATH_BYTES_MAX: usize = 300;
/// Bytes of one text within metadata that is a column.
pub const METADATA_TEXT_BYTES_MAX: usize = 1 << 10;
/// Ids up to which a list looks them up one by one rather than looking at every row of the filter.
pub const LIST_LOOKUP_IDS_MAX: usize = 1_000;
/// Rows that a list sorts at first when each must still be checked; four times as many with every further round.
pub const LIST_CHECKED_ITEMS_MIN: usize = 256;
/// Values up to which percentiles are exact; beyond it they come from sketches, within 1 percent of the value.
pub const AGGREGATE_EXACT_VALUES_MAX: usize = 8_000_000;
/// Fields that one aggregation may group by.
pub const AGGREGATE_DIMENSIONS_MAX: usize = 2;
/// Distinct values of one dimension that are told apart; the rest is counted together.
pub const AGGREGATE_VALUES_MAX: usize = 10_000;
/// Groups, times their buckets, that one aggregation keeps; the rest is counted together.
pub const AGGREGATE_GROUPS_MAX: usize = 100_000;
/// Buckets of one time series: more than a year of hours.
pub const AGGREGATE_BUCKETS_MAX: usize = 10_000;
/// Series that a metric is broken down into; the rest is put together.
pub const METRIC_SERIES_MAX: usize = 100;
/// Groups of one GraphQL statistic that are told apart.
pub const STATISTICS_GROUPS_MAX: usize = 1_000;
pub const STATISTICS_MEASURES_MAX: usize = 20;
pub const STATISTICS_PROJECTS_MAX: usize = 100;
/// Figures in one answer: groups, times buckets, times measures.
pub const STATISTICS_VALUES_MAX: usize = 100_000;
/// Fields whose values one answer counts.
pub const FACET_FIELDS_MAX: usize = 60;
/// Scores, and fields of metadata, that are counted when nobody names any.
pub const FACET_KEYS_MAX: usize = 20;
/// Values of one field that are told apart.
pub const FACET_VALUES_MAX: usize = 100;
/// Usage keys or score names that one answer tells apart.
pub const AGGREGATE_KEYS_MAX: usize = 1_000;
/// Documents among which a phrase of common words is looked for, the newest ones.
pub const PHRASE_DOCUMENTS_MAX: u64 = 200_000;
/// Terms of one field and segment that the beginning of a word may stand for.
pub const WORD_PREFIX_TERMS_MAX: usize = 10_000;
/// The same for the last word of a phrase, where each costs more.
pub const PHRASE_PREFIX_TERMS_MAX: u32 = 1_000;
/// Letters of a word that may be looked for misspelt; well below `WORD_BYTES_MAX`, where words are cut.
pub const FUZZY_WORD_CHARS_MAX: usize = 40;
/// Bytes of one word that full-text search tells apart.
pub const WORD_BYTES_MAX: usize = 200;
/// Bytes of one field that full-text search covers.
pub const TEXT_FIELD_BYTES_MAX: usize = 64 << 10;
/// Entities that a text condition within a list filter may match; the newest count.
pub const SEARCH_MATCHES_MAX: usize = 50_000;
/// Deleted projects whose things a search of the whole workspace leaves out, the last deleted ones.
pub const SEARCH_DELETED_PROJECTS_MAX: usize = 10_000;
/// Letters that a piece of a substring must have to be worth looking for among the words of the text index.
pub const NARROWING_PIECE_BYTES_MIN: usize = 3;
/// Pieces of one substring that are looked for; each costs a look at every word.
pub const NARROWING_PIECES_MAX: usize = 3;
/// Candidates for a substring; if the index gives more, all rows are looked at.
pub const NARROWING_CANDIDATES_MAX: usize = 200_000;

/// Rows of one page, whatever the API.
pub const PAGE_ITEMS_MAX: usize = 2_000;
pub const STREAM_ITEMS_DEFAULT: usize = 500;
pub const PAGE_ITEMS_DEFAULT: usize = 10;
/// Items of a page up to which `page × size` may reach into a list.
pub const PAGE_REACH_MAX: usize = 10_000_000;
/// Characters of a serialised value in a truncated read.
pub const TRUNCATED_CHARS: usize = 10_001;

/// Characters of a text that sorting in memory looks at.
pub const SORT_TEXT_CHARS_MAX: usize = 256;

pub const QUERY_CHARS_MAX: usize = 10_000;
pub const QUERY_DEPTH_MAX: usize = 32;
pub const QUERY_TERMS_MAX: usize = 256;

/// Fields within fields of one GraphQL request, its introspection aside.
pub const GRAPHQL_DEPTH_MAX: usize = 12;
/// Fields of one GraphQL request once its fragments are written out.
pub const GRAPHQL_FIELDS_MAX: usize = 5_000;
/// Lists within lists that introspection may ask for; tools need one.
pub const GRAPHQL_INTROSPECTION_LISTS_MAX: usize = 2;
/// Values that one GraphQL request may be answered with, lists counted by the page size asked for.
pub const GRAPHQL_COMPLEXITY_MAX: usize = 200_000;
/// Paths within bodies that are looked up for each thing of a list.
pub const GRAPHQL_PATHS_MAX: usize = 20;
pub const GRAPHQL_BODY_BYTES_MAX: usize = 4 << 20;
/// Bytes of inputs, outputs and metadata that one page of a GraphQL answer holds; a single one may be larger.
pub const GRAPHQL_BODIES_BYTES_MAX: u64 = 64 << 20;
/// Characters of a preview.
pub const PREVIEW_CHARS_MAX: usize = 10_000;
/// Larger bodies are previewed as plain text, whatever their shape.
pub const PREVIEW_SHAPE_BYTES_MAX: usize = 1 << 20;
/// Events of one thing that its history looks at, the newest ones.
pub const HISTORY_EVENTS_MAX: usize = 10_000;
/// Characters of one value in a history; longer ones are shown by their beginning.
pub const HISTORY_VALUE_CHARS_MAX: usize = 2_000;
/// Fields of one change that a history shows.
pub const HISTORY_CHANGE_FIELDS_MAX: usize = 200;
/// Events that one page of the audit log looks at in the log, when no index knows those that are wanted.
pub const AUDIT_LOOKED_EVENTS_MAX: usize = 20_000;
/// The same where an index says where to look: each may lie in another block.
pub const AUDIT_LOOKUPS_MAX: usize = 2_000;
/// Bytes of an event up to which a list tells what it says; of larger ones only their own page does.
pub const AUDIT_EVENT_BYTES_MAX: usize = 64 << 10;
/// Fields that a list tells of an event, and characters of each value.
pub const AUDIT_FIELDS_MAX: usize = 8;
pub const AUDIT_VALUE_CHARS_MAX: usize = 120;
/// Changes that are undone at once.
pub const UNDO_EVENTS_MAX: usize = 1_000;
/// Later changes that stand in the way of an undo and are told of.
pub const UNDO_REASONS_MAX: usize = 8;
/// Events that are looked at to find those of one request.
pub const REQUEST_SEARCH_EVENTS_MAX: usize = 20_000;
/// Earlier moments of one workspace that are kept ready, or are being made.
pub const AS_OF_KEPT_MAX: usize = 2;
/// Earlier moments that one request asks about.
pub const AS_OF_PER_REQUEST_MAX: usize = AS_OF_KEPT_MAX;
/// How long a request waits for a moment that is being made; then it is told how far that has come.
pub const AS_OF_WAIT_MS_MAX: u64 = 5_000;
/// How long after the last question a moment that is being made gives no way to another.
pub const AS_OF_WANTED_MS: u64 = 10_000;
/// How long after the last question a moment is kept at most.
pub const AS_OF_IDLE_SECONDS_MAX: u64 = 600;
/// Bytes of the disk that must stay free beside a moment that is made.
pub const AS_OF_SPARE_BYTES: u64 = 512 << 20;
/// Events after which the chain of the log is signed again; it is signed at a clean stop, too.
pub const CHECKPOINT_EVENTS: u64 = 10_000;
/// How long a WebSocket may stay silent before it says who it is.
pub const WEBSOCKET_INIT_SECONDS_MAX: u64 = 10;
pub const SUBSCRIPTIONS_PER_CONNECTION_MAX: usize = 64;
/// Events that a subscription reads from the log at a time.
pub const SUBSCRIPTION_READ_EVENTS_MAX: usize = 512;
/// Such readings of one workspace that are kept for whoever follows at the same pace.
pub const SUBSCRIPTION_STRETCHES_KEPT_MAX: usize = 32;
/// Events of a deleted trace that are looked at to find its project.
pub const SUBSCRIPTION_HISTORY_EVENTS_MAX: usize = 64;
/// Events that are looked at for the traces that came into an experiment or annotation queue or left it: the newest ones
/// of the item, or of all of it where that is deleted or restored.
pub const SUBSCRIPTION_HOME_EVENTS_MAX: usize = 1_000;
/// Spans that are told of because an event put their traces into an experiment or took them out.
pub const SUBSCRIPTION_HOME_SPANS_MAX: usize = 4_000;
/// Things that a subscription reads of at a time: no event is read once so many are touched.
pub const SUBSCRIPTION_TOUCHED_MAX: usize = 4_000;
/// Things of a kind that one word of what changed in a workspace names.
pub const CHANGED_IDS_MAX: usize = 64;
/// Events of which it is still told what they changed in a workspace; of more only that there were too many.
pub const CHANGES_BEHIND_EVENTS_MAX: u64 = 16_384;

/// Rows of a table that is exported, and bytes of them, that are in memory at once.
pub const EXPORT_GROUP_ROWS_MAX: usize = 10_000;
pub const EXPORT_GROUP_BYTES_MAX: usize = 32 << 20;
/// About how much of an export a server sends at once.
pub const EXPORT_CHUNK_BYTES_TARGET: usize = 64 << 10;
/// Exports of a server under way at once; others wait their turn. Each takes as long as its client takes to read it.
pub const EXPORTS_CONCURRENT_MAX: usize = 2;

/// How often a workspace that stopped writing tries again, what the disk must take first, and how long its readers
/// have to go.
pub const HEAL_SECONDS: u64 = 5;
pub const HEAL_PROBE_BYTES: usize = 4 << 20;
pub const HEAL_READERS_SECONDS_MAX: u64 = 10;

/// Workspaces that are counted each under its own name; more would make too many series for a monitor.
pub const METERED_WORKSPACES_MAX: usize = 100;

/// Workspaces of a server, and characters of a name that somebody gives to one.
pub const WORKSPACES_MAX: usize = 10_000;
pub const WORKSPACE_NAME_CHARS_MAX: usize = 100;
/// How often a fork looks again at files that were changed for others while it took them. Its source is not written
/// to meanwhile, so that there is an end to these changes.
pub const FORK_ATTEMPTS_MAX: u32 = 1_000;
/// Contents of attachments that an object store copies at once.
pub const FORK_CONTENTS_CONCURRENT_MAX: usize = 16;

/// Bytes of a log that a backup keeps in one file, and that are on their way to it at once.
pub const BACKUP_SEGMENT_BYTES_TARGET: usize = 16 << 20;
pub const BACKUP_CHUNK_BYTES_TARGET: usize = 1 << 20;
/// How often a backup asks again for what was erased while it was taken, and how long it waits in between.
pub const BACKUP_ATTEMPTS_MAX: u32 = 5;
pub const BACKUP_RETRY_MS: u64 = 500;

/// Blocking reads under way at once; others wait their turn.
pub const READS_CONCURRENT_MAX: usize = 32;
/// Those of earlier moments, beside them: each may wait for a replay, and keeps no read of now from its turn.
pub const AS_OF_READS_CONCURRENT_MAX: usize = 4;

const _: () = {
    assert!(OWN_SPANS_PER_EXPORT_MAX <= OWN_SPANS_WAITING_MAX);
    assert!(COMMIT_COMMANDS_MAX <= WRITER_QUEUE_COMMANDS_MAX);
    assert!(COMMIT_BYTES_MAX <= WRITER_QUEUE_BYTES_MAX);
    assert!(BATCH_ITEMS_MAX <= PAGE_ITEMS_MAX);
    assert!(AUDIT_LOOKUPS_MAX <= AUDIT_LOOKED_EVENTS_MAX);
    // Everyone who reads may hold one of the moments that are kept.
    assert!(AS_OF_KEPT_MAX <= AS_OF_READS_CONCURRENT_MAX);
    assert!(REPRICING_STEP_SPANS_MAX <= PAGE_ITEMS_MAX);
    assert!(LOG_BLOCK_BYTES_TARGET <= COMMIT_BYTES_MAX);
    assert!(LOG_BLOCK_BYTES_TARGET <= LOG_PART_BYTES);
    assert!(OVERLOAD_RETRY_SECONDS > 0);
    // Who is taken for disconnected may come back before its jobs are given up.
    assert!(RUNNER_SILENCE_SECONDS_MAX < JOB_PATIENCE_SECONDS);
    assert!(JOB_PATIENCE_SECONDS < RUNNER_FORGOTTEN_SECONDS);
    assert!(PAIRING_SECONDS_MAX <= WORKSPACE_IDLE_SECONDS);
    assert!(ALERT_SECONDS_DEFAULT <= ALERT_SECONDS_MAX);
    assert!(ALERT_ATTEMPTS_MAX > 0);
    assert!(BRIDGE_ARGUMENTS_BYTES_MAX + BRIDGE_RESULT_BYTES_MAX <= BRIDGE_BYTES_MAX);
    assert!(THREAD_TIMEOUT_SECONDS_DEFAULT <= THREAD_TIMEOUT_SECONDS_MAX);
    assert!(4 * NAME_CHARS_MAX <= COLUMN_TEXT_BYTES_MAX);
};
