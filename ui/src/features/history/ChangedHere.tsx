import { ChangedField } from "@/features/history/ChangedField";
import { inOrder } from "@/features/history/changeWords";
import type { Change } from "@/features/history/useHistory";
import styles from "./History.module.css";

/** What a change did, over how it left the thing. A deletion takes every field away: that it did needs no list. */
export function ChangedHere({ change }: { change: Change }) {
  const fields = inOrder(change.fields);
  if (fields.length === 0 || change.kind.endsWith("_deleted")) return null;
  return (
    <section aria-label="Changed here" className={styles.entry}>
      <h3>Changed here</h3>
      <dl className={styles.fields}>
        {fields.map((field) => (
          <ChangedField key={field.field} change={field} />
        ))}
      </dl>
    </section>
  );
}
