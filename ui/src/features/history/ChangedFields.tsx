import { useState } from "react";
import { Button } from "@/components/Button";
import { ChangedField } from "@/features/history/ChangedField";
import { inOrder } from "@/features/history/changeWords";
import type { Change } from "@/features/history/useHistory";
import { formatCount } from "@/lib/format";
import styles from "./History.module.css";

const FIELDS_SHOWN = 4;

type ChangedFieldsProps = {
  change: Pick<Change, "kind" | "fields" | "fieldsOmitted">;
  /** Instead of the first few. */
  isWhole?: boolean;
};

/** What a change did, field by field. */
export function ChangedFields({ change, isWhole = false }: ChangedFieldsProps) {
  const [isOpen, setOpen] = useState(false);
  const fields = inOrder(change.fields);
  // A deletion takes every field away: that it did needs no list.
  const few = change.kind.endsWith("_deleted") && fields.length > 1 ? 0 : isWhole ? fields.length : FIELDS_SHOWN;
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
