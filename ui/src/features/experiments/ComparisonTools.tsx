import { type ReactNode, useId } from "react";
import { CHANGES, type ComparisonSearch, type Looked, labelOf, ordersOf } from "@/features/experiments/comparison";
import type { Side } from "@/features/experiments/useComparison";
import { formatCount } from "@/lib/format";
import styles from "./Comparison.module.css";

type ComparisonToolsProps = {
  sides: readonly Side[];
  looked: Looked | null;
  itemCount: number;
  search: ComparisonSearch;
  onSearch: (search: ComparisonSearch) => void;
  /** What can be done with the items. */
  children: ReactNode;
};

/** What stands there while a head of a column says the order. */
const BY_COLUMN = { id: "column", label: "By a column" };

/** By which measure the items are in order, and how many of them fell and rose; each is a filter, too. */
export function ComparisonTools({ sides, looked, itemCount, search, onSearch, children }: ComparisonToolsProps) {
  const others = sides.slice(1);
  const orders = ordersOf(others.length > 0).map(({ id, label }) => ({ id, label }));
  const column = sides.find(({ experiment }) => experiment.id === looked?.against);
  return (
    <div className={styles.changes}>
      {looked && column && (
        <>
          <Choice
            label="Order"
            value={search.sort ? BY_COLUMN.id : looked.order}
            options={search.sort ? [BY_COLUMN, ...orders] : orders}
            onChange={(order) => onSearch(order === BY_COLUMN.id ? search : { ...search, order, sort: undefined })}
          />
          <Choice
            label="By"
            value={looked.measure.measure}
            options={column.measures.map(({ measure }) => ({ id: measure, label: labelOf(measure) }))}
            onChange={(measure) => onSearch({ ...search, measure })}
          />
          {others.length > 1 && (
            <Choice
              label="Of"
              value={looked.against}
              options={others.map(({ experiment: { id, name } }) => ({ id, label: name }))}
              onChange={(against) => onSearch({ ...search, against })}
            />
          )}
          {others.length > 0 && <Changes {...{ looked, itemCount, search, onSearch }} />}
        </>
      )}
      <span className={styles.end}>{children}</span>
    </div>
  );
}

type ChangesProps = Pick<ComparisonToolsProps, "itemCount" | "search" | "onSearch"> & { looked: Looked };

function Changes({ looked, itemCount, search, onSearch }: ChangesProps) {
  const { improvedCount, regressedCount, unchangedCount } = looked.measure;
  const counts = { improved: improvedCount, regressed: regressedCount, same: unchangedCount };
  const rest = itemCount - improvedCount - regressedCount - unchangedCount;
  return (
    <>
      {CHANGES.map(({ id, word }) => {
        const isShown = looked.change?.id === id;
        if (counts[id] === 0 && !isShown) return null;
        return (
          <button
            key={id}
            type="button"
            className={styles.change}
            data-change={id}
            aria-pressed={isShown}
            onClick={() => onSearch({ ...search, change: isShown ? undefined : id })}
          >
            {formatCount(counts[id])} {word}
          </button>
        );
      })}
      {rest > 0 && <span className={styles.none}>{formatCount(rest)} not measured in both</span>}
    </>
  );
}

type ChoiceProps = {
  label: string;
  value: string;
  options: readonly { id: string; label: string }[];
  onChange: (id: string) => void;
};

function Choice({ label, value, options, onChange }: ChoiceProps) {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map((option) => (
          <option key={option.id} value={option.id}>
            {option.label}
          </option>
        ))}
      </select>
    </>
  );
}
