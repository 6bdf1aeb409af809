import { RotateCw } from "lucide-react";
import { Button } from "@/components/Button";
import { Skeleton } from "@/components/Skeleton";
import type { Failure } from "@/lib/failure";
import styles from "./Dashboard.module.css";

type AwaitedProps = { failure: Failure | null; onRetry: () => void };

/** What stands in a widget while its figures are on their way, or why they did not come. */
export function Awaited({ failure, onRetry }: AwaitedProps) {
  if (!failure) return <Skeleton label="Loading figures" rows={2} />;
  return (
    <div className={styles.note} role="alert">
      <span>{failure.message}</span>
      <Button kind="quiet" onPress={onRetry}>
        <RotateCw aria-hidden /> Try again
      </Button>
    </div>
  );
}
