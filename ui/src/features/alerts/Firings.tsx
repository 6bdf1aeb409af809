import { Badge } from "@/components/Badge";
import { Found } from "@/components/Found";
import { type ListColumn, ListTable, RowNote } from "@/components/ListTable";
import { SectionHead } from "@/components/SectionHead";
import { Time } from "@/components/Time";
import { type FiringItem, useFirings } from "@/features/alerts/useFirings";
import { DELIVERIES, EVENTS, sawOf } from "@/features/alerts/words";
import type { AlertDelivery } from "@/gql/graphql";
import { formatAmount, formatCount } from "@/lib/format";

const TONES: Record<AlertDelivery, "plain" | "accent" | "danger"> = {
  PENDING: "plain",
  DELIVERED: "accent",
  FAILED: "danger",
};

const COLUMNS: readonly ListColumn<FiringItem>[] = [
  { label: "Event", cell: ({ eventType }) => EVENTS[eventType] },
  { label: "How many", isNumeric: true, isMinor: true, cell: ({ count }) => formatCount(count) },
  { label: "What it saw", isMinor: true, cell: ({ metadata }) => <RowNote>{sawOf(metadata)}</RowNote> },
  {
    label: "Message",
    cell: ({ delivery, error, attempts }) => (
      <>
        <Badge tone={TONES[delivery]}>{DELIVERIES[delivery]}</Badge>
        {error && (
          <RowNote>
            {error}
            {attempts > 1 && `, ${formatAmount(attempts, { one: "attempt", many: "attempts" })}`}
          </RowNote>
        )}
      </>
    ),
  },
  { label: "Fired", cell: ({ firedAt }) => <Time at={firedAt} style="relative" /> },
];

/** The times at which the alert fired, and whether the message arrived, as it happens. */
export function Firings({ alertId }: { alertId: string }) {
  const firings = useFirings(alertId);
  return (
    <section aria-labelledby="firings">
      <SectionHead id="firings" title="When it fired">
        What happens within a minute is told in one message; a threshold is told of once, until it was left.
      </SectionHead>
      <Found
        what="firings"
        value={firings.failure ? null : firings.list}
        failure={firings.failure}
        onRetry={firings.refresh}
      >
        {({ items }) =>
          items.length === 0 ? (
            <p>It has not fired yet.</p>
          ) : (
            <ListTable
              label="When it fired"
              columns={COLUMNS}
              rows={items}
              keyOf={({ id }) => id}
              isBusy={firings.isLoading}
              more={firings.more}
            />
          )
        }
      </Found>
    </section>
  );
}
