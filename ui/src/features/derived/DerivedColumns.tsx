import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useMutation } from "urql";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { IconButton } from "@/components/IconButton";
import { type ListColumn, ListTable, RowNote, rowControl } from "@/components/ListTable";
import { SectionHead } from "@/components/SectionHead";
import { Time } from "@/components/Time";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { type DerivedColumn, useDerivedColumns } from "@/entities/logs/useDerivedColumns";
import { DerivedColumnDialog } from "@/features/derived/DerivedColumnDialog";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import styles from "./DerivedColumns.module.css";

const RemoveDerivedColumnMutation = graphql(`
  mutation RemoveDerivedColumn($id: ID!) {
    removeDerivedColumn(id: $id)
  }
`);

/** Values of traces and spans that are computed of what was recorded, and can be filtered, sorted and counted by. */
export function DerivedColumns() {
  const { columns, failure, refresh } = useDerivedColumns();
  const [, remove] = useMutation(RemoveDerivedColumnMutation);
  const showDeleted = useDeletionToast();
  const [isMaking, setMaking] = useState(false);
  const [removed, setRemoved] = useState<DerivedColumn | null>(null);
  const onRemove = async () => {
    if (!removed) return null;
    const { error } = await remove({ id: removed.id });
    if (error) return failureOf(error).message;
    showDeleted({
      text: `Removed the column ${removed.name}.`,
      id: removed.id,
      kind: "derived_column_removed",
    });
    refresh();
    return null;
  };
  return (
    <section aria-labelledby="derived-columns">
      <SectionHead
        id="derived-columns"
        title="Derived columns"
        actions={
          <Button kind="primary" onPress={() => setMaking(true)}>
            <Plus aria-hidden /> New column
          </Button>
        }
      >
        A value within what was recorded, or a condition, kept beside each trace or span. The logs show it as a column,
        and <code>derived.name</code> filters, sorts and counts by it.
      </SectionHead>
      <Found what="derived columns" value={columns} failure={failure} onRetry={refresh}>
        {(found) =>
          found.length === 0 ? (
            <EmptyState title="No derived columns yet">
              What you often look for deep in outputs or metadata is found much faster with one.
            </EmptyState>
          ) : (
            <ListTable label="Derived columns" columns={columnsOf(setRemoved)} rows={found} keyOf={({ id }) => id} />
          )
        }
      </Found>
      <DerivedColumnDialog isOpen={isMaking} onClose={() => setMaking(false)} onMade={refresh} />
      <ConfirmDialog
        title={`Remove ${removed?.name}?`}
        act="Remove"
        isOpen={removed !== null}
        onOpenChange={() => setRemoved(null)}
        onConfirm={onRemove}
      >
        Filters and views that name it are refused from then on. What was recorded stays, and the column can be restored
        from the trash; then it is filled anew.
      </ConfirmDialog>
    </section>
  );
}

const columnsOf = (onRemove: (column: DerivedColumn) => void): ListColumn<DerivedColumn>[] => [
  {
    label: "Name",
    cell: ({ name, of }) => (
      <>
        <strong>{name}</strong>
        <RowNote>of {of.toLowerCase()}</RowNote>
      </>
    ),
  },
  {
    label: "Value",
    cell: ({ path, condition }) => (
      <div className={styles.source}>
        <code>{path ?? condition}</code>
        <RowNote>{path ? "what stands at this place" : "true or false, by this condition"}</RowNote>
      </div>
    ),
  },
  { label: "Filled", cell: (column) => <Filling {...column} /> },
  { label: "By", isMinor: true, cell: ({ createdBy }) => createdBy },
  { label: "Created", isMinor: true, cell: ({ createdAt }) => <Time at={createdAt} style="relative" /> },
  {
    label: "",
    cell: (column) => (
      <div className={rowControl}>
        <IconButton label={`Remove ${column.name}`} onPress={() => onRemove(column)}>
          <Trash2 aria-hidden />
        </IconButton>
      </div>
    ),
  },
];

/** Until it is filled, filters by it are slower, and nothing can be sorted or counted by it. */
function Filling({ name, isFilled, filledShare }: DerivedColumn) {
  if (isFilled) return <Badge tone="accent">filled</Badge>;
  return (
    <span className={styles.filling}>
      <progress aria-label={`Filling of ${name}`} value={filledShare} max={1} /> {Math.floor(filledShare * 100)}%
    </span>
  );
}
