import { Scrollable } from "@/components/Scrollable";
import { Time } from "@/components/Time";
import { type FragmentType, graphql, readFragment } from "@/gql";
import { formatScore } from "@/lib/format";
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
  }
`);

export function ScoreTable(props: { scores: readonly FragmentType<typeof ScoreTableFragment>[] }) {
  const scores = readFragment(ScoreTableFragment, props.scores);
  return (
    <section aria-label="Feedback scores" className={styles.section}>
      <h3>Feedback scores</h3>
      <Scrollable label="Feedback scores, scrollable" className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Value</th>
              <th scope="col">Reason</th>
              <th scope="col">Source</th>
              <th scope="col">By</th>
              <th scope="col">When</th>
            </tr>
          </thead>
          <tbody>
            {scores.map((score) => (
              <tr key={`${score.name} ${score.createdBy} ${score.source}`}>
                <th scope="row">{score.name}</th>
                <td>
                  {formatScore(score.value)}
                  {score.categoryName && ` (${score.categoryName})`}
                </td>
                <td className={styles.reason}>{score.reason}</td>
                <td>{score.source.replaceAll("_", " ")}</td>
                <td>{score.createdBy}</td>
                <td>
                  <Time at={score.lastUpdatedAt} style="relative" />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrollable>
    </section>
  );
}
