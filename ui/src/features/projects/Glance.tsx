import { Filter, RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { type ChartSeries, colorOf, timeZoneName, widthName } from "@/components/charts/chart";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { IconButton } from "@/components/IconButton";
import { Page } from "@/components/Page";
import { SearchBox } from "@/components/SearchBox";
import { Segmented } from "@/components/Segmented";
import { useUpToNow } from "@/entities/figures/useUpToNow";
import { ChartCard } from "@/features/projects/ChartCard";
import { Counts } from "@/features/projects/Counts";
import { BUCKETS_MAX, type Glance as Data, sideBySide, useGlance } from "@/features/projects/useGlance";
import { formatCompact, formatCost, formatDuration, formatScore } from "@/lib/format";
import { RANGES, rangeOf } from "@/lib/ranges";
import styles from "./Glance.module.css";

const SHOWN = ["TRACE", "SPAN"] as const;

export type GlanceSearch = { range?: string | undefined; filter?: string | undefined };

type GlanceProps = {
  projectId: string;
  search: GlanceSearch;
  /** The way to what happened to the project itself. */
  history: ReactNode;
  onSearch: (search: GlanceSearch) => void;
};

/** A project at a glance: how much, how fast, how dear, how good. */
export function Glance({ projectId, search, history, onSearch }: GlanceProps) {
  const range = rangeOf(search.range);
  const { goOn, ...looked } = useUpToNow({ rangeMs: range.ms, bucketsMax: BUCKETS_MAX, kinds: SHOWN });
  const glance = useGlance({ projectId, ...looked, filter: search.filter ?? "" });
  const every = `per ${widthName(glance.bucketSeconds)}, ${timeZoneName()}`;
  return (
    <Page
      isWide
      title="At a glance"
      about={every}
      actions={
        <>
          <SearchBox
            label="Filter"
            placeholder="environment:production AND tags:beta"
            isCode
            icon={<Filter aria-hidden />}
            value={search.filter ?? ""}
            onSubmit={(filter) => onSearch({ ...search, filter })}
          />
          <Segmented
            label="Time"
            options={RANGES}
            value={range.id}
            onChange={(id) => {
              goOn();
              onSearch({ ...search, range: id });
            }}
          />
          <IconButton label="Refresh" kind="plain" onPress={goOn}>
            <RotateCw aria-hidden />
          </IconButton>
          {history}
        </>
      }
    >
      <Found what="figures" value={glance.glance} failure={glance.failure} onRetry={glance.refresh}>
        {(data) =>
          (data.whole.groups[0]?.points[0]?.count ?? 0) === 0 ? (
            <EmptyState title="Nothing happened in this time">Look further back, or clear the filter.</EmptyState>
          ) : (
            <Charts data={data} scores={glance.scores} bucketSeconds={glance.bucketSeconds} />
          )
        }
      </Found>
    </Page>
  );
}

const seriesOf = (labels: readonly string[], shape: ChartSeries["shape"]): ChartSeries[] =>
  labels.map((label, at) => ({ label, shape, color: colorOf(at) }));

type ChartsProps = { data: Data; scores: readonly string[]; bucketSeconds: number };

function Charts({ data, scores, bucketSeconds }: ChartsProps) {
  const whole = data.whole.groups[0]?.points[0];
  const parts = data.parts.groups[0]?.points ?? [];
  const points = (pick: (part: (typeof parts)[number]) => (number | null)[]) =>
    parts.map((part) => ({ time: part.time ?? "", values: pick(part) }));
  const models = data.models.groups.filter(({ by }) => by[0]?.value || by[0]?.isOthers);
  const modelNames = models.map(({ by }) => by[0]?.value ?? "others");
  const [errors, duration, cost, tokens] = whole?.values ?? [];
  const shared = { bucketSeconds };
  return (
    <div className={styles.grid}>
      <ChartCard
        {...shared}
        title="Traces"
        value={`${formatCompact(whole?.count ?? 0)}, ${formatCompact(errors?.count ?? 0)} failed`}
        unit="count"
        points={points(({ count, values }) => [count - (values[0]?.count ?? 0), values[0]?.count ?? 0])}
        series={[
          { label: "fine", color: "var(--accent)", shape: "bar" },
          { label: "failed", color: "var(--danger)", shape: "bar" },
        ]}
        format={formatCompact}
      />
      <ChartCard
        {...shared}
        title="Duration"
        value={`${formatDuration(duration?.p50) || "–"} p50, ${formatDuration(duration?.p99) || "–"} p99`}
        unit="milliseconds"
        points={points(({ values: [, each] }) => [each?.p50 ?? null, each?.p90 ?? null, each?.p99 ?? null])}
        series={seriesOf(["p50", "p90", "p99"], "line")}
        format={formatDuration}
      />
      <ChartCard
        {...shared}
        title="Cost by model"
        value={formatCost(cost?.sum) || "–"}
        unit="US dollars"
        points={sideBySide(models, ({ values }) => values[0]?.sum ?? null)}
        series={seriesOf(modelNames, "bar")}
        format={formatCost}
      />
      <ChartCard
        {...shared}
        title="Tokens by model"
        value={tokens?.sum == null ? "–" : formatCompact(tokens.sum)}
        unit="tokens"
        points={sideBySide(models, ({ values }) => values[1]?.sum ?? null)}
        series={seriesOf(modelNames, "bar")}
        format={formatCompact}
      />
      {data.scores && (
        <ChartCard
          {...shared}
          title="Feedback scores"
          value="means"
          unit="mean"
          points={(data.scores.groups[0]?.points ?? []).map(({ time, values }) => ({
            time: time ?? "",
            values: values.map(({ mean }) => mean ?? null),
          }))}
          series={seriesOf(scores, "line")}
          format={formatScore}
        />
      )}
      <Counts title="Errors by type" groups={data.errors.groups} />
    </div>
  );
}
