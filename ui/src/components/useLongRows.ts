import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type FocusEvent, type RefObject, useEffect, useLayoutEffect, useState } from "react";

// The rows of a long table: which of them are in the document, and how the focus goes from one to another.

const ROW_PX = 60;

type LongRowsOptions<Row> = {
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  body: RefObject<HTMLElement | null>;
};

export function useLongRows<Row>({ rows, keyOf, body }: LongRowsOptions<Row>) {
  const [active, setActive] = useState<string | null>(null);
  const [wanted, setWanted] = useState<string | null>(null);
  const activeIndex = active === null ? -1 : rows.findIndex((row) => keyOf(row) === active);
  const scrollMargin = useOffset(body);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollerOf(body.current),
    estimateSize: () => ROW_PX,
    getItemKey: (index) => keyOf(rows[index] as Row),
    scrollMargin,
    overscan: 8,
    // The row that holds the focus stays in the document while it is scrolled away.
    rangeExtractor: (range) =>
      [...new Set([...defaultRangeExtractor(range), ...(activeIndex >= 0 ? [activeIndex] : [])])].sort((a, b) => a - b),
  });
  const focus = (key: string) => {
    const index = rows.findIndex((row) => keyOf(row) === key);
    if (index < 0) return;
    setActive(key);
    setWanted(key);
    virtualizer.scrollToIndex(index, { align: "auto" });
  };
  useEffect(() => {
    if (wanted === null) return;
    const index = rows.findIndex((row) => keyOf(row) === wanted);
    const row = body.current?.querySelector<HTMLElement>(`tr[data-index="${index}"]`);
    if (!row) return;
    row.querySelector<HTMLElement>("a, button")?.focus({ preventScroll: true });
    setWanted(null);
  });
  let end = 0;
  const shown = virtualizer.getVirtualItems().flatMap(({ index, start, size }) => {
    const row = rows[index];
    if (row === undefined) return [];
    const top = start - scrollMargin;
    const gap = Math.max(0, top - end);
    end = top + size;
    return [{ row, index, gap }];
  });
  return {
    shown,
    after: Math.max(0, virtualizer.getTotalSize() - end),
    measure: virtualizer.measureElement,
    focus,
    move: (by: number) => {
      const row = rows[activeIndex < 0 ? 0 : activeIndex + by];
      if (row !== undefined) focus(keyOf(row));
    },
    onFocus: (event: FocusEvent<HTMLElement>) => {
      const index = Number((event.target as HTMLElement).closest("tr")?.dataset.index);
      const row = rows[index];
      if (row !== undefined) setActive(keyOf(row));
    },
  };
}

const scrollerOf = (element: HTMLElement | null) => element?.closest<HTMLElement>("[data-scroller]") ?? null;

/** How far down in what scrolls an element begins. */
function useOffset(element: RefObject<HTMLElement | null>): number {
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    const scroller = scrollerOf(element.current);
    if (!scroller?.firstElementChild) return;
    const measure = () => {
      if (!element.current) return;
      const top = element.current.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
      setOffset(Math.round(top + scroller.scrollTop));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(scroller.firstElementChild);
    return () => observer.disconnect();
  }, [element]);
  return offset;
}
