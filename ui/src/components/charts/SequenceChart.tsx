import { Bar, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { formatMark } from "@/components/charts/chart";
import type { SequenceChartProps, SequencePlace, SequenceSeries } from "@/components/charts/sequence";
import { shortened } from "@/components/charts/shortened";
import { Told } from "@/components/charts/Told";

const BAR_PX_MAX = 48;

/** Figures of things one after the other. Without a value there is a gap, not a 0. */
export function SequenceChart({ label, places, series, format, onChoose }: SequenceChartProps) {
  const data = places.map(({ id, values }) => ({
    id,
    ...Object.fromEntries(values.map((value, at) => [at, value])),
  }));
  const labels = new Map(places.map((place) => [place.id, shortened(place.label)]));
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart
        data={data}
        title={label}
        desc="The arrow keys go from one to the next."
        margin={{ top: 8, right: 16, bottom: 0, left: 0 }}
        onClick={({ activeLabel }) => {
          if (typeof activeLabel === "string") onChoose?.(activeLabel);
        }}
      >
        <XAxis
          dataKey="id"
          padding={{ left: 12, right: 12 }}
          tickFormatter={(id: string) => labels.get(id) ?? ""}
          minTickGap={24}
          stroke="var(--line-strong)"
          tick={{ fill: "var(--ink-muted)", fontSize: 11 }}
        />
        <YAxis
          domain={[(least: number) => Math.min(0, least), "auto"]}
          width={64}
          tickFormatter={formatMark(format)}
          stroke="var(--line-strong)"
          tick={{ fill: "var(--ink-muted)", fontSize: 11 }}
        />
        <Tooltip
          cursor={{ stroke: "var(--line-strong)" }}
          // That there is no value is told as well.
          filterNull={false}
          isAnimationActive={false}
          wrapperStyle={{ zIndex: 20 }}
          allowEscapeViewBox={{ x: false, y: true }}
          content={({ active, label: id }) => {
            const place = active ? places.find((each) => each.id === id) : undefined;
            if (!place) return null;
            const told = toldOf(place, series);
            return <Told title={place.title} note={place.note} format={format} {...told} />;
          }}
        />
        {series.map((each, at) =>
          each.shape === "bar" ? (
            <Bar
              key={each.label}
              dataKey={at}
              name={each.label}
              fill={each.color}
              maxBarSize={BAR_PX_MAX}
              isAnimationActive={false}
            />
          ) : (
            <Line key={each.label} dataKey={at} name={each.label} {...lookOf(each)} isAnimationActive={false} />
          ),
        )}
      </ComposedChart>
    </ResponsiveContainer>
  );
}

/** A dot that is not there is no gap: of several sorts of things, each place is one. */
function toldOf({ values }: SequencePlace, series: readonly SequenceSeries[]) {
  const told = series.flatMap((each, at) => {
    const value = values[at] ?? null;
    return each.shape === "dots" && value === null ? [] : [{ ...each, value }];
  });
  return { series: told, values: told.map(({ value }) => value) };
}

function lookOf({ color, shape }: SequenceSeries) {
  const dot = { fill: color, stroke: color, strokeWidth: 0 };
  if (shape === "dots") return { stroke: color, strokeWidth: 0, dot: { ...dot, r: 3.5 }, connectNulls: false };
  if (shape === "steps") {
    return { stroke: color, strokeWidth: 2, type: "stepAfter" as const, dot: false, connectNulls: true };
  }
  return { stroke: color, strokeWidth: 1.5, dot: { ...dot, r: 2.5 }, connectNulls: false };
}
