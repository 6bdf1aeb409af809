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
import { byValue } from "@/entities/definitions/byValue";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { DeleteMany } from "@/entities/logs/DeleteMany";
import { DefinitionDialog } from "@/features/definitions/DefinitionDialog";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { orderOf, type SortOrder, sortedBy } from "@/lib/sortOrder";
import { useChosen } from "@/lib/useChosen";
import { useColumnChoices } from "@/lib/useColumnChoices";
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
      createdAt
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

type DefinitionsProps = { sort: string | undefined; onSort: (sort: string | undefined) => void };

/** The scores that people give: their names, and what values they can have. */
export function Definitions({ sort, onSort }: DefinitionsProps) {
  const { data, failure, refresh } = useWatched({
    query: DefinitionsQuery,
    variables: {},
    of: { kinds: ["FEEDBACK_DEFINITION"] },
  });
  const order = orderOf(sort, BY_NAME, onSort);
  const chosen = useChosen(data?.feedbackDefinitions ?? []);
  const columns = useColumnChoices({ key: "definitions.columns", columns: COLUMNS, rare: RARE_COLUMNS });
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
  const [first] = chosen.rows;
  const create = (
    <Button kind="primary" onPress={() => setEdited("new")}>
      <Plus aria-hidden /> New definition
    </Button>
  );
  return (
    <section aria-labelledby="definitions">
      <SectionHead
        id="definitions"
        title="Feedback definitions"
        actions={
          <>
            {first && (
              <DeleteMany
                kind={KIND}
                ids={chosen.rows.map(({ id }) => id)}
                remove={deleteDefinitions}
                onDeleted={() => {
                  chosen.clear();
                  refresh();
                }}
                tell={(text) => showDeleted({ text, id: first.id, kind: "definition_deleted" })}
              >
                Scores that were given under these names stay.
              </DeleteMany>
            )}
            <ColumnChoice labels={columns.labels} shown={columns.shownLabels} onToggle={columns.toggle} />
            {create}
          </>
        }
      >
        What people can say of traces, spans and threads when they judge them.
      </SectionHead>
      <Found what="feedback definitions" value={data?.feedbackDefinitions} failure={failure} onRetry={refresh}>
        {(definitions) =>
          definitions.length === 0 ? (
            <EmptyState title="No definitions yet" actions={create} />
          ) : (
            <ListTable
              label="Feedback definitions"
              columns={[
                NAME,
                ...columns.shown,
                actsColumn(setEdited, setDeleted),
                chosenColumn({ chosen: chosen.ids, toggle: chosen.toggle, all: chosen.all }),
              ]}
              rows={sortedBy(definitions, order.sort, sortValue)}
              order={order}
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

const KIND = { one: "definition", many: "definitions" };

const BY_NAME: SortOrder = { field: "name", direction: "ASC" };

type Column = ListColumn<Definition>;

const NAME: Column = {
  label: "Name",
  sort: "name",
  cell: (definition) => (
    <>
      <strong>{definition.name}</strong>
      <RowNote>{definition.description}</RowNote>
    </>
  ),
};

const TYPES: Record<Definition["type"], string> = {
  NUMERICAL: "a number",
  CATEGORICAL: "one of some words",
  BOOLEAN: "yes or no",
};

/** Columns that one asks for. */
const RARE_COLUMNS: readonly string[] = ["Created", "ID"];

const COLUMNS: readonly Column[] = [
  { label: "Type", sort: "type", isMinor: true, cell: ({ type }) => TYPES[type] },
  { label: "Values", cell: ({ details }) => valuesOf(details) },
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

function sortValue(definition: Definition, field: string): string {
  if (field === "last_updated_at") return definition.lastUpdatedAt;
  if (field === "created_at") return definition.createdAt;
  if (field === "created_by") return definition.createdBy;
  if (field === "type") return definition.type;
  return definition.name;
}

const actsColumn = (onEdit: (definition: Definition) => void, onDelete: (definition: Definition) => void): Column => ({
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
});

function valuesOf(details: Definition["details"]): string {
  if ("min" in details) return `${details.min} to ${details.max}`;
  if ("trueLabel" in details) return `${details.trueLabel} or ${details.falseLabel}`;
  return byValue(details.categories)
    .map(({ label, value }) => `${label} (${value})`)
    .join(", ");
}
