import { Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { IconButton } from "@/components/IconButton";
import { type ListColumn, ListTable, RowNote, rowControl } from "@/components/ListTable";
import { SectionHead } from "@/components/SectionHead";
import { Time } from "@/components/Time";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { EnvironmentDialog } from "@/features/environments/EnvironmentDialog";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
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

/** Where applications run: traces say it, and versions of prompts are in use there. */
export function Environments() {
  const { data, failure, refresh } = useWatched({
    query: EnvironmentsQuery,
    variables: {},
    of: { kinds: ["ENVIRONMENT"] },
  });
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
  const create = (
    <Button kind="primary" onPress={() => setEdited("new")}>
      <Plus aria-hidden /> New environment
    </Button>
  );
  return (
    <section aria-labelledby="environments">
      <SectionHead id="environments" title="Environments" actions={create}>
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
              columns={columnsOf(setEdited, setDeleted)}
              rows={environments}
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

const columnsOf = (
  onEdit: (environment: Environment) => void,
  onDelete: (environment: Environment) => void,
): ListColumn<Environment>[] => [
  {
    label: "Name",
    cell: (environment) => (
      <>
        <span className={styles.name}>
          <span className={styles.color} style={{ background: environment.color ?? "transparent" }} aria-hidden />
          <strong>{environment.name}</strong>
        </span>
        <RowNote>{environment.description}</RowNote>
      </>
    ),
  },
  { label: "Changed", isMinor: true, cell: (environment) => <Time at={environment.lastUpdatedAt} style="relative" /> },
  { label: "Made by", isMinor: true, cell: (environment) => environment.createdBy },
  {
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
  },
];
