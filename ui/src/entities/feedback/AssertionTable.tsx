import { Scrollable } from "@/components/Scrollable";
import { Time } from "@/components/Time";
import { Verdict } from "@/entities/feedback/Verdict";
import { type FragmentType, graphql, readFragment } from "@/gql";
import styles from "./ScoreTable.module.css";

export const AssertionTableFragment = graphql(`
  fragment AssertionTable on AssertionResult {
    name
    passed
    reason
    source
    createdBy
    lastUpdatedAt
  }
`);

/** What was asserted of a trace or a span, and whether it holds. */
export function AssertionTable(props: { results: readonly FragmentType<typeof AssertionTableFragment>[] }) {
  const results = readFragment(AssertionTableFragment, props.results);
  if (results.length === 0) return null;
  return (
    <section aria-label="Assertions" className={styles.section}>
      <h3>Assertions</h3>
      <Scrollable label="Assertions, scrollable" className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Assertion</th>
              <th scope="col">Verdict</th>
              <th scope="col">Reason</th>
              <th scope="col">Source</th>
              <th scope="col">By</th>
              <th scope="col" className={styles.when}>
                When
              </th>
            </tr>
          </thead>
          <tbody>
            {results.map((result) => (
              <tr key={`${result.name} ${result.createdBy} ${result.source}`}>
                <th scope="row" className={styles.reason}>
                  {result.name}
                </th>
                <td>
                  <Verdict hasPassed={result.passed} />
                </td>
                <td className={styles.reason}>{result.reason}</td>
                <td>{result.source.replaceAll("_", " ")}</td>
                <td>{result.createdBy}</td>
                <td className={styles.when}>
                  <Time at={result.lastUpdatedAt} style="relative" />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrollable>
    </section>
  );
}
