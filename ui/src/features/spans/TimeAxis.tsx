import type { TimeRange } from "@/features/spans/spanTree";
import { ticksOf } from "@/features/spans/timeTicks";
import { formatDuration } from "@/lib/format";
import styles from "./TimeAxis.module.css";

/** From here on, in percent, what a line says stands before it: there is no room after it. */
const LATE = 75;

/** Round times over the bars, counted from the start of the trace. */
export function TimeAxis({ shown, startMs }: { shown: TimeRange; startMs: number }) {
  return (
    <div className={styles.axis} aria-hidden>
      {ticksOf(shown, startMs).map(({ offsetMs, left }) => (
        <span key={offsetMs} data-late={left > LATE || undefined} style={{ left: `${left}%` }}>
          {offsetMs === 0 ? "0" : formatDuration(offsetMs)}
        </span>
      ))}
    </div>
  );
}
