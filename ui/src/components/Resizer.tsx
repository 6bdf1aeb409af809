import type { KeyboardEvent, PointerEvent } from "react";
import styles from "./Resizer.module.css";

type ResizerProps = {
  label: string;
  /** Per cent of the surrounding box that lies left of the line. */
  value: number;
  min: number;
  max: number;
  onChange: (value: number) => void;
};

const STEP = 2;

/** The line between two panes: dragged, or moved with the arrow keys. */
export function Resizer({ label, value, min, max, onChange }: ResizerProps) {
  const set = (next: number) => onChange(Math.round(Math.min(max, Math.max(min, next)) * 10) / 10);
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.parentElement?.getBoundingClientRect();
    if (!box || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    set(((event.clientX - box.left) / box.width) * 100);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const target = { ArrowLeft: value - STEP, ArrowRight: value + STEP, Home: min, End: max }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    set(target);
  };
  return (
    <hr
      className={styles.resizer}
      aria-label={label}
      aria-orientation="vertical"
      aria-valuenow={Math.round(value)}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onKeyDown={onKeyDown}
    />
  );
}
