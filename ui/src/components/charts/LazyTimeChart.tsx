import { lazy, Suspense } from "react";
import type { TimeChartProps } from "@/components/charts/chart";
import { patient } from "@/lib/patient";
import styles from "./Charts.module.css";

// The library that draws is larger than the rest of a page: it comes when the first chart is seen.
const TimeChart = lazy(patient(async () => ({ default: (await import("@/components/charts/TimeChart")).TimeChart })));

/** A chart, or the word that there is nothing to draw: no values are something else than zeros. */
export function LazyTimeChart(props: TimeChartProps & { height: number | string }) {
  const isEmpty = props.points.every(({ values }) => values.every((value) => value === null));
  return (
    <figure className={styles.chart} aria-label={props.label} style={{ height: props.height }}>
      {isEmpty ? (
        <p className={styles.none}>no values</p>
      ) : (
        <Suspense fallback={null}>
          <TimeChart {...props} />
        </Suspense>
      )}
    </figure>
  );
}
