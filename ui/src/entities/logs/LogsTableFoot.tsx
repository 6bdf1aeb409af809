import { Button } from "@/components/Button";
import type { Failure } from "@/lib/failure";
import { formatCount } from "@/lib/format";
import styles from "./LogsTable.module.css";

type LogsTableFootProps = {
  many: string;
  rowCount: number;
  hasNextPage: boolean;
  isFull: boolean;
  isLoadingMore: boolean;
  moreFailure: Failure | null;
  onEnd: () => void;
};

const ROWS_WORTH_AN_END = 20;

/** What comes after the last row: more, nothing more, or why not. */
export function LogsTableFoot(props: LogsTableFootProps) {
  const { rowCount, hasNextPage, moreFailure } = props;
  if (moreFailure) {
    return (
      <div className={styles.foot} role="alert">
        {moreFailure.message} <Button onPress={props.onEnd}>Try again</Button>
      </div>
    );
  }
  if (props.isFull && hasNextPage) {
    return (
      <div className={styles.foot}>
        The first {formatCount(rowCount)} {props.many} are loaded. Filter or search to reach the others.
      </div>
    );
  }
  const isEnd = !hasNextPage && rowCount > ROWS_WORTH_AN_END;
  return <div className={styles.foot}>{props.isLoadingMore ? "Loading more…" : isEnd ? "That is all" : ""}</div>;
}
