import { ChartFrame } from "@/components/charts/ChartFrame";
import type { ChartPoint, ChartSeries } from "@/components/charts/chart";
import { LazyTimeChart } from "@/components/charts/LazyTimeChart";

type ChartCardProps = {
  title: string;
  value: string;
  /** As it stands in the head of a file. */
  unit: string;
  points: readonly ChartPoint[];
  series: readonly ChartSeries[];
  bucketSeconds: number;
  format: (value: number) => string;
  /** A stretch of time was pressed. */
  onChoose?: (time: string) => void;
};

const CHART_PX = 220;

/** Figures over time. */
export function ChartCard({ title, value, unit, points, series, ...chart }: ChartCardProps) {
  const lines = () => [
    ["time (UTC)", ...series.map(({ label }) => `${label} (${unit})`)],
    ...points.map(({ time, values }) => [time, ...values]),
  ];
  return (
    <ChartFrame title={title} value={value} series={series} lines={lines}>
      <LazyTimeChart label={title} height={CHART_PX} points={points} series={series} {...chart} />
    </ChartFrame>
  );
}
