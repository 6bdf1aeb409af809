import { useMutation, useQuery } from "urql";
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
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { formatCost, formatDuration, formatInstant } from "@/lib/format";
import { useThrottledChange } from "@/lib/useThrottledChange";

const SpanDetailsQuery = graphql(`
  query SpanDetails($id: ID!) {
    span(id: $id) {
      id
      name
      type
      startTime
      endTime
      durationMs
      input
      output
      metadata
      tags
      model
      provider
      environment
      source
      cost
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
      guardrailChecks {
        ...GuardrailTable
      }
      assertionResults {
        ...AssertionTable
      }
    }
  }
`);

const TagSpanMutation = graphql(`
  mutation TagSpan($ids: [ID!]!, $add: [String!]!, $remove: [String!]!) {
    tagSpans(ids: $ids, add: $add, remove: $remove)
  }
`);

const REFRESH_MS = 1_000;

type SpanDetailsProps = {
  spanId: string;
  /** Grows with every change of the trace. */
  revision: number;
  promptLink?: PromptWay;
};

export function SpanDetails({ spanId, revision, promptLink }: SpanDetailsProps) {
  const [{ data, error, fetching }, read] = useQuery({
    query: SpanDetailsQuery,
    variables: { id: spanId },
    requestPolicy: "cache-and-network",
  });
  const [, tagSpans] = useMutation(TagSpanMutation);
  const span = data?.span;
  const refresh = () => read({ requestPolicy: "network-only" });
  const onTag = async (add: string[], remove: string[]) => {
    const answer = await tagSpans({ ids: [spanId], add, remove });
    if (answer.error) return failureOf(answer.error).message;
    refresh();
    return null;
  };
  useThrottledChange({
    revision,
    intervalMs: REFRESH_MS,
    onChange: () => {
      refresh();
      return true;
    },
  });
  if (!span) {
    if (fetching) return <Skeleton label="Loading span" rows={6} />;
    const message = error ? failureOf(error).message : "It does not exist, or it was deleted.";
    return <ErrorState title="The span could not be read" message={message} onRetry={refresh} />;
  }
  return (
    <Details kind={span.type} name={span.name ?? "unnamed span"} id={span.id} tags={span.tags} onTag={onTag}>
      <Facts
        label="Facts"
        facts={[
          { label: "Model", value: span.model && <strong>{span.model}</strong> },
          { label: "Provider", value: span.provider },
          { label: "Duration", value: span.endTime ? formatDuration(span.durationMs) : "running" },
          { label: "Cost", value: formatCost(span.cost) },
          { label: "Start", value: formatInstant(span.startTime) },
          { label: "End", value: span.endTime && formatInstant(span.endTime) },
          promptsFact(span.metadata, promptLink),
          { label: "Environment", value: span.environment },
          ...usageFacts(span.usage),
        ]}
      />
      {span.error && <ErrorCallout error={span.error} />}
      <OwnAttachments attachments={span.attachments}>
        <Payload title="Input" text={span.input} field="input" />
        <Payload title="Output" text={span.output} field="output" />
      </OwnAttachments>
      <Attachments owner={{ spanId }} attachments={span.attachments} onDeleted={refresh} />
      {span.feedbackScores.length > 0 && <ScoreTable scores={span.feedbackScores} />}
      <GuardrailTable checks={span.guardrailChecks} />
      <AssertionTable results={span.assertionResults} />
      {span.metadata && <Payload title="Metadata" text={span.metadata} field="metadata" />}
    </Details>
  );
}
