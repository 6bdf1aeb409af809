import { Filter } from "lucide-react";
import { useState } from "react";
import { useQuery } from "urql";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { FormActions } from "@/components/Form";
import { Found } from "@/components/Found";
import { ModalDialog } from "@/components/ModalDialog";
import { SearchBox } from "@/components/SearchBox";
import { Time } from "@/components/Time";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { formatCount } from "@/lib/format";
import styles from "./Comparison.module.css";

const ComparableExperimentsQuery = graphql(`
  query ComparableExperiments($datasetId: ID!, $filter: String) {
    experiments(datasetId: $datasetId, filter: $filter, first: 100) {
      nodes {
        id
        name
        kind
        tags
        createdAt
      }
      totalCount
    }
  }
`);

type ChosenProps = {
  datasetId: string;
  /** Those that are compared, the baseline first. */
  ids: readonly string[];
  onIds: (ids: readonly string[]) => void;
};
type ChooseComparedDialogProps = ChosenProps & { isOpen: boolean; onOpenChange: (isOpen: boolean) => void };

/** Which experiments over a dataset stand side by side. */
export function ChooseComparedDialog({ isOpen, onOpenChange, onIds, ...props }: ChooseComparedDialogProps) {
  return (
    <ModalDialog title="Experiments to compare" isWide isOpen={isOpen} onOpenChange={onOpenChange}>
      <ChooseCompared
        {...props}
        onIds={(ids) => {
          onOpenChange(false);
          onIds(ids);
        }}
      />
    </ModalDialog>
  );
}

function ChooseCompared({ datasetId, ids, onIds }: ChosenProps) {
  const [filter, setFilter] = useState("");
  const [chosen, setChosen] = useState(ids);
  const [{ data, error }, read] = useQuery({
    query: ComparableExperimentsQuery,
    variables: { datasetId, filter: filter || null },
    requestPolicy: "cache-and-network",
  });
  const toggle = (id: string) =>
    setChosen(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  return (
    <div className={styles.item}>
      <SearchBox
        label="Filter experiments"
        placeholder="name:baseline AND tags:nightly"
        isCode
        icon={<Filter aria-hidden />}
        value={filter}
        errorId={undefined}
        onSubmit={setFilter}
      />
      <Found
        what="experiments"
        value={error ? null : data?.experiments}
        failure={error ? failureOf(error) : null}
        onRetry={() => read({ requestPolicy: "network-only" })}
      >
        {({ nodes, totalCount }) => (
          <>
            <ul className={styles.choices} aria-label="Experiments over the dataset">
              {nodes.map(({ id, name, kind, tags, createdAt }) => (
                <li key={id}>
                  <label>
                    <input type="checkbox" checked={chosen.includes(id)} onChange={() => toggle(id)} /> {name}
                  </label>
                  {kind !== "REGULAR" && <Badge>{kind.toLowerCase().replace("_", "-")}</Badge>}
                  <span className={styles.none}>{tags.join(", ")}</span>
                  <span className={styles.none}>
                    <Time at={createdAt} style="relative" />
                  </span>
                </li>
              ))}
            </ul>
            {nodes.length === 0 && <p className={styles.none}>None matches.</p>}
            {totalCount > nodes.length && (
              <p className={styles.none}>
                The newest {nodes.length} of {formatCount(totalCount)} are shown; the filter finds others.
              </p>
            )}
          </>
        )}
      </Found>
      <FormActions>
        <Button kind="primary" isDisabled={chosen.length === 0} onPress={() => onIds(chosen)}>
          {chosen.length === 1 ? "Show it alone" : `Compare ${formatCount(chosen.length)}`}
        </Button>
      </FormActions>
    </div>
  );
}
