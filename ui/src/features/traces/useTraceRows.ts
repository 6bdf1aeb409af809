import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type RefObject, useState } from "react";
import type { TraceItem } from "@/features/traces/useTraceList";

// The rows of the table: which of them are in the document, which one is active, and how the keys move it.

const ROW_PX = 35;
const HIT_PX = 22;
/** The head stays over the rows that scroll beneath it. */
const HEAD_PX = 32;

type TraceRowsOptions = {
  items: readonly TraceItem[];
  openId: string | null;
  scroller: RefObject<HTMLDivElement | null>;
  onOpen: (id: string) => void;
};

export function useTraceRows({ items, openId, scroller, onOpen }: TraceRowsOptions) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [wantsFocus, setWantsFocus] = useState(false);
  const activeId = items.some((item) => item.id === chosen) ? chosen : (openId ?? items[0]?.id ?? null);
  const activeIndex = items.findIndex((item) => item.id === activeId);

  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => ROW_PX + HIT_PX * (items[index]?.hits.length ?? 0),
    getItemKey: (index) => items[index]?.id ?? index,
    scrollMargin: HEAD_PX,
    scrollPaddingStart: HEAD_PX,
    overscan: 12,
    // The active row stays in the document while it is scrolled away: it may hold the focus.
    rangeExtractor: (range) =>
      [...new Set([...defaultRangeExtractor(range), ...(activeIndex >= 0 ? [activeIndex] : [])])].sort((a, b) => a - b),
  });

  const moveTo = (index: number) => {
    const target = Math.max(0, Math.min(items.length - 1, index));
    const item = items[target];
    if (!item) return;
    setChosen(item.id);
    setWantsFocus(true);
    virtualizer.scrollToIndex(target, { align: "auto" });
    if (openId && openId !== item.id) onOpen(item.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.target instanceof HTMLElement) || !event.target.dataset.row) return;
    const rowsOnScreen = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 2);
    const target = targetOf(event.key, { activeIndex, rowsOnScreen, last: items.length - 1 });
    if (target === null && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    if (target !== null) moveTo(target);
    else if (activeId) onOpen(activeId);
  };
  const rows = virtualizer.getVirtualItems().flatMap(({ index, start }) => {
    const item = items[index];
    return item ? [{ item, index, top: start - HEAD_PX }] : [];
  });
  return {
    rows,
    height: virtualizer.getTotalSize(),
    activeId,
    focusId: wantsFocus ? activeId : null,
    move: (step: number) => moveTo(chosen === null && openId === null ? 0 : activeIndex + step),
    activate: setChosen,
    focusActive: () => setWantsFocus(true),
    onFocused: () => setWantsFocus(false),
    scrollToTop: () => virtualizer.scrollToOffset(0),
    onKeyDown,
  };
}

type Place = { activeIndex: number; rowsOnScreen: number; last: number };

function targetOf(key: string, { activeIndex, rowsOnScreen, last }: Place): number | null {
  switch (key) {
    case "ArrowDown":
      return activeIndex + 1;
    case "ArrowUp":
      return activeIndex - 1;
    case "PageDown":
      return activeIndex + rowsOnScreen;
    case "PageUp":
      return activeIndex - rowsOnScreen;
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}
