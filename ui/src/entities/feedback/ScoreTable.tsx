import { type ReactNode, useState } from "react";
import { Button } from "@/components/Button";
import { Scrollable } from "@/components/Scrollable";
import { Time } from "@/components/Time";
import { type DocumentType, type FragmentType, graphql, readFragment } from "@/gql";
import { formatCount, formatScore } from "@/lib/format";
import styles from "./ScoreTable.module.css";

export const ScoreTableFragment = graphql(`
  fragment ScoreTable on FeedbackScore {
    name
    value
    reason
    categoryName
    source
    createdBy
    lastUpdatedAt
    byAuthor {
      author
      value
      reason
      categoryName
      source
      spanId
      queueId
      lastUpdatedAt
    }
  }
`);

type Score = DocumentType<typeof ScoreTableFragment>;
type AuthorScore = Score["byAuthor"][number];

type ScoreTableProps = {
  title?: string;
  scores: readonly FragmentType<typeof ScoreTableFragment>[];
  /** The way to the span that a score was given to, where the scores are those of several. */
  spanLink?: ((spanId: string) => ReactNode) | undefined;
};

/** Scores; of those that several gave the mean, and what each said. */
export function ScoreTable({ title = "Feedback scores", spanLink, ...props }: ScoreTableProps) {
  const scores = readFragment(ScoreTableFragment, props.scores);
  return (
    <section aria-label={title} className={styles.section}>
      <h3>{title}</h3>
      <Scrollable label={`${title}, scrollable`} className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Value</th>
              <th scope="col">Reason</th>
              <th scope="col">Source</th>
              <th scope="col">By</th>
              <th scope="col" className={styles.when}>
                When
              </th>
            </tr>
          </thead>
          <tbody>
            {scores.map((score) => (
              <ScoreRows key={`${score.name} ${score.createdBy} ${score.source}`} score={score} spanLink={spanLink} />
            ))}
          </tbody>
        </table>
      </Scrollable>
    </section>
  );
}

/** More rows than these are shown on demand. */
const AUTHORS_SHOWN = 5;

function ScoreRows({ score, spanLink }: { score: Score; spanLink: ScoreTableProps["spanLink"] }) {
  const [isWhole, setWhole] = useState(false);
  const { byAuthor } = score;
  if (byAuthor.length < 2) {
    const [only] = byAuthor;
    return (
      <tr>
        <th scope="row">{score.name}</th>
        <Cells score={score} by={score.createdBy} link={only?.spanId && spanLink?.(only.spanId)} />
      </tr>
    );
  }
  const shown = isWhole ? byAuthor : byAuthor.slice(0, AUTHORS_SHOWN);
  return (
    <>
      <tr>
        <th scope="row">{score.name}</th>
        <td>{formatScore(score.value)}</td>
        <td colSpan={4}>
          mean of {formatCount(byAuthor.length)}{" "}
          {byAuthor.length > AUTHORS_SHOWN && (
            <Button kind="quiet" aria-expanded={isWhole} onPress={() => setWhole(!isWhole)}>
              {isWhole ? "Show fewer" : "Show all"}
            </Button>
          )}
        </td>
      </tr>
      {shown.map((each) => (
        <tr key={`${each.author} ${each.queueId} ${each.spanId}`} className={styles.part}>
          <th scope="row">
            <span className="visually-hidden">{score.name} by </span>
            {each.author}
          </th>
          <Cells score={each} by={each.queueId ? "in a queue" : ""} link={each.spanId && spanLink?.(each.spanId)} />
        </tr>
      ))}
    </>
  );
}

type CellsProps = {
  score: Pick<AuthorScore, "value" | "categoryName" | "reason" | "source" | "lastUpdatedAt">;
  by: string;
  link: ReactNode;
};

function Cells({ score, by, link }: CellsProps) {
  return (
    <>
      <td>
        {formatScore(score.value)}
        {score.categoryName && ` (${score.categoryName})`}
      </td>
      <td className={styles.reason}>{score.reason}</td>
      <td>{score.source.replaceAll("_", " ")}</td>
      <td>
        {by} {link}
      </td>
      <td className={styles.when}>
        <Time at={score.lastUpdatedAt} style="relative" />
      </td>
    </>
  );
}
