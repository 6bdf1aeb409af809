import { createContext, type RefObject, useContext, useEffect } from "react";

// The way of what a widget shows into a file: whoever draws it knows its lines, and its head has the way.

/** Heads first. */
export type Lines = readonly (readonly (string | number | null | undefined)[])[];
export type LinesHolder = RefObject<(() => Lines) | null>;

export const WidgetLinesContext = createContext<LinesHolder | null>(null);

/** Without lines there is nothing to be written yet. */
export function useWidgetLines(lines: (() => Lines) | null): void {
  const holder = useContext(WidgetLinesContext);
  useEffect(() => {
    if (!holder) return;
    holder.current = lines;
    return () => {
      holder.current = null;
    };
  });
}
