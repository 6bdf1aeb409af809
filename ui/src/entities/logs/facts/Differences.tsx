import { Filter, X } from "lucide-react";
import { useQuery } from "urql";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { IconButton } from "@/components/IconButton";
import { Skeleton } from "@/components/Skeleton";
import { type DifferingField, differingFields } from "@/entities/logs/facts/differences";
import { ValueRow } from "@/entities/logs/facts/ValueRow";
import { valueLabel } from "@/entities/logs/facts/valueLabel";
import type { LogKind } from "@/entities/logs/logKind";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { formatAmount, formatCount } from "@/lib/format";
import styles from "./Differences.module.css";

const DifferencesQuery = graphql(`
  query Differences($scope: StatisticsScope!, $selection: String!, $first: Int!) {
    differences(scope: $scope, selection: $selection, first: $first) {
      selected
      rest
      values {
        field
        value
        from
        to
        filter
        selected
        rest
        difference
        atLeast
      }
    }
  }
`);

const VALUES_MAX = 100;
const VALUES_OF_FIELD_MAX = 6;
/** Of fewer things hardly anything can be told but chance. */
const FEW = 5;

type Compared = DocumentType<typeof DifferencesQuery>["differences"];

type DifferencesProps = {
  kind: Pick<LogKind<unknown>, "entity" | "one" | "many">;
  projectId: string;
  /** The filter of those that are looked at, and that of all they are compared among. */
  selection: string;
  among: string;
  onFilter: (term: string) => void;
  onClose: () => void;
};

/** What some things have more or less often than the rest: by which fields, and both distributions of each. */
export function Differences({ kind, projectId, selection, among, onFilter, onClose }: DifferencesProps) {
  const [{ data, error, fetching }, read] = useQuery({
    query: DifferencesQuery,
    variables: {
      scope: { entity: kind.entity, projectIds: [projectId], filter: among || null },
      selection,
      first: VALUES_MAX,
    },
    requestPolicy: "cache-and-network",
  });
  const compared = data?.differences;
  return (
    <section className={styles.panel} aria-label="Differences" aria-busy={fetching}>
      <header className={styles.head}>
        <h2>What is different</h2>
        <p role="status">{compared && <Told {...{ compared, kind }} />}</p>
        <code title={selection}>{selection}</code>
        {among && (
          <span>
            among <code title={among}>{among}</code>
          </span>
        )}
        <span className={styles.actions}>
          <IconButton label="List these" onPress={() => onFilter(selection)}>
            <Filter aria-hidden />
          </IconButton>
          <IconButton label="Close the differences" onPress={onClose}>
            <X aria-hidden />
          </IconButton>
        </span>
      </header>
      <div className={styles.body}>
        {error ? (
          <ErrorState
            title="The differences could not be counted"
            message={failureOf(error).message}
            onRetry={() => read({ requestPolicy: "network-only" })}
          />
        ) : compared ? (
          <Found {...{ compared, kind, selection, onFilter }} />
        ) : (
          <Skeleton label="Comparing" rows={5} />
        )}
      </div>
    </section>
  );
}

function Told({ compared: { selected, rest }, kind }: { compared: Compared; kind: DifferencesProps["kind"] }) {
  return (
    <>
      <span className={styles.these}>{formatAmount(selected, kind)}</span> against{" "}
      <span className={styles.rest}>{formatCount(rest)} others</span>
    </>
  );
}

type FoundProps = Pick<DifferencesProps, "kind" | "selection" | "onFilter"> & { compared: Compared };

function Found({ compared, kind, selection, onFilter }: FoundProps) {
  const { selected, rest, values } = compared;
  if (selected === 0)
    return <EmptyState title={`No ${kind.one} is selected`}>Nothing matches any more. Select others.</EmptyState>;
  if (rest === 0)
    return <EmptyState title="There is no rest">All {kind.many} are among the selected. Select fewer.</EmptyState>;
  const fields = differingFields(values, selection);
  const sure = fields.filter(({ atLeast }) => atLeast > 0);
  const unsure = fields.filter(({ atLeast }) => atLeast === 0);
  const draw = (field: DifferingField) => <FieldCard key={field.field} {...{ field, compared, onFilter }} />;
  return (
    <>
      {sure.length > 0 ? (
        <div className={styles.cards}>{sure.map(draw)}</div>
      ) : (
        <p className={styles.note}>
          {selected < FEW || rest < FEW
            ? `Of so few ${kind.many} nothing can be told but chance. Select more of them.`
            : "Nothing differs by more than chance."}
        </p>
      )}
      {unsure.length > 0 && (
        <details open={sure.length === 0}>
          <summary>{unsure.length === 1 ? "One field" : `${unsure.length} fields`} that may differ by chance</summary>
          <div className={styles.cards}>{unsure.map(draw)}</div>
        </details>
      )}
      {values.length >= VALUES_MAX && (
        <p className={styles.note}>Only the {VALUES_MAX} surest values are told. Select by a filter for fewer.</p>
      )}
    </>
  );
}

const percent = (part: number, all: number) => `${Math.round((100 * part) / all)}%`;

type FieldCardProps = { field: DifferingField; compared: Compared; onFilter: (term: string) => void };

function FieldCard({ field: { field, atLeast, values }, compared, onFilter }: FieldCardProps) {
  const shown = values.slice(0, VALUES_OF_FIELD_MAX);
  const points = Math.floor(atLeast * 100);
  return (
    <section className={styles.card} aria-label={field}>
      <header>
        <h3 title={field}>{field}</h3>
        {points > 0 && <span title="With 95 percent confidence">at least {points} points apart</span>}
      </header>
      <ul>
        {shown.map((value) => {
          const [these, others] = [percent(value.selected, compared.selected), percent(value.rest, compared.rest)];
          return (
            <ValueRow
              key={value.filter}
              label={valueLabel(field, value)}
              shares={[value.selected / compared.selected, value.rest / compared.rest]}
              told={`${these} / ${others}`}
              spoken={`${these} of these, ${others} of the others`}
              onPress={() => onFilter(value.filter)}
            />
          );
        })}
      </ul>
      {values.length > shown.length && <p>{values.length - shown.length} more values</p>}
    </section>
  );
}
