import { type ReactNode, useId, useMemo } from "react";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { Page } from "@/components/Page";
import { ComparedItems } from "@/features/experiments/ComparedItems";
import { type Change, rank, worstScore } from "@/features/experiments/comparison";
import { Figures } from "@/features/experiments/Figures";
import { type Side, useComparison } from "@/features/experiments/useComparison";
import { formatCount } from "@/lib/format";
import styles from "./Comparison.module.css";

export type ComparisonSearch = {
  score?: string | undefined;
  change?: string | undefined;
  item?: string | undefined;
};

type ComparisonProps = {
  ids: readonly string[];
  search: ComparisonSearch;
  /** The way to a trace of the first experiment's project. */
  traceLink: (traceId: string) => ReactNode;
  /** The way to what happened to an experiment that is shown by itself. */
  history: ReactNode;
  onSearch: (search: ComparisonSearch) => void;
};

/** One experiment, or several side by side over the same items. */
export function Comparison({ ids, search, traceLink, history, onSearch }: ComparisonProps) {
  const { side, failure, refresh } = useComparison(ids);
  const names = side?.experiments.map(({ name }) => name) ?? [];
  const title = names.length === 1 ? names[0] : `${formatCount(ids.length)} experiments`;
  const [first] = side?.experiments ?? [];
  return (
    <Page
      isWide
      title={title}
      actions={names.length === 1 && history}
      about={
        first && (
          <p>
            Over {first.dataset?.name ?? "a deleted dataset"} {first.datasetVersion?.name}
            {names.length > 1 && `; “${names[0]}” is the measure of the others`}
          </p>
        )
      }
    >
      <Found what="experiments" value={side} failure={failure} onRetry={refresh}>
        {(found) => <Sides side={found} search={search} traceLink={traceLink} onSearch={onSearch} />}
      </Found>
    </Page>
  );
}

type SidesProps = Omit<ComparisonProps, "ids" | "history"> & { side: Side };

function Sides({ side, search, traceLink, onSearch }: SidesProps) {
  const { experiments, rows } = side;
  const scores = useMemo(
    () => [
      ...new Set(rows.flatMap(({ outcomes }) => outcomes.flat().flatMap(({ scores: given }) => [...given.keys()]))),
    ],
    [rows],
  );
  const worst = useMemo(() => worstScore(rows, scores), [rows, scores]);
  const score = scores.find((name) => name === search.score) ?? worst;
  const ranked = useMemo(() => rank(rows, experiments.length > 1 ? score : null), [rows, experiments, score]);
  const isCut = experiments.some((experiment) => experiment.isCut);
  return (
    <>
      <Figures experiments={experiments} rows={rows} scores={scores} />
      {isCut && <p role="status">Only the newest 2,000 items of each experiment are compared.</p>}
      {rows.length === 0 ? (
        <EmptyState title="No items yet">They appear when the experiment has run over them.</EmptyState>
      ) : (
        <>
          {experiments.length > 1 && score && <Changes {...{ ranked, scores, score, search, onSearch }} />}
          <ComparedItems
            experiments={experiments}
            ranked={ranked.filter(({ change }) => !search.change || change === search.change)}
            scores={scores}
            openId={search.item ?? null}
            traceLink={traceLink}
            onOpen={(item) => onSearch({ ...search, item })}
          />
        </>
      )}
    </>
  );
}

const CHANGES: readonly { change: Change; word: string }[] = [
  { change: "regressed", word: "regressed" },
  { change: "improved", word: "improved" },
  { change: "same", word: "the same" },
  { change: "unknown", word: "not scored in both" },
];

type ChangesProps = {
  ranked: ReturnType<typeof rank>;
  scores: readonly string[];
  score: string;
  search: ComparisonSearch;
  onSearch: (search: ComparisonSearch) => void;
};

/** By which score the items are in order, and how many of them fell and rose; each is a filter, too. */
function Changes({ ranked, scores, score, search, onSearch }: ChangesProps) {
  const id = useId();
  return (
    <div className={styles.changes}>
      <label htmlFor={id}>Largest fall first, by</label>
      <select id={id} value={score} onChange={(event) => onSearch({ ...search, score: event.target.value })}>
        {scores.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      {CHANGES.map(({ change, word }) => {
        const count = ranked.filter((each) => each.change === change).length;
        const isShown = search.change === change;
        if (count === 0 && !isShown) return null;
        return (
          <button
            key={change}
            type="button"
            className={styles.change}
            data-change={change}
            aria-pressed={isShown}
            onClick={() => onSearch({ ...search, change: isShown ? undefined : change })}
          >
            {formatCount(count)} {word}
          </button>
        );
      })}
    </div>
  );
}
