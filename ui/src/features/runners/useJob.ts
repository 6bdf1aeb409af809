import { useEffect, useEffectEvent, useState } from "react";
import { useClient, useQuery } from "urql";
import { type DocumentType, graphql, readFragment } from "@/gql";
import { askAnew } from "@/lib/askAnew";
import { failureOf } from "@/lib/failure";
import { useLive } from "@/lib/useLive";

export const JobFragment = graphql(`
  fragment Job on RunnerJob {
    id
    projectId
    agent
    status
    inputs
    result
    error
    traceId
    trace {
      id
      totalTokens
      cost
    }
    createdAt
    startedAt
    completedAt
  }
`);

const JobQuery = graphql(`
  query Job($id: ID!) {
    server {
      position
    }
    runnerJob(id: $id) {
      ...Job
    }
  }
`);

const JobLogQuery = graphql(`
  query JobLog($id: ID!, $offset: Int!) {
    runnerJob(id: $id) {
      id
      log(offset: $offset) {
        stream
        text
      }
    }
  }
`);

const JobChangesSubscription = graphql(`
  subscription JobChanges($id: ID!, $after: Position) {
    runnerJobChanges(id: $id, after: $after) {
      position
      job {
        ...Job
      }
    }
  }
`);

export type Job = DocumentType<typeof JobFragment>;
export type LogLine = DocumentType<typeof JobLogQuery>["runnerJob"]["log"][number];

export const isOpen = ({ status }: Pick<Job, "status">) => status === "PENDING" || status === "RUNNING";

/** A job with its log, followed while it is looked at; null: none is. */
export function useJob(id: string | null) {
  const [{ data, error }, read] = useQuery({
    query: JobQuery,
    variables: { id: id ?? "" },
    pause: id === null,
    requestPolicy: "network-only",
  });
  const found = data ? readFragment(JobFragment, data.runnerJob) : null;
  const job = found?.id === id ? found : null;
  // Where to follow from is settled by the first answer; later ones must not start the subscription anew.
  const [from, setFrom] = useState<{ id: string; position: string } | null>(null);
  if (data && job && from?.id !== job.id) setFrom({ id: job.id, position: data.server.position });
  const [revision, setRevision] = useState(0);
  useLive({
    document: JobChangesSubscription,
    variables: { id: id ?? "", after: from?.position ?? null },
    pause: id === null || from?.id !== id,
    onChanges: () => setRevision(revision + 1),
  });
  return {
    job,
    position: from?.id === id ? from.position : null,
    lines: useLog(job?.id ?? null, revision),
    failure: error && !job ? failureOf(error) : null,
    onRetry: () => read({ requestPolicy: "network-only" }),
  };
}

const NO_LINES: readonly LogLine[] = [];

/** Read on from the last line that is known whenever something happened, so that no line is told twice or not at all. */
function useLog(id: string | null, revision: number): readonly LogLine[] {
  const client = useClient();
  const [log, setLog] = useState<{ id: string; lines: readonly LogLine[] } | null>(null);
  const known = log?.id === id && log ? log.lines : NO_LINES;
  const readOn = useEffectEvent(async (job: string) => {
    const offset = known.length;
    const { runnerJob } = await askAnew(client, JobLogQuery, { id: job, offset });
    setLog((old) => {
      const lines = old?.id === job ? old.lines : NO_LINES;
      return lines.length === offset ? { id: job, lines: [...lines, ...runnerJob.log] } : old;
    });
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: every change may have brought lines
  useEffect(() => {
    if (id === null) return;
    readOn(id).catch(() => {
      // The next change reads on from the same line.
    });
  }, [id, revision]);
  return known;
}
