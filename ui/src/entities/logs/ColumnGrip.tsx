import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { COLUMN_PX_MAX, COLUMN_PX_MIN } from "@/entities/logs/useLogColumns";
import styles from "./LogsTable.module.css";

type ColumnGripProps = {
  label: string;
  width: number;
  onResize: (width: number) => void;
  onReset: () => void;
  /** To the other side of its neighbour. */
  onShift: (step: 1 | -1) => void;
};

const STEP_PX = 16;

/** The line at the end of a column's head: dragged, or moved with the arrow keys; with Shift they move the column. */
export function ColumnGrip({ label, width, onResize, onReset, onShift }: ColumnGripProps) {
  const drag = useRef({ pointerX: 0, width: 0 });
  // A column that takes a share of the free room is wider than its setting says: what counts is what is seen.
  const seenWidth = (grip: HTMLElement) => grip.parentElement?.getBoundingClientRect().width || width;
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { pointerX: event.clientX, width: seenWidth(event.currentTarget) };
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    onResize(drag.current.width + event.clientX - drag.current.pointerX);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.shiftKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      event.preventDefault();
      onShift(event.key === "ArrowLeft" ? -1 : 1);
      return;
    }
    const step = { ArrowLeft: -STEP_PX, ArrowRight: STEP_PX }[event.key];
    if (step !== undefined) onResize(seenWidth(event.currentTarget) + step);
    else if (event.key === "Enter") onReset();
    else return;
    event.preventDefault();
  };
  return (
    <hr
      className={styles.grip}
      aria-label={`Width of ${label}`}
      aria-orientation="vertical"
      aria-valuenow={Math.round(width)}
      aria-valuemin={COLUMN_PX_MIN}
      aria-valuemax={COLUMN_PX_MAX}
      aria-description="Arrow keys change the width, with Shift they move the column."
      tabIndex={0}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onDoubleClick={onReset}
      onKeyDown={onKeyDown}
    />
  );
}
