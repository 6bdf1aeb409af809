import type { TypedDocumentNode } from "@urql/core";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { ColumnChoice } from "@/components/ColumnChoice";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { chosenColumn } from "@/components/chosenColumn";
import { Found } from "@/components/Found";
import { IconButton } from "@/components/IconButton";
import { type ListColumn, ListTable, rowControl } from "@/components/ListTable";
import { SectionHead } from "@/components/SectionHead";
import { DeleteChosen } from "@/entities/history/DeleteChosen";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { type Failure, failureOf } from "@/lib/failure";
import { orderOf, type SortOrder, sortedBy } from "@/lib/sortOrder";
import { useChosen } from "@/lib/useChosen";
import { useColumnChoices } from "@/lib/useColumnChoices";

type Named = { id: string; name: string; createdAt: string; createdBy: string; lastUpdatedAt: string };

type NamedSettingsProps<R extends Named> = {
  title: string;
  kind: { one: string; many: string };
  /** What they are for. */
  about: string;
  rows: readonly R[] | null | undefined;
  failure: Failure | null;
  refresh: () => void;
  sort: string | undefined;
  onSort: (sort: string | undefined) => void;
  nameColumn: ListColumn<R>;
  columns: readonly ListColumn<R>[];
  /** What rows are put in order by besides their name and when and by whom they were made. */
  sortValue?: (row: R, field: string) => string | undefined;
  /** The name of the event of a deletion, as in the log. */
  deletion: `${string}_deleted`;
  mutation: TypedDocumentNode<unknown, { ids: string[] | string }>;
  /** What becomes of what has such a name. */
  left: { one: string; many: string };
  empty: (create: ReactNode) => ReactNode;
  /** The form for one that is there, or for a new one. */
  form: (edited: R | "new" | null, onClose: () => void) => ReactNode;
};

const BY_NAME: SortOrder = { field: "name", direction: "ASC" };
/** Columns that one asks for. */
const RARE_COLUMNS: readonly string[] = ["Created", "ID"];

/** A section of settings that lists few things by their names, which are all here: they are edited, and deleted. */
export function NamedSettings<R extends Named>(props: NamedSettingsProps<R>) {
  const { title, kind, rows, failure, refresh, deletion, mutation, left } = props;
  const order = orderOf(props.sort, BY_NAME, props.onSort);
  const chosen = useChosen(rows ?? []);
  const columns = useColumnChoices({ key: `${kind.many}.columns`, columns: props.columns, rare: RARE_COLUMNS });
  const [edited, setEdited] = useState<R | "new" | null>(null);
  const [deleted, setDeleted] = useState<R | null>(null);
  const [, remove] = useMutation(mutation);
  const showDeleted = useDeletionToast();
  const onDelete = async () => {
    if (!deleted) return null;
    const answer = await remove({ ids: [deleted.id] });
    if (answer.error) return failureOf(answer.error).message;
    showDeleted({ text: `Deleted the ${kind.one} ${deleted.name}.`, id: deleted.id, kind: deletion });
    refresh();
    return null;
  };
  const create = (
    <Button kind="primary" onPress={() => setEdited("new")}>
      <Plus aria-hidden /> New {kind.one}
    </Button>
  );
  return (
    <section aria-labelledby={kind.many}>
      <SectionHead
        id={kind.many}
        title={title}
        actions={
          <>
            <DeleteChosen
              kind={kind}
              event={deletion}
              ids={chosen.rows.map(({ id }) => id)}
              mutation={mutation}
              onDeleted={() => {
                chosen.clear();
                refresh();
              }}
            >
              {left.many}
            </DeleteChosen>
            <ColumnChoice labels={columns.labels} shown={columns.shownLabels} onToggle={columns.toggle} />
            {create}
          </>
        }
      >
        {props.about}
      </SectionHead>
      <Found what={title.toLowerCase()} value={rows} failure={failure} onRetry={refresh}>
        {(all) =>
          all.length === 0 ? (
            props.empty(create)
          ) : (
            <ListTable
              label={title}
              columns={[
                props.nameColumn,
                ...columns.shown,
                actsColumn<R>(setEdited, setDeleted),
                chosenColumn({ chosen: chosen.ids, toggle: chosen.toggle, all: chosen.all }),
              ]}
              rows={sortedBy(all, order.sort, (row, field) => props.sortValue?.(row, field) ?? usualValue(row, field))}
              order={order}
              keyOf={({ id }) => id}
            />
          )
        }
      </Found>
      {props.form(edited, () => setEdited(null))}
      <ConfirmDialog
        title={`Delete ${deleted?.name}?`}
        act="Delete"
        isOpen={deleted !== null}
        onOpenChange={() => setDeleted(null)}
        onConfirm={onDelete}
      >
        {left.one}
      </ConfirmDialog>
    </section>
  );
}

function usualValue(row: Named, field: string): string {
  if (field === "last_updated_at") return row.lastUpdatedAt;
  if (field === "created_at") return row.createdAt;
  if (field === "created_by") return row.createdBy;
  return row.name;
}

const actsColumn = <R extends Named>(onEdit: (row: R) => void, onDelete: (row: R) => void): ListColumn<R> => ({
  label: "",
  cell: (row) => (
    <div className={rowControl}>
      <IconButton label={`Edit ${row.name}`} onPress={() => onEdit(row)}>
        <Pencil aria-hidden />
      </IconButton>
      <IconButton label={`Delete ${row.name}`} onPress={() => onDelete(row)}>
        <Trash2 aria-hidden />
      </IconButton>
    </div>
  ),
});
