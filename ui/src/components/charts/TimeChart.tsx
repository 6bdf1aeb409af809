import { Bar, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { formatBucket, formatMark, formatTick, type TimeChartProps } from "@/components/charts/chart";
import { Told } from "@/components/charts/Told";

/** Figures over time. Bars stand for what adds up, lines for what does not; without a value there is a gap, not a 0. */
export function TimeChart({ label, points, series, bucketSeconds, format, isSmall = false, onChoose }: TimeChartProps) {
  const data = points.map(({ time, values }) => ({
    time,
    ...Object.fromEntries(values.map((value, at) => [at, value])),
  }));
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart
        data={data}
        title={label}
        desc="The arrow keys go from one stretch of time to the next."
        margin={isSmall ? { top: 2, right: 0, bottom: 0, left: 0 } : { top: 8, right: 8, bottom: 0, left: 0 }}
        barCategoryGap={1}
        onClick={({ activeLabel }) => {
          if (typeof activeLabel === "string") onChoose?.(activeLabel);
        }}
      >
        <XAxis
          dataKey="time"
          hide={isSmall}
          tickFormatter={(time: string) => formatTick(time, bucketSeconds)}
          minTickGap={40}
          stroke="var(--line-strong)"
          tick={{ fill: "var(--ink-muted)", fontSize: 11 }}
        />
        <YAxis
          hide={isSmall}
          domain={[0, "auto"]}
          width={64}
          tickFormatter={formatMark(format)}
          stroke="var(--line-strong)"
          tick={{ fill: "var(--ink-muted)", fontSize: 11 }}
        />
        <Tooltip
          cursor={{ fill: "var(--hover)", stroke: "var(--line-strong)" }}
          // That there is no value is told as well.
          filterNull={false}
          isAnimationActive={false}
          wrapperStyle={{ zIndex: 20 }}
          allowEscapeViewBox={{ x: false, y: true }}
          content={({ active, label: time }) => {
            const point = active ? points.find((each) => each.time === time) : undefined;
            return point ? (
              <Told title={formatBucket(point.time, bucketSeconds)} {...{ series, format }} values={point.values} />
            ) : null;
          }}
        />
        {series.map((each, at) =>
          each.shape === "bar" ? (
            <Bar
              key={each.label}
              dataKey={at}
              name={each.label}
              fill={each.color}
              stackId="all"
              isAnimationActive={false}
            />
          ) : (
            <Line
              key={each.label}
              dataKey={at}
              name={each.label}
              stroke={each.color}
              strokeWidth={1.5}
              type="linear"
              connectNulls={false}
              // A value between two gaps has no line to be seen by.
              dot={points.length < 60 ? { r: 1.5, fill: each.color, strokeWidth: 0 } : false}
              isAnimationActive={false}
            />
          ),
        )}
      </ComposedChart>
    </ResponsiveContainer>
  );
}
