import type { ReactNode } from "react";
import { ErrorState } from "@/components/ErrorState";
import { Skeleton } from "@/components/Skeleton";
import type { Failure } from "@/lib/failure";
import styles from "./ListTable.module.css";

type FoundProps<Value> = {
  /** What is read: "prompts". */
  what: string;
  value: Value | null | undefined;
  failure: Failure | null;
  onRetry: () => void;
  children: (value: Value) => ReactNode;
};

/** What was read; or that it is on its way, or why it did not come. */
export function Found<Value>({ what, value, failure, onRetry, children }: FoundProps<Value>) {
  if (value != null) return children(value);
  return (
    <div className={styles.frame}>
      {failure ? (
        <ErrorState title={`The ${what} could not be read`} message={failure.message} onRetry={onRetry} />
      ) : (
        <Skeleton label={`Loading ${what}`} />
      )}
    </div>
  );
}
