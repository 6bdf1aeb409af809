import { useState } from "react";
import { useQuery } from "urql";
import { ErrorState } from "@/components/ErrorState";
import { Segmented } from "@/components/Segmented";
import { Skeleton } from "@/components/Skeleton";
import { Payload } from "@/entities/payload/Payload";
import { ErrorCallout } from "@/entities/spans/ErrorCallout";
import { SpanKindIcon } from "@/entities/spans/SpanKindIcon";
import { BodyDiff } from "@/features/traces/comparison/BodyDiff";
import type { ComparedRow } from "@/features/traces/comparison/comparedRows";
import type { ComparedSpan } from "@/features/traces/comparison/comparedSpan";
import { FiguresTable } from "@/features/traces/comparison/FiguresTable";
import { amounts } from "@/features/traces/comparison/figures";
import { wordsOfRow } from "@/features/traces/comparison/rowWords";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import styles from "./Comparison.module.css";

const ComparedSpanQuery = graphql(`
  query ComparedSpanBodies($id: ID!) {
    span(id: $id) {
      id
      input
      output
      metadata
      error {
        ...ErrorCallout
      }
    }
  }
`);

const ComparedOwnQuery = graphql(`
  query ComparedTraceBodies($id: ID!) {
    trace(id: $id) {
      id
      input
      output
      metadata
      error {
        ...ErrorCallout
      }
    }
  }
`);

type Bodies = NonNullable<DocumentType<typeof ComparedSpanQuery>["span"]>;
type Read = { bodies: Bodies | null; isReading: boolean; problem: string | null; onRetry: () => void };

function useBodies(span: ComparedSpan | null): Read {
  const isTrace = span?.type === "TRACE";
  const id = span?.id ?? "";
  const [own, readOwn] = useQuery({ query: ComparedOwnQuery, variables: { id }, pause: !span || !isTrace });
  const [part, readPart] = useQuery({ query: ComparedSpanQuery, variables: { id }, pause: !span || isTrace });
  const { error, fetching } = isTrace ? own : part;
  const bodies = span ? ((isTrace ? own.data?.trace : part.data?.span) ?? null) : null;
  const why = error ? failureOf(error).message : "It was deleted meanwhile.";
  return {
    bodies,
    isReading: span !== null && fetching,
    problem: span === null || bodies || fetching ? null : why,
    onRetry: () => (isTrace ? readOwn : readPart)({ requestPolicy: "network-only" }),
  };
}

const VIEWS = [
  { id: "differences", label: "Differences" },
  { id: "left", label: "Left" },
  { id: "right", label: "Right" },
] as const;

/** A row of the comparison: what the spans of both sides were given and gave, and in what that differs. */
export function ComparedDetails({ row }: { row: ComparedRow }) {
  const [view, setView] = useState<"differences" | "left" | "right">("differences");
  const left = useBodies(row.left);
  const right = useBodies(row.right);
  const shown = row.right === null ? "left" : row.left === null ? "right" : view;
  const { name, type } = row.left ?? row.right ?? { name: null, type: "TRACE" as const };
  const failed = [left, right].find(({ problem }) => problem !== null);
  return (
    <article className={styles.details} aria-label={`Comparison of ${name ?? "unnamed"}`}>
      <header>
        <SpanKindIcon kind={type} />
        <h2>{name ?? "unnamed"}</h2>
        <p>{wordsOfRow(row)}</p>
        {row.left && row.right && <Segmented label="What is shown" options={VIEWS} value={view} onChange={setView} />}
      </header>
      {type !== "TRACE" && (
        <FiguresTable
          label="Figures"
          figures={[...amounts(row.left, row.right), ...origins(row.left, row.right)].filter(
            (figure) => figure.left !== "–" || figure.right !== "–",
          )}
        />
      )}
      {failed ? (
        <ErrorState title="A side could not be read" message={failed.problem ?? ""} onRetry={failed.onRetry} />
      ) : left.isReading || right.isReading ? (
        <Skeleton label="Loading both sides" rows={6} />
      ) : shown === "differences" ? (
        left.bodies && right.bodies && <Differences left={left.bodies} right={right.bodies} />
      ) : (
        <Side bodies={(shown === "left" ? left : right).bodies} />
      )}
    </article>
  );
}

/** Models and providers as figures that cannot be subtracted. */
function origins(left: ComparedSpan | null, right: ComparedSpan | null) {
  const text = (label: string, one: string | null | undefined, other: string | null | undefined) => ({
    label,
    left: one ?? "–",
    right: other ?? "–",
    difference: left && right && (one ?? null) !== (other ?? null) ? "differs" : "",
    share: "",
    verdict: "neither" as const,
  });
  return [
    text("Model", left?.model, right?.model),
    text("Provider", left?.provider, right?.provider),
    text("Error", left?.error?.exceptionType, right?.error?.exceptionType),
  ];
}

function Differences({ left, right }: { left: Bodies; right: Bodies }) {
  const parts = [
    { title: "Input", one: left.input ?? null, other: right.input ?? null },
    { title: "Output", one: left.output ?? null, other: right.output ?? null },
    { title: "Metadata", one: left.metadata ?? null, other: right.metadata ?? null },
  ].filter(({ one, other }) => one !== null || other !== null);
  return (
    <>
      {parts.map(({ title, one, other }) =>
        one === other ? (
          <div key={title} className={styles.body}>
            <p>{title} is the same on both sides.</p>
            <Payload title={title} text={one} />
          </div>
        ) : (
          <BodyDiff key={title} title={title} left={one ?? ""} right={other ?? ""} />
        ),
      )}
      {[left, right].map(
        ({ id, error }, side) =>
          error && (
            <section
              key={id}
              className={styles.body}
              aria-label={side === 0 ? "Error on the left" : "Error on the right"}
            >
              <h3>{side === 0 ? "Error on the left" : "Error on the right"}</h3>
              <ErrorCallout error={error} />
            </section>
          ),
      )}
    </>
  );
}

function Side({ bodies }: { bodies: Bodies | null }) {
  if (!bodies) return null;
  return (
    <>
      {bodies.error && <ErrorCallout error={bodies.error} />}
      <Payload title="Input" text={bodies.input} />
      <Payload title="Output" text={bodies.output} />
      {bodies.metadata && <Payload title="Metadata" text={bodies.metadata} />}
    </>
  );
}
