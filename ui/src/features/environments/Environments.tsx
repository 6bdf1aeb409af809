import { Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { ColumnChoice } from "@/components/ColumnChoice";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { chosenColumn } from "@/components/chosenColumn";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { IconButton } from "@/components/IconButton";
import { type ListColumn, ListTable, RowNote, rowControl } from "@/components/ListTable";
import { SectionHead } from "@/components/SectionHead";
import { Time } from "@/components/Time";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { DeleteMany } from "@/entities/logs/DeleteMany";
import { EnvironmentDialog } from "@/features/environments/EnvironmentDialog";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { orderOf, type SortOrder, sortedBy } from "@/lib/sortOrder";
import { useChosen } from "@/lib/useChosen";
import { useColumnChoices } from "@/lib/useColumnChoices";
import { useWatched } from "@/lib/useWatched";
import styles from "./Environments.module.css";

const EnvironmentsQuery = graphql(`
  query Environments {
    environments {
      id
      name
      description
      color
      position
      createdAt
      createdBy
      lastUpdatedAt
    }
  }
`);

const DeleteEnvironmentsMutation = graphql(`
  mutation DeleteEnvironments($ids: [ID!]!) {
    deleteEnvironments(ids: $ids)
  }
`);

export type Environment = DocumentType<typeof EnvironmentsQuery>["environments"][number];

type EnvironmentsProps = { sort: string | undefined; onSort: (sort: string | undefined) => void };

/** Where applications run: traces say it, and versions of prompts are in use there. */
export function Environments({ sort, onSort }: EnvironmentsProps) {
  const { data, failure, refresh } = useWatched({
    query: EnvironmentsQuery,
    variables: {},
    of: { kinds: ["ENVIRONMENT"] },
  });
  const order = orderOf(sort, BY_NAME, onSort);
  const chosen = useChosen(data?.environments ?? []);
  const columns = useColumnChoices({ key: "environments.columns", columns: COLUMNS, rare: RARE_COLUMNS });
  const [edited, setEdited] = useState<Environment | "new" | null>(null);
  const [deleted, setDeleted] = useState<Environment | null>(null);
  const [, deleteEnvironments] = useMutation(DeleteEnvironmentsMutation);
  const showDeleted = useDeletionToast();
  const onDelete = async () => {
    if (!deleted) return null;
    const answer = await deleteEnvironments({ ids: [deleted.id] });
    if (answer.error) return failureOf(answer.error).message;
    showDeleted({ text: `Deleted the environment ${deleted.name}.`, id: deleted.id, kind: "environment_deleted" });
    refresh();
    return null;
  };
  const [first] = chosen.rows;
  const create = (
    <Button kind="primary" onPress={() => setEdited("new")}>
      <Plus aria-hidden /> New environment
    </Button>
  );
  return (
    <section aria-labelledby="environments">
      <SectionHead
        id="environments"
        title="Environments"
        actions={
          <>
            {first && (
              <DeleteMany
                kind={KIND}
                ids={chosen.rows.map(({ id }) => id)}
                remove={deleteEnvironments}
                onDeleted={() => {
                  chosen.clear();
                  refresh();
                }}
                tell={(text) => showDeleted({ text, id: first.id, kind: "environment_deleted" })}
              >
                Traces keep the names. Versions of prompts are no longer in use there.
              </DeleteMany>
            )}
            <ColumnChoice labels={columns.labels} shown={columns.shownLabels} onToggle={columns.toggle} />
            {create}
          </>
        }
      >
        Where applications run. One that a trace names is made by itself.
      </SectionHead>
      <Found what="environments" value={data?.environments} failure={failure} onRetry={refresh}>
        {(environments) =>
          environments.length === 0 ? (
            <EmptyState title="No environments yet">
              Name one as <code>environment</code> of a trace, or make it here for your prompts.
            </EmptyState>
          ) : (
            <ListTable
              label="Environments"
              columns={[
                NAME,
                ...columns.shown,
                actsColumn(setEdited, setDeleted),
                chosenColumn({ chosen: chosen.ids, toggle: chosen.toggle, all: chosen.all }),
              ]}
              rows={sortedBy(environments, order.sort, sortValue)}
              order={order}
              keyOf={({ id }) => id}
            />
          )
        }
      </Found>
      <EnvironmentDialog
        environment={edited === "new" ? null : edited}
        isOpen={edited !== null}
        onClose={() => setEdited(null)}
        onSaved={refresh}
      />
      <ConfirmDialog
        title={`Delete ${deleted?.name}?`}
        act="Delete"
        isOpen={deleted !== null}
        onOpenChange={() => setDeleted(null)}
        onConfirm={onDelete}
      >
        Traces keep the name. Versions of prompts are no longer in use there.
      </ConfirmDialog>
    </section>
  );
}

const KIND = { one: "environment", many: "environments" };

const BY_NAME: SortOrder = { field: "name", direction: "ASC" };

type Column = ListColumn<Environment>;

const NAME: Column = {
  label: "Name",
  sort: "name",
  cell: (environment) => (
    <>
      <span className={styles.name}>
        <span className={styles.color} style={{ background: environment.color ?? "transparent" }} aria-hidden />
        <strong>{environment.name}</strong>
      </span>
      <RowNote>{environment.description}</RowNote>
    </>
  ),
};

/** Columns that one asks for. */
const RARE_COLUMNS: readonly string[] = ["Created", "ID"];

const COLUMNS: readonly Column[] = [
  {
    label: "Last updated",
    sort: "last_updated_at",
    isMinor: true,
    cell: ({ lastUpdatedAt }) => <Time at={lastUpdatedAt} style="relative" />,
  },
  {
    label: "Created",
    sort: "created_at",
    isMinor: true,
    cell: ({ createdAt }) => <Time at={createdAt} style="relative" />,
  },
  { label: "Created by", sort: "created_by", isMinor: true, cell: ({ createdBy }) => createdBy },
  { label: "ID", isMinor: true, cell: ({ id }) => <code>{id}</code> },
];

function sortValue(environment: Environment, field: string): string {
  if (field === "last_updated_at") return environment.lastUpdatedAt;
  if (field === "created_at") return environment.createdAt;
  if (field === "created_by") return environment.createdBy;
  return environment.name;
}

const actsColumn = (
  onEdit: (environment: Environment) => void,
  onDelete: (environment: Environment) => void,
): Column => ({
  label: "",
  cell: (environment) => (
    <div className={rowControl}>
      <IconButton label={`Edit ${environment.name}`} onPress={() => onEdit(environment)}>
        <Pencil aria-hidden />
      </IconButton>
      <IconButton label={`Delete ${environment.name}`} onPress={() => onDelete(environment)}>
        <Trash2 aria-hidden />
      </IconButton>
    </div>
  ),
});
