import {
  RadarChart as Drawn,
  PolarAngleAxis,
  PolarGrid,
  PolarRadiusAxis,
  Radar,
  ResponsiveContainer,
  Tooltip,
} from "recharts";
import { spokesOf } from "@/components/charts/radar";
import type { SequenceChartProps } from "@/components/charts/sequence";
import { shortened } from "@/components/charts/shortened";
import { Told } from "@/components/charts/Told";

export type RadarChartProps = Omit<SequenceChartProps, "onChoose">;

const RINGS = [0.25, 0.5, 0.75, 1];

/** Figures of things around a centre: one spoke for each figure, one surface for each thing. */
export function RadarChart({ label, places, series, format }: RadarChartProps) {
  const spokes = spokesOf(places);
  const data = spokes.map(({ id, shares }) => ({ id, ...Object.fromEntries(shares.map((share, at) => [at, share])) }));
  const labels = new Map(spokes.map((spoke) => [spoke.id, shortened(spoke.label)]));
  return (
    <ResponsiveContainer width="100%" height="100%">
      <Drawn
        data={data}
        title={label}
        desc="The arrow keys go from one to the next."
        outerRadius="80%"
        margin={{ top: 4, right: 16, bottom: 4, left: 16 }}
      >
        <PolarGrid stroke="var(--line-strong)" />
        <PolarAngleAxis
          dataKey="id"
          tickFormatter={(id: string) => labels.get(id) ?? ""}
          tick={{ fill: "var(--ink-muted)", fontSize: 11 }}
        />
        <PolarRadiusAxis domain={[0, 1]} ticks={RINGS} tick={false} axisLine={false} />
        <Tooltip
          cursor={{ stroke: "var(--line-strong)" }}
          // That there is no value is told as well.
          filterNull={false}
          isAnimationActive={false}
          wrapperStyle={{ zIndex: 20 }}
          content={({ active, label: id }) => {
            const spoke = active ? spokes.find((each) => each.id === id) : undefined;
            if (!spoke) return null;
            const note = spoke.outer > 1 ? `from 0 to ${format(spoke.outer)}` : undefined;
            return <Told title={spoke.title} note={note} values={spoke.values} {...{ series, format }} />;
          }}
        />
        {series.map(({ label: name, color }, at) => (
          <Radar
            key={name}
            dataKey={at}
            name={name}
            stroke={color}
            strokeWidth={1.5}
            fill={color}
            fillOpacity={0.12}
            dot={{ fill: color, fillOpacity: 1, r: 2.5 }}
            isAnimationActive={false}
          />
        ))}
      </Drawn>
    </ResponsiveContainer>
  );
}
