import { EmptyState } from "@/components/EmptyState";
import { type ListColumn, RowNote } from "@/components/ListTable";
import { ORIGIN_COLUMNS, UPDATED_COLUMN } from "@/components/originColumns";
import { NamedSettings } from "@/entities/named/NamedSettings";
import { EnvironmentDialog } from "@/features/environments/EnvironmentDialog";
import { type DocumentType, graphql } from "@/gql";
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
  return (
    <NamedSettings
      title="Environments"
      kind={ENVIRONMENTS}
      about="Where applications run. One that a trace names is made by itself."
      rows={data?.environments}
      failure={failure}
      refresh={refresh}
      sort={sort}
      onSort={onSort}
      nameColumn={NAME}
      columns={COLUMNS}
      deletion="environment_deleted"
      mutation={DeleteEnvironmentsMutation}
      left={LEFT}
      empty={() => (
        <EmptyState title="No environments yet">
          Name one as <code>environment</code> of a trace, or make it here for your prompts.
        </EmptyState>
      )}
      form={(edited, onClose) => (
        <EnvironmentDialog
          environment={edited === "new" ? null : edited}
          isOpen={edited !== null}
          onClose={onClose}
          onSaved={refresh}
        />
      )}
    />
  );
}

const ENVIRONMENTS = { one: "environment", many: "environments" };

const LEFT = {
  one: "Traces keep the name. Versions of prompts are no longer in use there.",
  many: "Traces keep the names. Versions of prompts are no longer in use there.",
};

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

const COLUMNS: readonly Column[] = [{ ...UPDATED_COLUMN, isMinor: true }, ...ORIGIN_COLUMNS];
