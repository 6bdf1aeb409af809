import { Eye } from "lucide-react";
import { useRef } from "react";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Time } from "@/components/Time";
import { ChangedFields } from "@/features/history/ChangedFields";
import { titleOf } from "@/features/history/changeWords";
import { UndoChange } from "@/features/history/UndoChange";
import type { Change } from "@/features/history/useHistory";
import styles from "./History.module.css";

type ChangeEntryProps = {
  change: Change;
  /** What the history is of: "trace". */
  noun: string;
  onShow: () => void;
};

/** One change: who, when, what, and what can be done about it. */
export function ChangeEntry({ change, noun, onShow }: ChangeEntryProps) {
  const { position, kind, principal, time, isUndone, undoes } = change;
  const title = titleOf(kind);
  const entry = useRef<HTMLElement>(null);
  // The button that was pressed goes away; whoever pressed it stays here.
  const onUndone = () => entry.current?.focus({ preventScroll: true });
  return (
    <article
      ref={entry}
      tabIndex={-1}
      className={styles.entry}
      aria-label={`${title} by ${principal}`}
      data-undone={isUndone || undefined}
    >
      <header className={styles.by}>
        <h3>{title}</h3>
        {isUndone && <Badge title="It was taken back and counts for nothing">undone</Badge>}
        {undoes && <Badge>of position {undoes}</Badge>}
        <span>
          {principal}, <Time at={time} style="relative" />
        </span>
        <span className={styles.position}>position {position}</span>
      </header>
      <ChangedFields change={change} />
      <div className={styles.actions}>
        <Button onPress={onShow}>
          <Eye aria-hidden /> Show as it was
        </Button>
        {!isUndone && <UndoChange {...{ change, noun, title, onUndone }} />}
      </div>
    </article>
  );
}
