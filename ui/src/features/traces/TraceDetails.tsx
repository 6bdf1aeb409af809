import { Fragment, type ReactNode } from "react";
import { useMutation, useQuery } from "urql";
import { Button } from "@/components/Button";
import { ErrorState } from "@/components/ErrorState";
import { Skeleton } from "@/components/Skeleton";
import { Attachments } from "@/entities/attachments/Attachments";
import { OwnAttachments } from "@/entities/attachments/OwnAttachments";
import { Details } from "@/entities/details/Details";
import { Facts } from "@/entities/details/Facts";
import { type PromptWay, promptsFact } from "@/entities/details/promptsFact";
import { usageFacts } from "@/entities/details/usageFacts";
import { AssertionTable } from "@/entities/feedback/AssertionTable";
import { GuardrailTable } from "@/entities/feedback/GuardrailTable";
import { ScoreTable } from "@/entities/feedback/ScoreTable";
import { Payload } from "@/entities/payload/Payload";
import { ErrorCallout } from "@/entities/spans/ErrorCallout";
import { type ExperimentOfTrace, useExperimentsOfTrace } from "@/features/traces/useExperimentsOfTrace";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { formatInstant } from "@/lib/format";
import { useKept } from "@/lib/useKept";

const TraceDetailsQuery = graphql(`
  query TraceDetails($id: ID!) {
    trace(id: $id) {
      id
      name
      startTime
      endTime
      input
      output
      metadata
      tags
      threadId
      environment
      source
      providers
      createdBy
      error {
        ...ErrorCallout
      }
      usage {
        key
        value
      }
      feedbackScores {
        ...ScoreTable
      }
      attachments {
        ...Attachment
      }
      spanFeedbackScores {
        ...ScoreTable
      }
      guardrailChecks {
        ...GuardrailTable
      }
      assertionResults {
        ...AssertionTable
      }
    }
  }
`);

const TagTraceMutation = graphql(`
  mutation TagTrace($ids: [ID!]!, $add: [String!]!, $remove: [String!]!) {
    tagTraces(ids: $ids, add: $add, remove: $remove) {
      id
      tags
    }
  }
`);

type TraceDetailsProps = {
  traceId: string;
  promptLink?: PromptWay;
  /** The way to the conversation that clients call by this name. */
  threadLink?: (name: string) => ReactNode;
  /** The way to an experiment that the trace is a run of. */
  experimentLink?: (experiment: ExperimentOfTrace) => ReactNode;
  /** Without it there is no way to single spans. */
  onSpan?: (spanId: string) => void;
};

export function TraceDetails({ traceId, promptLink, threadLink, experimentLink, onSpan }: TraceDetailsProps) {
  const experiments = useExperimentsOfTrace(traceId);
  const [, tagTraces] = useMutation(TagTraceMutation);
  const [{ data, error, fetching }, read] = useQuery({
    query: TraceDetailsQuery,
    variables: { id: traceId },
    requestPolicy: "cache-and-network",
  });
  const trace = useKept(traceId, data?.trace ?? null);
  const spanLink =
    onSpan &&
    ((spanId: string) => (
      <Button kind="quiet" onPress={() => onSpan(spanId)}>
        To the span
      </Button>
    ));
  const onTag = async (add: string[], remove: string[]) => {
    const answer = await tagTraces({ ids: [traceId], add, remove });
    return answer.error ? failureOf(answer.error).message : null;
  };
  if (!trace) {
    if (fetching) return <Skeleton label="Loading trace" rows={6} />;
    const message = error ? failureOf(error).message : "It does not exist, or it was deleted.";
    return (
      <ErrorState
        title="The trace could not be read"
        message={message}
        onRetry={() => read({ requestPolicy: "network-only" })}
      />
    );
  }
  return (
    <Details kind="TRACE" name={trace.name ?? "unnamed trace"} id={trace.id} tags={trace.tags} onTag={onTag}>
      <Facts
        label="Facts"
        facts={[
          { label: "Start", value: formatInstant(trace.startTime) },
          { label: "End", value: trace.endTime && formatInstant(trace.endTime) },
          { label: "In thread", value: trace.threadId && (threadLink?.(trace.threadId) ?? trace.threadId) },
          { label: "Run of", value: experiments.length > 0 ? listed(experiments, experimentLink) : null },
          promptsFact(trace.metadata, promptLink),
          { label: "Environment", value: trace.environment },
          { label: "Providers", value: trace.providers.join(", ") },
          { label: "Source", value: trace.source },
          { label: "Created by", value: trace.createdBy },
          ...usageFacts(trace.usage),
        ]}
      />
      {trace.error && <ErrorCallout error={trace.error} />}
      <OwnAttachments attachments={trace.attachments}>
        <Payload title="Input" text={trace.input} field="input" />
        <Payload title="Output" text={trace.output} field="output" />
      </OwnAttachments>
      <Attachments
        owner={{ traceId }}
        attachments={trace.attachments}
        onDeleted={() => read({ requestPolicy: "network-only" })}
      />
      {trace.feedbackScores.length > 0 && <ScoreTable scores={trace.feedbackScores} />}
      {trace.spanFeedbackScores.length > 0 && (
        <ScoreTable title="Feedback scores of the spans" scores={trace.spanFeedbackScores} spanLink={spanLink} />
      )}
      <GuardrailTable checks={trace.guardrailChecks} spanLink={spanLink} />
      <AssertionTable results={trace.assertionResults} />
      {trace.metadata && <Payload title="Metadata" text={trace.metadata} field="metadata" />}
    </Details>
  );
}

function listed(experiments: readonly ExperimentOfTrace[], link: TraceDetailsProps["experimentLink"]): ReactNode {
  return experiments.map((experiment, index) => (
    <Fragment key={experiment.id}>
      {index > 0 && ", "}
      {link?.(experiment) ?? experiment.name}
    </Fragment>
  ));
}
