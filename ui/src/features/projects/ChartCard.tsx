import { Download } from "lucide-react";
import type { ChartPoint, ChartSeries } from "@/components/charts/chart";
import { LazyTimeChart } from "@/components/charts/LazyTimeChart";
import { IconButton } from "@/components/IconButton";
import { writeCsv } from "@/lib/csv";
import { download } from "@/lib/download";
import styles from "./Glance.module.css";

type ChartCardProps = {
  title: string;
  value: string;
  /** As it stands in the head of a file. */
  unit: string;
  points: readonly ChartPoint[];
  series: readonly ChartSeries[];
  bucketSeconds: number;
  format: (value: number) => string;
};

const CHART_PX = 220;

/** A chart with its name, what it comes to, the key to its colours, and the way into a file. */
export function ChartCard({ title, value, unit, points, series, ...chart }: ChartCardProps) {
  const onDownload = () => {
    const head = ["time (UTC)", ...series.map(({ label }) => `${label} (${unit})`)];
    download(
      `${title.toLowerCase()}.csv`,
      "text/csv",
      writeCsv([head, ...points.map(({ time, values }) => [time, ...values])]),
    );
  };
  return (
    <section className={styles.card} aria-label={title}>
      <header>
        <h2>{title}</h2>
        <strong>{value}</strong>
        <IconButton label={`${title} as CSV`} onPress={onDownload}>
          <Download aria-hidden />
        </IconButton>
      </header>
      <LazyTimeChart label={title} height={CHART_PX} points={points} series={series} {...chart} />
      <ul className={styles.key} aria-label={`Colours of ${title}`}>
        {series.map(({ label, color }) => (
          <li key={label}>
            <span style={{ background: color }} /> {label}
          </li>
        ))}
      </ul>
    </section>
  );
}
