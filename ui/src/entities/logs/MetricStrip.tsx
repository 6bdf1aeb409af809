import { ChevronDown, ChevronUp, Diff, Download, RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/Button";
import { type ChartSeries, timeZoneName, widthName } from "@/components/charts/chart";
import { LazyTimeChart } from "@/components/charts/LazyTimeChart";
import { IconButton } from "@/components/IconButton";
import { withTerm } from "@/entities/logs/filter/filterTerms";
import type { LogList } from "@/entities/logs/LogsFound";
import type { LogKind } from "@/entities/logs/logKind";
import type { LogsSearch } from "@/entities/logs/logsSearch";
import { changeOf } from "@/entities/logs/period";
import { type Before, type Figures, type Metrics, pointsOfMetrics, useMetrics } from "@/entities/logs/useMetrics";
import { writeCsv } from "@/lib/csv";
import { download } from "@/lib/download";
import { formatCompact, formatCost, formatDuration } from "@/lib/format";
import { parseBoolean, useStored } from "@/lib/storage";
import styles from "./MetricStrip.module.css";

type MetricStripProps<Row> = {
  kind: LogKind<Row>;
  projectId: string;
  search: LogsSearch;
  rows: LogList<Row>;
  onSearch: (change: LogsSearch) => void;
};

type Card = {
  label: string;
  /** As it stands in the head of a file. */
  unit: string;
  value: (whole: Figures) => ReactNode;
  /** What is compared with the time before. */
  measure: (whole: Figures) => number | null;
  measured?: string;
  isShare?: boolean;
  pick: (figures: Figures) => readonly (number | null)[];
  series: readonly ChartSeries[];
  format: (value: number) => string;
};

const CALM = "var(--accent)";
const BAD = "var(--danger)";

const CARDS: readonly Card[] = [
  {
    label: "Count",
    unit: "count",
    value: ({ count }) => formatCompact(count),
    measure: ({ count }) => count,
    pick: ({ count, errors }) => [count - errors, errors],
    series: [
      { label: "fine", color: CALM, shape: "bar" },
      { label: "failed", color: BAD, shape: "bar" },
    ],
    format: formatCompact,
  },
  {
    label: "Errors",
    unit: "percent",
    value: ({ count, errors }) => percent(count === 0 ? 0 : (100 * errors) / count),
    measure: ({ count, errors }) => (count === 0 ? null : (100 * errors) / count),
    isShare: true,
    pick: ({ count, errors }) => [count === 0 ? null : (100 * errors) / count],
    series: [{ label: "failed", color: BAD, shape: "bar" }],
    format: percent,
  },
  {
    label: "Duration p50 / p99",
    unit: "milliseconds",
    value: ({ p50, p99 }) => `${formatDuration(p50) || "–"} / ${formatDuration(p99) || "–"}`,
    measure: ({ p50 }) => p50,
    measured: "p50",
    pick: ({ p50, p99 }) => [p50, p99],
    series: [
      { label: "p50", color: CALM, shape: "line" },
      { label: "p99", color: "var(--warn)", shape: "line" },
    ],
    format: formatDuration,
  },
  {
    label: "Cost",
    unit: "US dollars",
    value: ({ cost }) => formatCost(cost) || "–",
    measure: ({ cost }) => cost,
    pick: ({ cost }) => [cost],
    series: [{ label: "cost", color: CALM, shape: "bar" }],
    format: formatCost,
  },
  {
    label: "Tokens",
    unit: "tokens",
    value: ({ tokens }) => (tokens === null ? "–" : formatCompact(tokens)),
    measure: ({ tokens }) => tokens,
    pick: ({ tokens }) => [tokens],
    series: [{ label: "tokens", color: CALM, shape: "bar" }],
    format: formatCompact,
  },
];

/** A conversation does not fail; a turn of it does. */
const CARDS_OF_THREADS: readonly Card[] = CARDS.filter(({ label }) => label !== "Errors").map((card) =>
  card.label === "Count"
    ? { ...card, pick: ({ count }) => [count], series: [{ label: "threads", color: CALM, shape: "bar" }] }
    : card,
);

function percent(value: number): string {
  return `${Number(value.toPrecision(3))}%`;
}

const CHART_PX = 44;

/** What the listed things come to, and how that went over time. A search has no figures: only its ranks are known. */
export function MetricStrip<Row>({ kind, projectId, search, rows, onSearch }: MetricStripProps<Row>) {
  const [isOpen, setOpen] = useStored("logs.strip", parseBoolean, true);
  const filter = search.filter ?? null;
  const { metrics, period, before, failure, refresh } = useMetrics({
    entity: kind.entity,
    projectId,
    filter,
    revision: rows.list?.totalCount ?? 0,
    // What is listed comes first: the server counts it after that.
    isWaiting: rows.list === null,
  });
  if (search.q || rows.failure) return null;
  if (failure) {
    return (
      <section className={styles.strip} aria-label="Figures">
        <p role="alert" className={styles.failure}>
          The figures could not be read: {failure.message}
        </p>
        <Button onPress={refresh}>
          <RotateCw aria-hidden /> Try again
        </Button>
      </section>
    );
  }
  if (metrics?.whole.count === 0) return null;
  const cards = kind.entity === "THREAD" ? CARDS_OF_THREADS : CARDS;
  if (!metrics) {
    const isComing = rows.list !== null && rows.list.items.length > 0;
    return isComing ? <EmptyStrip cards={cards} isOpen={isOpen} /> : null;
  }
  const onChoose = (time: string) => {
    const end = new Date(Date.parse(time) + metrics.bucketSeconds * 1_000).toISOString();
    onSearch({ filter: withTerm(withTerm(filter ?? "", `start >= "${time}"`), `start < "${end}"`) });
  };
  return (
    <section className={styles.strip} aria-label="Figures" data-open={isOpen || undefined}>
      <div className={styles.cards}>
        {cards.map((card) => (
          <MetricCard key={card.label} {...{ card, metrics, before, isOpen, onChoose }} />
        ))}
      </div>
      {period && (
        <IconButton
          label="What is different in this stretch of time"
          onPress={() => onSearch({ differs: period.stretch, among: period.rest })}
        >
          <Diff aria-hidden />
        </IconButton>
      )}
      <IconButton label={isOpen ? "Hide the charts" : "Show the charts"} onPress={() => setOpen(!isOpen)}>
        {isOpen ? <ChevronUp aria-hidden /> : <ChevronDown aria-hidden />}
      </IconButton>
    </section>
  );
}

/** Keeps the place of figures that are on their way: what stands below must not move under the pointer. */
function EmptyStrip({ cards, isOpen }: { cards: readonly Card[]; isOpen: boolean }) {
  return (
    <div className={styles.strip} data-open={isOpen || undefined} aria-hidden>
      <div className={styles.cards}>
        {cards.map(({ label }) => (
          <div key={label} className={styles.card}>
            <header>
              <h2>{label}</h2>
              {isOpen && <span className={styles.every}>{"\u00a0"}</span>}
              <strong>{"\u00a0"}</strong>
            </header>
            {isOpen && <div style={{ height: CHART_PX }} />}
          </div>
        ))}
      </div>
    </div>
  );
}

type MetricCardProps = {
  card: Card;
  metrics: Metrics;
  before: Before | null;
  isOpen: boolean;
  onChoose: (time: string) => void;
};

function MetricCard({ card, metrics, before, isOpen, onChoose }: MetricCardProps) {
  const { label, unit, pick, series, format } = card;
  const points = pointsOfMetrics(metrics, pick);
  const every = `per ${widthName(metrics.bucketSeconds)}, ${timeZoneName()}`;
  const onDownload = () => {
    const head = ["time (UTC)", ...series.map((each) => `${each.label} (${unit})`)];
    const lines = points.map(({ time, values }) => [time, ...values]);
    download(`${label.toLowerCase()}.csv`, "text/csv", writeCsv([head, ...lines]));
  };
  return (
    <section className={styles.card} aria-label={label}>
      <header>
        <h2>{label}</h2>
        {isOpen && <span className={styles.every}>{every}</span>}
        <strong>
          {card.value(metrics.whole)}
          {before && <Change {...{ card, before }} whole={metrics.whole} />}
        </strong>
        {isOpen && (
          <IconButton label={`${label} as CSV`} onPress={onDownload}>
            <Download aria-hidden />
          </IconButton>
        )}
      </header>
      {isOpen && (
        <LazyTimeChart
          label={`${label} ${every}`}
          height={CHART_PX}
          isSmall
          bucketSeconds={metrics.bucketSeconds}
          {...{ points, series, format, onChoose }}
        />
      )}
    </section>
  );
}

function Change({ card, before, whole }: { card: Card; before: Before; whole: Figures }) {
  const change = changeOf(card.measure(whole), card.measure(before.figures), card.isShare ?? false);
  const length = widthName(before.seconds);
  if (change === null) return null;
  return (
    <small title={`${card.value(before.figures)} in the ${length} before`}>
      {card.measured} {change}
      <span className="visually-hidden"> against the {length} before</span>
    </small>
  );
}
