import { lazy, Suspense } from "react";
import type { SequenceChartProps } from "@/components/charts/sequence";
import { patient } from "@/lib/patient";
import styles from "./Charts.module.css";

// The library that draws is larger than the rest of a page: it comes when the first chart is seen.
const SequenceChart = lazy(
  patient(async () => ({ default: (await import("@/components/charts/SequenceChart")).SequenceChart })),
);

/** A chart, or the word that there is nothing to draw: no values are something else than zeros. */
export function LazySequenceChart({ height, ...props }: SequenceChartProps & { height: number | string }) {
  const isEmpty = props.places.every(({ values }) => values.every((value) => value === null));
  return (
    <figure className={styles.chart} aria-label={props.label} style={{ height }}>
      {isEmpty ? (
        <p className={styles.none}>no values</p>
      ) : (
        <Suspense fallback={null}>
          <SequenceChart {...props} />
        </Suspense>
      )}
    </figure>
  );
}
