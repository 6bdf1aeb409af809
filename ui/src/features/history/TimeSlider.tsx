import { useEffect, useEffectEvent, useId, useState } from "react";
import { titleOf } from "@/features/history/changeWords";
import type { Moment } from "@/features/history/moment";
import { indexOfMoment } from "@/features/history/stepOf";
import type { Change } from "@/features/history/useHistory";
import { formatCount, formatInstant } from "@/lib/format";
import styles from "./TimeSlider.module.css";

type TimeSliderProps = {
  noun: string;
  /** Oldest first. */
  steps: readonly Change[];
  totalCount: number;
  moment: Moment;
  onMoment: (moment: Moment) => void;
};

const STILL_MS = 120;
const MARKS_MAX = 60;

/** A walk through the moments of a history: from the left, how it was after each change; at the right, now. */
export function TimeSlider({ noun, steps, totalCount, moment, onMoment }: TimeSliderProps) {
  const id = useId();
  const now = steps.length;
  const at = indexOfMoment(steps, moment);
  // The slider is ahead of the address while it is being moved.
  const [wanted, setWanted] = useState<number | null>(null);
  if (wanted !== null && wanted === at) setWanted(null);
  const shown = wanted ?? at;
  const go = useEffectEvent((index: number) => onMoment(steps[index]?.position ?? "changes"));
  useEffect(() => {
    if (wanted === null) return;
    const timer = window.setTimeout(() => go(wanted), STILL_MS);
    return () => window.clearTimeout(timer);
  }, [wanted]);
  const step = steps[shown];
  const told = step ? `${formatInstant(step.time)}: ${titleOf(step.kind)} by ${step.principal}` : "Now";
  const marks = steps.length <= MARKS_MAX ? [...steps.map(({ position }) => position), "now"] : [];
  return (
    <div className={styles.slider}>
      <label htmlFor={id}>Moment of this {noun}</label>
      <output htmlFor={id}>
        {step ? `Change ${formatCount(shown + 1)} of ${formatCount(now)}` : "Now"}
        {totalCount > now && `, of the ${formatCount(now)} newest`}
      </output>
      <div className={styles.track}>
        <input
          id={id}
          type="range"
          min={0}
          max={now}
          step={1}
          value={shown}
          aria-valuetext={told}
          onChange={(event) => setWanted(event.target.valueAsNumber)}
        />
        <div className={styles.marks} aria-hidden>
          {marks.map((mark, index) => (
            <span key={mark} data-past={index <= shown || undefined} style={{ left: `${(100 * index) / now}%` }} />
          ))}
        </div>
      </div>
    </div>
  );
}
