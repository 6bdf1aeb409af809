import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef } from "react";
import { Scrollable } from "@/components/Scrollable";
import { TranscriptStep } from "@/features/spans/TranscriptStep";
import { transcriptOf } from "@/features/spans/transcript";
import type { SpanRows } from "@/features/spans/useSpanRows";
import styles from "./SpanTranscript.module.css";

type SpanTranscriptProps = { state: SpanRows; selectedId: string; onSelect: (id: string) => void };

const STEP_PX = 150;

/** The calls of models and tools in the order in which they began, as one reads a conversation. */
export function SpanTranscript({ state, selectedId, onSelect }: SpanTranscriptProps) {
  const { roots, rows, words } = state;
  const scroller = useRef<HTMLDivElement>(null);
  const entries = useMemo(() => {
    const [root] = roots;
    if (!root) return [];
    const matching = words ? new Set(rows.filter((row) => !row.isContext).map((row) => row.node.span.id)) : null;
    return transcriptOf(root, matching && ((id) => matching.has(id)));
  }, [roots, rows, words]);
  const virtualizer = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current?.querySelector("section") ?? null,
    estimateSize: () => STEP_PX,
    getItemKey: (index) => entries[index]?.id ?? index,
    overscan: 3,
  });
  const selectedIndex = entries.findIndex((entry) => entry.kind === "step" && entry.span.id === selectedId);
  const { scrollToIndex } = virtualizer;
  useEffect(() => {
    if (selectedIndex >= 0) scrollToIndex(selectedIndex, { align: "auto" });
  }, [selectedIndex, scrollToIndex]);

  return (
    <div ref={scroller} className={styles.frame}>
      <Scrollable label="Transcript" className={styles.scroller}>
        <ol className={styles.steps} style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const entry = entries[index];
            if (!entry) return null;
            return (
              <li
                key={entry.id}
                ref={virtualizer.measureElement}
                data-index={index}
                className={styles.step}
                style={{ transform: `translateY(${start}px)` }}
              >
                <TranscriptStep
                  entry={entry}
                  isSelected={entry.span.id === selectedId}
                  onSelect={() => onSelect(entry.span.id)}
                />
              </li>
            );
          })}
        </ol>
      </Scrollable>
    </div>
  );
}
