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
import { byValue } from "@/entities/definitions/byValue";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { DefinitionDialog } from "@/features/definitions/DefinitionDialog";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { useWatched } from "@/lib/useWatched";

const DefinitionsQuery = graphql(`
  query Definitions {
    feedbackDefinitions {
      id
      name
      description
      type
      details {
        ... on NumericalDetails {
          min
          max
        }
        ... on CategoricalDetails {
          categories {
            label
            value
          }
        }
        ... on BooleanDetails {
          trueLabel
          falseLabel
        }
      }
      createdBy
      lastUpdatedAt
    }
  }
`);

const DeleteDefinitionsMutation = graphql(`
  mutation DeleteDefinitions($ids: [ID!]!) {
    deleteFeedbackDefinitions(ids: $ids)
  }
`);

export type Definition = DocumentType<typeof DefinitionsQuery>["feedbackDefinitions"][number];

/** The scores that people give: their names, and what values they can have. */
export function Definitions() {
  const { data, failure, refresh } = useWatched({
    query: DefinitionsQuery,
    variables: {},
    of: { kinds: ["FEEDBACK_DEFINITION"] },
  });
  const [edited, setEdited] = useState<Definition | "new" | null>(null);
  const [deleted, setDeleted] = useState<Definition | null>(null);
  const [, deleteDefinitions] = useMutation(DeleteDefinitionsMutation);
  const showDeleted = useDeletionToast();
  const onDelete = async () => {
    if (!deleted) return null;
    const answer = await deleteDefinitions({ ids: [deleted.id] });
    if (answer.error) return failureOf(answer.error).message;
    showDeleted({ text: `Deleted the definition ${deleted.name}.`, id: deleted.id, kind: "definition_deleted" });
    refresh();
    return null;
  };
  const create = (
    <Button kind="primary" onPress={() => setEdited("new")}>
      <Plus aria-hidden /> New definition
    </Button>
  );
  return (
    <section aria-labelledby="definitions">
      <SectionHead id="definitions" title="Feedback definitions" actions={create}>
        What people can say of traces, spans and threads when they judge them.
      </SectionHead>
      <Found what="feedback definitions" value={data?.feedbackDefinitions} failure={failure} onRetry={refresh}>
        {(definitions) =>
          definitions.length === 0 ? (
            <EmptyState title="No definitions yet" actions={create} />
          ) : (
            <ListTable
              label="Feedback definitions"
              columns={columnsOf(setEdited, setDeleted)}
              rows={definitions}
              keyOf={({ id }) => id}
            />
          )
        }
      </Found>
      <DefinitionDialog
        definition={edited === "new" ? null : edited}
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
        Scores that were given under this name stay.
      </ConfirmDialog>
    </section>
  );
}

const columnsOf = (
  onEdit: (definition: Definition) => void,
  onDelete: (definition: Definition) => void,
): ListColumn<Definition>[] => [
  {
    label: "Name",
    cell: (definition) => (
      <>
        <strong>{definition.name}</strong>
        <RowNote>{definition.description}</RowNote>
      </>
    ),
  },
  { label: "Values", cell: ({ details }) => valuesOf(details) },
  { label: "Changed", isMinor: true, cell: (definition) => <Time at={definition.lastUpdatedAt} style="relative" /> },
  { label: "By", isMinor: true, cell: (definition) => definition.createdBy },
  {
    label: "",
    cell: (definition) => (
      <div className={rowControl}>
        <IconButton label={`Edit ${definition.name}`} onPress={() => onEdit(definition)}>
          <Pencil aria-hidden />
        </IconButton>
        <IconButton label={`Delete ${definition.name}`} onPress={() => onDelete(definition)}>
          <Trash2 aria-hidden />
        </IconButton>
      </div>
    ),
  },
];

function valuesOf(details: Definition["details"]): string {
  if ("min" in details) return `${details.min} to ${details.max}`;
  if ("trueLabel" in details) return `${details.trueLabel} or ${details.falseLabel}`;
  return byValue(details.categories)
    .map(({ label, value }) => `${label} (${value})`)
    .join(", ");
}
