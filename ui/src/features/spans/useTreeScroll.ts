import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect } from "react";
import type { TreeEntry } from "@/features/spans/SpanTreeRow";
import type { TreeRow } from "@/features/spans/spanTree";

const ROW_PX = 30;

type TreeScrollOptions = {
  rows: readonly TreeRow<TreeEntry>[];
  selectedId: string;
  /** What is searched for; other words start again at the top. */
  words: string;
  scroller: RefObject<HTMLDivElement | null>;
};

/** Which rows of the tree are in the document, and what is brought into view. */
export function useTreeScroll({ rows, selectedId, words, scroller }: TreeScrollOptions) {
  const selectedIndex = rows.findIndex((row) => row.node.span.id === selectedId);
  const tabStop = Math.max(0, selectedIndex);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]?.node.span.id ?? index,
    overscan: 16,
    rangeExtractor: (shown) =>
      [...new Set([...defaultRangeExtractor(shown), tabStop])]
        .filter((index) => index < rows.length)
        .sort((a, b) => a - b),
  });

  // A span that was chosen elsewhere (address, search hit, live update) is brought into view once it is known.
  const isKnown = selectedIndex >= 0;
  const { scrollToIndex, scrollToOffset } = virtualizer;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another choice scrolls, not a moved row
  useEffect(() => {
    if (isKnown) scrollToIndex(selectedIndex, { align: "auto" });
    else scrollToOffset(0);
  }, [selectedId, isKnown, words]);

  const shown = virtualizer.getVirtualItems().flatMap(({ index, start }) => {
    const row = rows[index];
    return row ? [{ row, top: start, isTabStop: index === tabStop }] : [];
  });
  const rowsOnScreen = () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 1);
  return { shown, height: virtualizer.getTotalSize(), rowsOnScreen };
}
