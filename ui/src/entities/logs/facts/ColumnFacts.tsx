import { ChartNoAxesColumn } from "lucide-react";
import { useState } from "react";
import { Button, Dialog, DialogTrigger, Heading, Popover } from "react-aria-components";
import { useQuery } from "urql";
import { Skeleton } from "@/components/Skeleton";
import { FigureList } from "@/entities/logs/facts/FigureList";
import { ValueRow } from "@/entities/logs/facts/ValueRow";
import { valueLabel } from "@/entities/logs/facts/valueLabel";
import { FieldFactsQuery, type FieldScope, figuresOf } from "@/entities/logs/filter/fieldFacts";
import { failureOf } from "@/lib/failure";
import { formatAmount, formatCount } from "@/lib/format";
import styles from "./Facts.module.css";

const VALUES_MAX = 10;

type ColumnFactsProps = {
  label: string;
  field: string;
  /** Whether figures can be had of it, beside values. */
  isMeasured: boolean;
  scope: FieldScope;
  unit: { one: string; many: string };
  totalCount: number;
  onFilter: (term: string) => void;
};

/** In the head of a column: what stands in it, over all that is listed and not only the loaded rows. */
export function ColumnFacts({ label, onFilter, ...props }: ColumnFactsProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button className={styles.button ?? ""} aria-label={`Values of ${label}`}>
        <ChartNoAxesColumn aria-hidden />
      </Button>
      <Popover className={styles.popover ?? ""} placement="bottom start" offset={6}>
        <Dialog className={styles.dialog ?? ""}>
          <Heading slot="title">{label}</Heading>
          <Facts
            {...props}
            onFilter={(term) => {
              setOpen(false);
              onFilter(term);
            }}
          />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function Facts({ field, isMeasured, scope, unit, totalCount, onFilter }: Omit<ColumnFactsProps, "label">) {
  const [{ data, error, fetching }] = useQuery({
    query: FieldFactsQuery,
    variables: { scope, field, values: VALUES_MAX, isMeasured },
    requestPolicy: "cache-and-network",
  });
  if (error) return <p role="alert">{failureOf(error).message}</p>;
  if (!data || (fetching && data.facets[0]?.field === undefined)) return <Skeleton label="Counting values" rows={4} />;
  const figures = figuresOf(data);
  const [facet] = data.facets;
  const values = facet?.values ?? [];
  if (values.length === 0 && !figures)
    return <p className={styles.quiet}>None of {formatAmount(totalCount, unit)} has a value.</p>;
  const share = (count: number) => (totalCount > 0 ? Math.min(1, count / totalCount) : 0);
  const missing = facet?.missing ?? 0;
  return (
    <>
      <p className={styles.quiet}>
        Of {formatAmount(totalCount, unit)} that {totalCount === 1 ? "is" : "are"} listed. Press one to filter by it.
      </p>
      {figures && <FigureList {...{ field, figures, onFilter }} />}
      <ul className={styles.values} aria-label="Values">
        {values.map((value) => (
          <ValueRow
            key={value.filter}
            label={valueLabel(field, value)}
            shares={[share(value.count)]}
            told={formatCount(value.count)}
            spoken={formatAmount(value.count, unit)}
            onPress={() => onFilter(value.filter)}
          />
        ))}
        {missing > 0 && (
          <ValueRow
            label="no value"
            isQuiet
            shares={[share(missing)]}
            told={formatCount(missing)}
            spoken={formatAmount(missing, unit)}
            onPress={() => onFilter(`missing:${field}`)}
          />
        )}
      </ul>
      {(facet?.others ?? 0) > 0 && (
        <p className={styles.quiet}>{formatCount(facet?.others ?? 0)} with other values: filter to see them.</p>
      )}
    </>
  );
}
