import { ArrowDown, ArrowUp, History, List } from "lucide-react";
import { Button } from "@/components/Button";
import { IconButton } from "@/components/IconButton";
import { titleOf } from "@/features/history/changeWords";
import type { Change } from "@/features/history/useHistory";
import { formatInstant } from "@/lib/format";
import styles from "./History.module.css";

type PastBannerProps = {
  noun: string;
  position: string;
  /** Newest first, as far as they are loaded. */
  changes: readonly Change[];
  onPosition: (position: string) => void;
  onList: () => void;
  onNow: () => void;
};

/** Says that what stands below is not how it is, and leads to the moments around and back. */
export function PastBanner({ noun, position, changes, onPosition, onList, onNow }: PastBannerProps) {
  const at = BigInt(position);
  const last = changes.find((change) => BigInt(change.position) <= at);
  const older = changes.find((change) => BigInt(change.position) < BigInt(last?.position ?? position));
  const newer = changes.findLast((change) => BigInt(change.position) > at);
  return (
    <section aria-label="As it was" className={styles.banner}>
      <p role="status">
        <strong>
          This {noun} as of {last?.position === position ? formatInstant(last.time) : `position ${position}`}
        </strong>
        {last && (
          <span>
            {last.position === position ? "After" : `Its last change until then, of ${formatInstant(last.time)}`}:{" "}
            {titleOf(last.kind)} by {last.principal}
          </span>
        )}
      </p>
      <div className={styles.actions}>
        <IconButton label="One change earlier" isDisabled={!older} onPress={() => older && onPosition(older.position)}>
          <ArrowDown aria-hidden />
        </IconButton>
        <IconButton label="One change later" isDisabled={!newer} onPress={() => newer && onPosition(newer.position)}>
          <ArrowUp aria-hidden />
        </IconButton>
        <Button onPress={onList}>
          <List aria-hidden /> All changes
        </Button>
        <Button kind="primary" onPress={onNow}>
          <History aria-hidden /> Back to now
        </Button>
      </div>
    </section>
  );
}
