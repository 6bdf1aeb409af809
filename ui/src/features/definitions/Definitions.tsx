import { EmptyState } from "@/components/EmptyState";
import { type ListColumn, RowNote } from "@/components/ListTable";
import { ORIGIN_COLUMNS, UPDATED_COLUMN } from "@/components/originColumns";
import { byValue } from "@/entities/definitions/byValue";
import { NamedSettings } from "@/entities/named/NamedSettings";
import { DefinitionDialog } from "@/features/definitions/DefinitionDialog";
import { type DocumentType, graphql } from "@/gql";
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
  return (
    <NamedSettings
      title="Feedback definitions"
      kind={DEFINITIONS}
      about="What people can say of traces, spans and threads when they judge them."
      rows={data?.feedbackDefinitions}
      failure={failure}
      refresh={refresh}
      sort={sort}
      onSort={onSort}
      nameColumn={NAME}
      columns={COLUMNS}
      sortValue={({ type }, field) => (field === "type" ? type : undefined)}
      deletion="definition_deleted"
      mutation={DeleteDefinitionsMutation}
      left={LEFT}
      empty={(create) => <EmptyState title="No definitions yet" actions={create} />}
      form={(edited, onClose) => (
        <DefinitionDialog
          definition={edited === "new" ? null : edited}
          isOpen={edited !== null}
          onClose={onClose}
          onSaved={refresh}
        />
      )}
    />
  );
}

const DEFINITIONS = { one: "definition", many: "definitions" };

const LEFT = {
  one: "Scores that were given under this name stay.",
  many: "Scores that were given under these names stay.",
};

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

const COLUMNS: readonly Column[] = [
  { label: "Type", sort: "type", isMinor: true, cell: ({ type }) => TYPES[type] },
  { label: "Values", cell: ({ details }) => valuesOf(details) },
  { ...UPDATED_COLUMN, isMinor: true },
  ...ORIGIN_COLUMNS,
];

function valuesOf(details: Definition["details"]): string {
  if ("min" in details) return `${details.min} to ${details.max}`;
  if ("trueLabel" in details) return `${details.trueLabel} or ${details.falseLabel}`;
  return byValue(details.categories)
    .map(({ label, value }) => `${label} (${value})`)
    .join(", ");
}
