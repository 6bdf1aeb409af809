import { Check, Star, X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { useQuery } from "urql";
import { Button } from "@/components/Button";
import { DiffView } from "@/components/DiffView";
import { diffOfTexts } from "@/components/diffOfTexts";
import { Found } from "@/components/Found";
import { Time } from "@/components/Time";
import { Payload } from "@/entities/payload/Payload";
import { wordsOf } from "@/features/experiments/wordsOf";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { formatCost, formatCount, formatDuration, formatScore } from "@/lib/format";
import styles from "./Comparison.module.css";

const ComparedRunQuery = graphql(`
  query ComparedRun($id: ID!) {
    trace(id: $id) {
      id
      output
      durationMs
      cost
      totalTokens
      error {
        exceptionType
        message
      }
      feedbackScores {
        name
        value
        reason
        createdBy
      }
      comments {
        id
        text
        createdBy
        createdAt
      }
      assertionResults {
        name
        passed
        reason
      }
    }
  }
`);

type Run = NonNullable<DocumentType<typeof ComparedRunQuery>["trace"]>;

type ComparedRunProps = {
  title: string;
  traceId: string;
  /** The run from which the output is told apart, if differences are wanted. */
  baselineTraceId: string | null;
  link: ReactNode;
  /** Where its trace is judged; null while it is not. */
  annotation: ReactNode;
  onAnnotate: () => void;
};

/** What one run made of an item: its output or how that differs, its scores, and what was asserted of it. */
export function ComparedRun({ title, traceId, baselineTraceId, link, annotation, onAnnotate }: ComparedRunProps) {
  const head = useFocusBack(annotation !== null);
  const [{ data, error, fetching }, read] = useQuery({
    query: ComparedRunQuery,
    variables: { id: traceId },
    requestPolicy: "cache-and-network",
  });
  const [{ data: baseline }] = useQuery({
    query: ComparedRunQuery,
    variables: { id: baselineTraceId ?? "" },
    pause: baselineTraceId === null,
  });
  const run = data?.trace;
  return (
    <section className={styles.outcome} aria-label={title}>
      <header ref={head}>
        <h3>{title}</h3>
        <span>{run && factsOf(run).join(" · ")}</span>
        {run && !annotation && (
          <Button kind="quiet" aria-label={`Annotate ${title}`} onPress={onAnnotate}>
            <Star aria-hidden /> Annotate
          </Button>
        )}
        {link}
      </header>
      {run && annotation}
      {data && !run && !fetching ? (
        <p className={styles.none}>Its trace is not there yet, or it was deleted.</p>
      ) : (
        <Found
          what="run"
          value={run}
          failure={error ? failureOf(error) : null}
          onRetry={() => read({ requestPolicy: "network-only" })}
        >
          {(found) => (
            <>
              {found.error && (
                <p className={styles.failed}>
                  {found.error.exceptionType}: {found.error.message}
                </p>
              )}
              <Assertions run={found} />
              {baselineTraceId !== null && baseline ? (
                <DiffView
                  label={`What differs in ${title}`}
                  lines={diffOfTexts(
                    wordsOf(baseline.trace?.output ?? null) ?? "",
                    wordsOf(found.output ?? null) ?? "",
                  )}
                />
              ) : (
                <Payload title="Output" text={found.output} />
              )}
              <Reasons run={found} />
              <CommentsOfRun run={found} />
            </>
          )}
        </Found>
      )}
    </section>
  );
}

/** What closes gives the focus back to the button that opened it. */
function useFocusBack(isOpen: boolean) {
  const head = useRef<HTMLElement>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    const isLost = wasOpen.current && !isOpen && document.activeElement === document.body;
    if (isLost) head.current?.querySelector("button")?.focus({ preventScroll: true });
    wasOpen.current = isOpen;
  }, [isOpen]);
  return head;
}

const factsOf = ({ feedbackScores, durationMs, totalTokens, cost }: Run) =>
  [
    ...feedbackScores.map(({ name, value }) => `${name} ${formatScore(value)}`),
    formatDuration(durationMs),
    totalTokens == null ? "" : `${formatCount(totalTokens)} tokens`,
    formatCost(cost),
  ].filter((fact) => fact !== "");

function Assertions({ run: { assertionResults } }: { run: Run }) {
  if (assertionResults.length === 0) return null;
  return (
    <ul className={styles.assertions} aria-label="Assertions">
      {assertionResults.map(({ name, passed, reason }) => (
        <li key={name} data-passed={passed || undefined}>
          {passed ? <Check aria-label="true" /> : <X aria-label="false" />} {name}
          {reason && <span className={styles.none}>{reason}</span>}
        </li>
      ))}
    </ul>
  );
}

/** Why it was judged so, where somebody said. */
function Reasons({ run: { feedbackScores } }: { run: Run }) {
  const said = feedbackScores.filter(({ reason }) => reason);
  if (said.length === 0) return null;
  return (
    <ul className={styles.said} aria-label="Reasons">
      {said.map(({ name, value, reason }) => (
        <li key={name}>
          <strong>
            {name} {formatScore(value)}
          </strong>{" "}
          {reason}
        </li>
      ))}
    </ul>
  );
}

function CommentsOfRun({ run: { comments } }: { run: Run }) {
  if (comments.length === 0) return null;
  return (
    <ul className={styles.said} aria-label="Comments">
      {comments.map(({ id, text, createdBy, createdAt }) => (
        <li key={id}>
          {text}
          <p>
            {createdBy}, <Time at={createdAt} style="relative" />
          </p>
        </li>
      ))}
    </ul>
  );
}
