import { RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { useQuery } from "urql";
import { Button } from "@/components/Button";
import { Skeleton } from "@/components/Skeleton";
import { OwnAttachments } from "@/entities/attachments/OwnAttachments";
import { PayloadBody } from "@/entities/payload/PayloadBody";
import { ErrorCallout } from "@/entities/spans/ErrorCallout";
import { SpanKindIcon } from "@/entities/spans/SpanKindIcon";
import type { TranscriptEntry } from "@/features/spans/transcript";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { formatCost, formatDuration } from "@/lib/format";
import styles from "./SpanTranscript.module.css";

const StepOfSpanQuery = graphql(`
  query StepOfSpan($id: ID!) {
    span(id: $id) {
      id
      input
      output
      error {
        ...ErrorCallout
      }
      attachments {
        ...Attachment
      }
    }
  }
`);

const StepOfTraceQuery = graphql(`
  query StepOfTrace($id: ID!) {
    trace(id: $id) {
      id
      input
      output
      attachments {
        ...Attachment
      }
    }
  }
`);

type TranscriptStepProps = { entry: TranscriptEntry; isSelected: boolean; onSelect: () => void };

export function TranscriptStep({ entry, isSelected, onSelect }: TranscriptStepProps) {
  const { span, kind } = entry;
  const name = kind === "question" ? "Asked" : kind === "answer" ? "Answered" : (span.name ?? "unnamed");
  const facts =
    kind === "step"
      ? [span.model, span.endTime ? formatDuration(span.durationMs) : "running", formatCost(span.cost)]
      : [];
  return (
    <article
      className={styles.card}
      aria-label={name}
      data-kind={kind === "step" ? span.type : kind}
      data-selected={isSelected || undefined}
    >
      <button type="button" className={styles.head} aria-pressed={isSelected} onClick={onSelect}>
        <SpanKindIcon kind={span.type} />
        <strong>{name}</strong>
        {entry.kind === "step" && entry.within.length > 0 && (
          <span className={styles.within}>in {entry.within.join(" › ")}</span>
        )}
        <span className={styles.facts}>{facts.filter(Boolean).join(" · ")}</span>
      </button>
      {kind === "step" ? (
        <SpanWords id={span.id} isCall={span.type !== "LLM"} />
      ) : (
        <TraceWords id={span.id} kind={kind} />
      )}
    </article>
  );
}

/** Of a model what it answered, since what it was given has been read above; of a tool both. */
function SpanWords({ id, isCall }: { id: string; isCall: boolean }) {
  const [{ data, error, fetching }, read] = useQuery({ query: StepOfSpanQuery, variables: { id } });
  const span = data?.span;
  if (!span)
    return <Unread isReading={fetching} reason={error && failureOf(error).message} onRetry={() => read(ANEW)} />;
  return (
    <div className={styles.body}>
      <OwnAttachments attachments={span.attachments}>
        {isCall && span.input && (
          <Said label="Given">
            <PayloadBody text={span.input} label="Input" />
          </Said>
        )}
        {span.output && (
          <Said label={isCall ? "Returned" : null}>
            <PayloadBody text={span.output} label="Output" />
          </Said>
        )}
      </OwnAttachments>
      {span.error && <ErrorCallout error={span.error} />}
    </div>
  );
}

function TraceWords({ id, kind }: { id: string; kind: "question" | "answer" }) {
  const [{ data, error, fetching }, read] = useQuery({ query: StepOfTraceQuery, variables: { id } });
  if (!data?.trace)
    return <Unread isReading={fetching} reason={error && failureOf(error).message} onRetry={() => read(ANEW)} />;
  const text = kind === "question" ? data.trace.input : data.trace.output;
  return (
    <div className={styles.body}>
      <OwnAttachments attachments={data.trace.attachments}>
        {text ? <PayloadBody text={text} label={kind === "question" ? "Input" : "Output"} /> : <p>none recorded</p>}
      </OwnAttachments>
    </div>
  );
}

const ANEW = { requestPolicy: "network-only" } as const;

type UnreadProps = { isReading: boolean; reason: string | undefined; onRetry: () => void };

function Unread({ isReading, reason, onRetry }: UnreadProps) {
  if (isReading) return <Skeleton label="Loading step" rows={2} />;
  return (
    <div role="alert" className={styles.body}>
      <p>This could not be read: {reason ?? "it was deleted"}.</p>
      <Button onPress={onRetry}>
        <RotateCw aria-hidden /> Try again
      </Button>
    </div>
  );
}

function Said({ label, children }: { label: string | null; children: ReactNode }) {
  return (
    <div className={styles.said}>
      {label && <span className={styles.label}>{label}</span>}
      {children}
    </div>
  );
}
