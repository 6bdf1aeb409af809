import { Link, useNavigate } from "@tanstack/react-router";
import { widthName } from "@/components/charts/chart";
import { changeOf } from "@/entities/logs/period";
import { ChartCard } from "@/features/projects/ChartCard";
import styles from "@/features/projects/ProjectHome.module.css";
import type { HomeFigures as Figures, FiguresNow } from "@/features/projects/useHomeFigures";
import { formatCompact, formatCost, formatDuration } from "@/lib/format";
import type { Range } from "@/lib/ranges";

type HomeFiguresProps = { workspace: string; projectId: string; range: Range; figures: FiguresNow };

/** How much, how well, how dear and how fast; each figure leads to the traces that it counts. */
export function HomeFigures({ workspace, projectId, range, figures }: HomeFiguresProps) {
  const { now, before, parts, bucketSeconds } = figures;
  const navigate = useNavigate();
  const params = { workspace, projectId };
  const since = `start > -${range.id}`;
  const stretch = widthName(range.ms / 1_000);
  const onChoose = (time: string) => {
    const end = new Date(Date.parse(time) + bucketSeconds * 1_000).toISOString();
    const filter = `start >= "${time}" AND start < "${end}"`;
    navigate({ to: "/$workspace/projects/$projectId/logs", params, search: { filter } });
  };
  return (
    <>
      <ul className={styles.figures} aria-label={`The last ${stretch}, against the ${stretch} before`}>
        {TILES.map(({ label, told, value, sort, ...tile }) => {
          const change = changeOf(tile.measure(now), tile.measure(before), tile.isShare ?? false);
          return (
            <li key={label}>
              <Link
                to="/$workspace/projects/$projectId/logs"
                params={params}
                search={{ filter: tile.term ? `${since} AND ${tile.term}` : since, ...(sort && { sort }) }}
                className={styles.figure}
              >
                <span>{label}</span>
                <strong data-tone={tile.isBad?.(now) ? "danger" : undefined}>{value(now)}</strong>
                <small title={`${told?.(before) ?? value(before)} in the ${stretch} before`}>
                  {told && now.count > 0 && `${told(now)}, `}
                  {change ?? (before.count === 0 ? "nothing" : value(before))}
                  {` ${change === null ? "in" : "against"} the ${stretch} before`}
                </small>
              </Link>
            </li>
          );
        })}
      </ul>
      <ChartCard
        title="Traces over time"
        value=""
        unit="count"
        points={parts.map(({ time, count, values: [errors] }) => ({
          time: time ?? "",
          values: [count - (errors?.count ?? 0), errors?.count ?? 0],
        }))}
        series={[
          { label: "fine", color: "var(--accent)", shape: "bar" },
          { label: "failed", color: "var(--danger)", shape: "bar" },
        ]}
        bucketSeconds={bucketSeconds}
        format={formatCompact}
        onChoose={onChoose}
      />
    </>
  );
}

type Tile = {
  label: string;
  value: (figures: Figures) => string;
  /** What is compared with the time before, where it is another figure than the one that is shown. */
  told?: (figures: Figures) => string;
  measure: (figures: Figures) => number | null;
  isShare?: boolean;
  isBad?: (figures: Figures) => boolean;
  /** What the traces behind it have in common, and in which order they tell most about it. */
  term?: string;
  sort?: string;
};

const shareOfErrors = ({ count, errors }: Figures) => (count === 0 ? null : (100 * errors) / count);

const TILES: readonly Tile[] = [
  { label: "Traces", value: ({ count }) => formatCompact(count), measure: ({ count }) => count },
  {
    label: "Errors",
    value: ({ errors }) => formatCompact(errors),
    told: (figures) => `${Number((shareOfErrors(figures) ?? 0).toPrecision(2))}%`,
    measure: shareOfErrors,
    isShare: true,
    isBad: ({ errors }) => errors > 0,
    term: "error:true",
  },
  { label: "Cost", value: ({ cost }) => formatCost(cost) || "–", measure: ({ cost }) => cost, sort: "-cost" },
  {
    label: "Duration p50",
    value: ({ p50 }) => formatDuration(p50) || "–",
    measure: ({ p50 }) => p50,
    sort: "-duration",
  },
];
