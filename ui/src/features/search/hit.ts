import { linkOptions } from "@tanstack/react-router";
import { type FragmentType, graphql, readFragment } from "@/gql";
import type { SearchHitFieldsFragment, SearchKind } from "@/gql/graphql";

// Something that was found, and where it leads.

export const SearchHitFields = graphql(`
  fragment SearchHitFields on SearchHit {
    kind
    id
    traceId
    trace {
      id
      name
      projectId
      project {
        id
        name
      }
    }
    span {
      id
      name
      projectId
    }
    thread {
      id
      threadId
      projectId
      project {
        id
        name
      }
    }
    prompt {
      id
      name
      projectId
      project {
        id
        name
      }
    }
    promptVersion {
      id
      number
    }
    dataset {
      id
      name
      project {
        id
        name
      }
    }
    datasetVersion {
      name
      hash
      isLatest
    }
    experiment {
      id
      name
      datasetId
      project {
        id
        name
      }
    }
    snippets {
      field
      text
      highlights {
        start
        end
      }
    }
  }
`);

export type Hit = SearchHitFieldsFragment & {
  /** Tells it from all others: an item may be in two datasets, and have said something else in earlier versions. */
  key: string;
};

export function hitOf(node: FragmentType<typeof SearchHitFields>): Hit {
  const hit = readFragment(SearchHitFields, node);
  return { ...hit, key: [hit.kind, hit.id, hit.dataset?.id ?? "", hit.datasetVersion?.hash ?? ""].join(" ") };
}

export const KIND_NAMES: Record<SearchKind, string> = {
  TRACE: "Trace",
  SPAN: "Span",
  PROMPT: "Prompt",
  PROMPT_VERSION: "Earlier version",
  DATASET: "Dataset",
  DATASET_ITEM: "Dataset item",
  EXPERIMENT: "Experiment",
  COMMENT: "Comment",
  SCORE: "Score",
};

/** How it is called; what was said is called by what it is about. */
export function titleOf({
  kind,
  trace,
  span,
  thread,
  prompt,
  promptVersion,
  dataset,
  experiment,
  ...hit
}: Hit): string {
  if (prompt && promptVersion) return `${prompt.name} ${promptVersion.number ? `v${promptVersion.number}` : "mask"}`;
  if (prompt) return prompt.name;
  if (dataset)
    return hit.datasetVersion?.isLatest === false ? `${dataset.name} ${hit.datasetVersion.name}` : dataset.name;
  if (experiment) return experiment.name;
  if (thread) return thread.threadId;
  const name = [trace?.name, span?.name].filter(Boolean).join(" › ");
  return name || (kind === "SPAN" ? "Span" : "Trace");
}

/** The name of the project in which it is; null for what is in none. */
export function projectOf({ trace, thread, prompt, dataset, experiment }: Hit): string | null {
  return (trace ?? thread ?? prompt ?? dataset ?? experiment)?.project?.name ?? null;
}

/** Where it is shown; null if nothing is known of where it belongs. */
export function placeOf({ kind, id, traceId, trace, span, thread, prompt, ...hit }: Hit, workspace: string) {
  if (prompt) {
    return linkOptions({
      to: "/$workspace/projects/$projectId/prompts/$promptId",
      params: { workspace, projectId: prompt.projectId, promptId: prompt.id },
      search: { version: hit.promptVersion?.id },
    });
  }
  if (hit.dataset) {
    return linkOptions({
      to: "/$workspace/datasets/$datasetId/items",
      params: { workspace, datasetId: hit.dataset.id },
      search: {
        filter: kind === "DATASET_ITEM" ? `id:${id}` : undefined,
        version: hit.datasetVersion?.isLatest === false ? hit.datasetVersion.hash : undefined,
      },
    });
  }
  if (hit.experiment) {
    return linkOptions({
      to: "/$workspace/experiments/$datasetId/compare",
      params: { workspace, datasetId: hit.experiment.datasetId },
      search: { experiments: JSON.stringify([hit.experiment.id]) },
    });
  }
  if (thread) {
    return linkOptions({
      to: "/$workspace/projects/$projectId/threads/$threadId",
      params: { workspace, projectId: thread.projectId, threadId: thread.id },
    });
  }
  const projectId = trace?.projectId ?? span?.projectId;
  if (!traceId || !projectId) return null;
  return linkOptions({
    to: "/$workspace/projects/$projectId/traces/$traceId",
    params: { workspace, projectId, traceId },
    search: span ? { span: span.id } : {},
  });
}
