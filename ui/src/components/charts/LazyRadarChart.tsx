import { lazy, Suspense } from "react";
import type { RadarChartProps } from "@/components/charts/RadarChart";
import { patient } from "@/lib/patient";
import styles from "./Charts.module.css";

// The library that draws is larger than the rest of a page: it comes when the first chart is seen.
const RadarChart = lazy(
  patient(async () => ({ default: (await import("@/components/charts/RadarChart")).RadarChart })),
);

/** A radar, and its figures as a table for those who do not see it. */
export function LazyRadarChart({ height, ...props }: RadarChartProps & { height: number | string }) {
  const { label, places, series, format } = props;
  return (
    <figure className={styles.chart} aria-label={label} style={{ height }}>
      <Suspense fallback={null}>
        <RadarChart {...props} />
      </Suspense>
      <table className="visually-hidden" aria-label={`Figures of ${label}`}>
        <thead>
          <tr>
            <td />
            {series.map((each) => (
              <th key={each.label} scope="col">
                {each.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {places.map(({ id, title, values }) => (
            <tr key={id}>
              <th scope="row">{title}</th>
              {series.map((each, at) => (
                <td key={each.label}>{values[at] == null ? "no value" : format(values[at])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
