import { useState } from "react";
import { useQuery } from "urql";
import { Button } from "@/components/Button";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { Facts } from "@/entities/details/Facts";
import { Payload } from "@/entities/payload/Payload";
import { capital, inOrder, textOfValue, wordsOfField } from "@/features/history/changeWords";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { formatCount } from "@/lib/format";
import styles from "./History.module.css";

const FieldsAtQuery = graphql(`
  query FieldsAt($id: ID!, $position: Position!) {
    fieldsAt(id: $id, position: $position) {
      field
      value
    }
  }
`);

const FACT_CHARS_MAX = 120;
const FIELDS_SHOWN = 60;

type PastFieldsProps = {
  id: string;
  noun: string;
  position: string;
  /** What the event itself changed: it is marked. */
  changed: readonly { field: string }[];
};

/** All that was known of a thing after the event at a position. */
export function PastFields({ id, noun, position, changed }: PastFieldsProps) {
  const [{ data, error, fetching }, read] = useQuery({ query: FieldsAtQuery, variables: { id, position } });
  const marked = new Set(changed.map(({ field }) => field));
  return (
    <Found
      what={`${noun} as it was`}
      value={data?.fieldsAt}
      failure={error && !data ? failureOf(error) : null}
      onRetry={() => read({ requestPolicy: "network-only" })}
    >
      {(fields) =>
        fields.length === 0 ? (
          <EmptyState title={`There was no such ${noun} at this moment`}>
            It had not begun yet, or it was deleted.
          </EmptyState>
        ) : (
          <div className={styles.past} aria-busy={fetching}>
            <Known fields={inOrder(fields)} marked={marked} />
          </div>
        )
      }
    </Found>
  );
}

type KnownProps = { fields: readonly { field: string; value: string }[]; marked: ReadonlySet<string> };

function Known({ fields, marked }: KnownProps) {
  const [shown, setShown] = useState(FIELDS_SHOWN);
  const isFact = ({ field, value }: { field: string; value: string }) => {
    const text = textOfValue(field, value);
    return text.length <= FACT_CHARS_MAX && !text.includes("\n");
  };
  const facts = fields.filter(isFact);
  const bodies = fields.filter((field) => !isFact(field));
  const rest = fields.length - shown;
  return (
    <>
      <Facts
        label="Facts"
        facts={facts.slice(0, shown).map(({ field, value }) => ({
          label: capital(wordsOfField(field)),
          value: marked.has(field) ? <Changed>{textOfValue(field, value)}</Changed> : textOfValue(field, value),
        }))}
      />
      {bodies.slice(0, Math.max(0, shown - facts.length)).map(({ field, value }) => (
        <div key={field} className={marked.has(field) ? styles.changed : undefined}>
          <Payload title={capital(wordsOfField(field))} text={value} />
        </div>
      ))}
      {rest > 0 && (
        <div className={styles.actions}>
          <Button onPress={() => setShown(shown + 5 * FIELDS_SHOWN)}>Show {formatCount(rest)} more fields</Button>
        </div>
      )}
    </>
  );
}

const Changed = ({ children }: { children: string }) => (
  <mark className={styles.mark}>
    {children || "empty"} <span className="visually-hidden">changed here</span>
  </mark>
);
