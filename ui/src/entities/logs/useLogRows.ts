import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type RefObject, useEffect, useState } from "react";
import type { LogItem } from "@/entities/logs/logKind";

// The rows of the table: which of them are in the document, which one is active, and how the keys move it.

const HIT_PX = 22;

type LogRowsOptions<Row> = {
  items: readonly LogItem<Row>[];
  openId: string | null;
  rowPx: number;
  headPx: number;
  scroller: RefObject<HTMLDivElement | null>;
  onOpen: (item: LogItem<Row>) => void;
  onClose: () => void;
  onSelect: (id: string, toAnchor: boolean) => void;
};

export function useLogRows<Row>({ items, openId, rowPx, headPx, scroller, ...callbacks }: LogRowsOptions<Row>) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [wantsFocus, setWantsFocus] = useState(false);
  const activeId = items.some((item) => item.id === chosen) ? chosen : (openId ?? items[0]?.id ?? null);
  const activeIndex = items.findIndex((item) => item.id === activeId);

  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => rowPx + HIT_PX * (items[index]?.hits.length ?? 0),
    getItemKey: (index) => items[index]?.id ?? index,
    scrollMargin: headPx,
    scrollPaddingStart: headPx,
    overscan: 12,
    // The active row stays in the document while it is scrolled away: it may hold the focus.
    rangeExtractor: (range) =>
      [...new Set([...defaultRangeExtractor(range), ...(activeIndex >= 0 ? [activeIndex] : [])])].sort((a, b) => a - b),
  });

  // Rows that became higher or lower, or went further down, are measured anew.
  useEffect(() => {
    if (rowPx > 0 && headPx > 0) virtualizer.measure();
  }, [virtualizer, rowPx, headPx]);

  const moveTo = (index: number) => {
    const target = Math.max(0, Math.min(items.length - 1, index));
    const item = items[target];
    if (!item) return;
    setChosen(item.id);
    setWantsFocus(true);
    virtualizer.scrollToIndex(target, { align: "auto" });
    if (openId && openId !== item.id) callbacks.onOpen(item);
  };
  const select = (toAnchor: boolean) => {
    if (activeId) callbacks.onSelect(activeId, toAnchor);
  };
  const open = (key: string) => {
    const item = items[activeIndex];
    if (!item) return;
    // Space is for a glance: the second takes it away.
    if (key === " " && openId === item.id) callbacks.onClose();
    else callbacks.onOpen(item);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.target instanceof HTMLElement) || !event.target.dataset.row) return;
    const rowsOnScreen = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowPx) - 2);
    const target = targetOf(event.key, { activeIndex, rowsOnScreen, last: items.length - 1 });
    if (target === null && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    if (target !== null) moveTo(target);
    else open(event.key);
  };
  const rows = virtualizer.getVirtualItems().flatMap(({ index, start }) => {
    const item = items[index];
    return item ? [{ item, index, top: start - headPx }] : [];
  });
  return {
    rows,
    height: virtualizer.getTotalSize(),
    activeId,
    focusId: wantsFocus ? activeId : null,
    move: (step: number) => moveTo(chosen === null && openId === null ? 0 : activeIndex + step),
    activate: setChosen,
    select,
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
