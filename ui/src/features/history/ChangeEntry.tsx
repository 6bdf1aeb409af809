import { Eye, Undo2 } from "lucide-react";
import { useRef, useState } from "react";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { Time } from "@/components/Time";
import { useTakeBack } from "@/entities/history/useTakeBack";
import { ChangedField } from "@/features/history/ChangedField";
import { inOrder, titleOf } from "@/features/history/changeWords";
import type { Change } from "@/features/history/useHistory";
import { formatCount } from "@/lib/format";
import { showToast } from "@/lib/toasts";
import styles from "./History.module.css";

const FIELDS_SHOWN = 4;

type ChangeEntryProps = {
  change: Change;
  /** What the history is of: "trace". */
  noun: string;
  /** There was nothing before it. */
  isFirst: boolean;
  onShow: () => void;
};

/** One change: who, when, what, and what can be done about it. */
export function ChangeEntry({ change, noun, isFirst, onShow }: ChangeEntryProps) {
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
      <Fields change={change} />
      <div className={styles.actions}>
        <Button onPress={onShow}>
          <Eye aria-hidden /> Show as it was
        </Button>
        {!isUndone && <UndoButton {...{ change, noun, isFirst, title, onUndone }} />}
      </div>
    </article>
  );
}

function Fields({ change }: { change: Change }) {
  const [isOpen, setOpen] = useState(false);
  const fields = inOrder(change.fields);
  // A deletion takes every field away: that it did needs no list.
  const few = change.kind.endsWith("_deleted") && fields.length > 1 ? 0 : FIELDS_SHOWN;
  const hidden = fields.length - few;
  const shown = isOpen || hidden <= 0 ? fields : fields.slice(0, few);
  if (fields.length === 0) return <p className={styles.note}>It changed no field.</p>;
  return (
    <>
      {shown.length > 0 && (
        <dl className={styles.fields}>
          {shown.map((field) => (
            <ChangedField key={field.field} change={field} />
          ))}
        </dl>
      )}
      {hidden > 0 && (
        <div>
          <Button kind="quiet" aria-expanded={isOpen} onPress={() => setOpen(!isOpen)}>
            {isOpen ? "Fold" : `Show ${hidden}${few > 0 ? " more" : ""} ${hidden === 1 ? "field" : "fields"}`}
          </Button>
        </div>
      )}
      {change.fieldsOmitted > 0 && (
        <p className={styles.note}>{formatCount(change.fieldsOmitted)} more fields changed and are not told.</p>
      )}
    </>
  );
}

type UndoButtonProps = Pick<ChangeEntryProps, "change" | "noun" | "isFirst"> & { title: string; onUndone: () => void };

function UndoButton({ change, noun, isFirst, title, onUndone }: UndoButtonProps) {
  const { undo } = useTakeBack();
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  /** Says what went wrong, if something did. */
  const takeBack = async () => {
    const answer = await undo(change.position);
    if ("refusal" in answer) return answer.refusal;
    onUndone();
    showToast(`Undone: ${title}.`, async () => {
      const again = await undo(answer.position);
      showToast("refusal" in again ? again.refusal : `Done again: ${title}.`);
    });
    return null;
  };
  const onPress = async () => {
    if (isFirst) return setAsking(true);
    setBusy(true);
    setRefusal(await takeBack());
    setBusy(false);
  };
  return (
    <>
      <Button isDisabled={isBusy} onPress={onPress}>
        <Undo2 aria-hidden /> Undo this change
      </Button>
      {refusal && (
        <p role="alert" className={styles.refusal}>
          Not undone: {refusal}
        </p>
      )}
      <ConfirmDialog
        title={`Undo how this ${noun} began?`}
        act={`Delete the ${noun}`}
        isOpen={isAsking}
        onOpenChange={setAsking}
        onConfirm={takeBack}
      >
        There was nothing before this change: the {noun} goes to the trash, with all that belongs to it.
      </ConfirmDialog>
    </>
  );
}
