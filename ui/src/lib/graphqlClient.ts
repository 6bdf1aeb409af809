import { Client, fetchExchange, mapExchange, subscriptionExchange } from "@urql/core";
import { cacheExchange, type UpdateResolver } from "@urql/exchange-graphcache";
import { retryExchange } from "@urql/exchange-retry";
import { createClient } from "graphql-ws";
import { reportConnection, reportRoundTrip } from "@/lib/connection";
import { notReady } from "@/lib/failure";
import { knownHeaders, reportTold } from "@/lib/known";
import { positionOf, type SubscriptionPayload } from "@/lib/resumingPayload";
import { followOn } from "@/lib/steadyStream";
import { WORKSPACE, WORKSPACE_HEADERS } from "@/lib/workspace";

// Types without an id of their own live inside the answer that brought them.
const EMBEDDED = [
  "Server",
  "AuditCheckpoint",
  "PageInfo",
  "ErrorInfo",
  "Attachment",
  "UsageEntry",
  "FeedbackScore",
  "AuthorScore",
  "GuardrailCheck",
  "AssertionResult",
  "SearchHit",
  "SearchEdge",
  "SearchConnection",
  "Snippet",
  "TextRange",
  "SpanChange",
  "TraceChange",
  "ProjectChange",
  "ProjectConnection",
  "ProjectEdge",
  "TraceConnection",
  "TraceEdge",
  "ThreadChange",
  "ThreadConnection",
  "ThreadEdge",
  "SpanConnection",
  "SpanEdge",
  "PromptConnection",
  "PromptEdge",
  "PromptVersionConnection",
  "PromptVersionEdge",
  "PromptDiff",
  "PromptDiffLine",
  "NumericalDetails",
  "CategoricalDetails",
  "Category",
  "BooleanDetails",
  "WorkspaceConfiguration",
  "NamedColor",
  "DashboardChange",
  "DashboardConnection",
  "DashboardEdge",
  "DatasetConnection",
  "DatasetEdge",
  "DatasetColumn",
  "DatasetVersionConnection",
  "DatasetVersionEdge",
  // An item has the same id in every version, and other data.
  "DatasetItem",
  "DatasetItemConnection",
  "DatasetDiff",
  "DatasetItemChange",
  "DatasetItemChangeConnection",
  "DatasetItemEdge",
  "DurationPercentiles",
  "ExecutionPolicy",
  "InsightsDay",
  "InsightsIssueConnection",
  "InsightsIssueEdge",
  "InsightsSummary",
  "ExperimentConnection",
  "ExperimentEdge",
  "ExperimentFigures",
  "ExperimentGroup",
  "ExperimentGroupConnection",
  "ExperimentGroupEdge",
  "ExperimentGroupFigures",
  "ExperimentItemConnection",
  "ExperimentItemEdge",
  "ExperimentChange",
  "NamedFigure",
  "ComparedCell",
  "ComparedExperiment",
  "ComparedItem",
  "ComparedMeasure",
  "ComparedRuns",
  "ComparedValue",
  "ComparisonInterval",
  "ExperimentComparisonConnection",
  "ExperimentComparisonEdge",
  "AssertionResult",
  "AverageScore",
  "Candidate",
  "OptimizationConnection",
  "OptimizationEdge",
  "OptimizationTrial",
  "OptimizationChange",
  "AlertChange",
  "AlertConnection",
  "AlertEdge",
  "AlertEntry",
  "AlertFiringChange",
  "AlertFiringConnection",
  "AlertFiringEdge",
  "AlertGroup",
  "AlertTest",
  "AlertThreshold",
  "AlertTrigger",
  "AnnotationQueueChange",
  "AnnotationQueueConnection",
  "AnnotationQueueEdge",
  // An item has the id of its trace, in every queue.
  "AnnotationItem",
  "AnnotationItemConnection",
  "AnnotationItemEdge",
  "AnnotationLock",
  "Reviewer",
  "ReviewScore",
  // A version with a mask over it has the id of the version, and other values.
  "AgentBlueprint",
  "AgentBlueprintConnection",
  "AgentBlueprintEdge",
  "AgentConfiguration",
  "AgentDelta",
  "AgentEnvironment",
  "AgentValue",
  "RunnerAgent",
  "RunnerParameter",
  "RunnerLogLine",
  "RunnerJobChange",
  "RunnerJobConnection",
  "OwnPrices",
  "OwnPrice",
  "Price",
  "PriceRate",
  "PriceTier",
  "PublicPrices",
  "AuditEvent",
  "AuditEvents",
  "AuditThing",
  "SaidField",
  "Change",
  "ChangeConnection",
  "ChangeEdge",
  "FieldChange",
  "KnownField",
  "Trashed",
  "TrashedConnection",
  "TrashedEdge",
  "Differences",
  "DifferingValue",
  "DerivedValue",
  "Facet",
  "FacetValue",
  "Statistics",
  "StatisticsGroup",
  "StatisticsKey",
  "StatisticsNames",
  "StatisticsPoint",
  "StatisticsValue",
  "RetentionRules",
  "ForkedWorkspace",
  "WorkspaceChange",
  "ChangedThings",
  "ProjectFigures",
];

/** How the cache knows things again. */
export const CACHE_KEYS = Object.fromEntries(EMBEDDED.map((name) => [name, () => null]));

/** Taking back or erasing can change anything: what is on screen is asked for anew. */
const forgetAll: UpdateResolver = (_result, _args, cache) => {
  for (const { fieldName, arguments: args } of cache.inspectFields("Query")) cache.invalidate("Query", fieldName, args);
};

const RETRY_MS_MAX = 10_000;

function socketUrl(): string {
  const url = new URL("/graphql", window.location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

const ACKNOWLEDGEMENT_MS_MAX = 10_000;
const PONG_MS_MAX = 5_000;

function createSocket() {
  const offline = () => reportConnection("offline");
  // A network that went silently, or a laptop that slept, leaves a socket that looks open and says nothing more.
  let silence: number | undefined;
  let askedAt = 0;
  const client = createClient({
    url: socketUrl(),
    connectionParams: { workspace: WORKSPACE },
    lazy: false,
    keepAlive: 15_000,
    connectionAckWaitTimeout: ACKNOWLEDGEMENT_MS_MAX,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: (retries) =>
      new Promise((resolve) =>
        setTimeout(resolve, Math.min(RETRY_MS_MAX, 250 * 2 ** retries) * (0.75 + Math.random() / 2)),
      ),
    onNonLazyError: offline,
    on: {
      connected: () => reportConnection("connected"),
      closed: () => {
        window.clearTimeout(silence);
        offline();
      },
      ping: (isReceived) => {
        if (isReceived) return;
        silence = window.setTimeout(() => client.terminate(), PONG_MS_MAX);
        askedAt = performance.now();
      },
      pong: (isReceived) => {
        if (!isReceived) return;
        window.clearTimeout(silence);
        reportRoundTrip(performance.now() - askedAt);
      },
    },
  });
  return client;
}

export const TRANSPORT = {
  url: "/graphql",
  preferGetMethod: false,
  // Of a query there is one answer. Taken as a stream, it complains when it is given up half read.
  fetchOptions: () => ({
    headers: {
      accept: "application/graphql-response+json, application/json",
      ...WORKSPACE_HEADERS,
      ...knownHeaders(),
    },
  }),
};

/** Keeps nothing: for what is large, read once and reduced to little. */
export function createForgetfulClient(): Client {
  return new Client({ ...TRANSPORT, exchanges: [fetchExchange] });
}

/** Lists by words wait for their index, which lies behind while much is written; half a minute is patience enough. */
export const askAgain = retryExchange({
  retryIf: (error) => notReady(error) !== null,
  initialDelayMs: 500,
  maxDelayMs: 500,
  randomDelay: false,
  maxNumberAttempts: 6,
});

export function createGraphqlClient(): Client {
  const socket = createSocket();
  return new Client({
    ...TRANSPORT,
    exchanges: [
      cacheExchange({
        keys: CACHE_KEYS,
        updates: { Mutation: { undo: forgetAll, undoRequest: forgetAll, restore: forgetAll, erase: forgetAll } },
      }),
      askAgain,
      // A refusal deep in a query leaves nulls above it. They say nothing about the things asked for, so none is kept.
      mapExchange({ onResult: (result) => (result.error ? { ...result, data: undefined } : result) }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (request) => ({
          subscribe: (sink) => {
            const payload: SubscriptionPayload = { query: request.query ?? "", variables: { ...request.variables } };
            const unsubscribe = followOn(socket, payload, {
              next: (result) => {
                reportTold(positionOf(result.data));
                sink.next({ ...result, extensions: undefined });
              },
              error: sink.error,
            });
            return { unsubscribe };
          },
        }),
      }),
    ],
  });
}
