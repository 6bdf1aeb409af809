import type { ReactNode } from "react";
import { Badge } from "@/components/Badge";
import { Time } from "@/components/Time";
import { OwnAttachments } from "@/entities/attachments/OwnAttachments";
import { ErrorCallout } from "@/entities/spans/ErrorCallout";
import { Liking } from "@/features/threads/Liking";
import { Said } from "@/features/threads/Said";
import { type FragmentType, graphql, readFragment } from "@/gql";
import { formatCost, formatCount, formatDuration, formatScore } from "@/lib/format";
import styles from "./Conversation.module.css";

export const TurnFragment = graphql(`
  fragment Turn on Trace {
    id
    startTime
    endTime
    durationMs
    totalTokens
    cost
    input
    output
    error {
      ...ErrorCallout
    }
    feedbackScores {
      name
      value
      categoryName
      reason
    }
    attachments {
      ...Attachment
    }
  }
`);

type TurnProps = {
  trace: FragmentType<typeof TurnFragment>;
  /** Counted from 1. */
  number: number;
  /** The way to the trace. */
  link: ReactNode;
};

/** One question and its answer. */
export function Turn({ number, link, ...props }: TurnProps) {
  const trace = readFragment(TurnFragment, props.trace);
  const { input, output, error } = trace;
  return (
    <article aria-label={`Turn ${number}`} className={styles.turn}>
      <OwnAttachments attachments={trace.attachments}>
        <div className={styles.asked}>{input ? <Said side="asked" text={input} /> : <em>no input recorded</em>}</div>
        <div className={styles.answered}>
          {error && <ErrorCallout error={error} />}
          {output && <Said side="answered" text={output} />}
          {!output && !error && <em>{trace.endTime ? "no output recorded" : "no answer yet"}</em>}
        </div>
      </OwnAttachments>
      <footer className={styles.facts}>
        <Time at={trace.startTime} style="list" />
        {trace.durationMs != null && <span>{formatDuration(trace.durationMs)}</span>}
        {trace.totalTokens != null && <span>{formatCount(trace.totalTokens)} tokens</span>}
        {trace.cost != null && <span>{formatCost(trace.cost)}</span>}
        {trace.feedbackScores.map(({ name, value }) => (
          <Badge key={name}>
            {name} {formatScore(value)}
          </Badge>
        ))}
        {link}
        <Liking traceId={trace.id} number={number} scores={trace.feedbackScores} />
      </footer>
    </article>
  );
}
