import { useVirtualizer } from "@tanstack/react-virtual";
import { type FocusEvent, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { JsonMenu, type JsonMenuItem } from "@/components/JsonMenu";
import { JsonTreeRow } from "@/components/JsonTreeRow";
import { jsonMove } from "@/components/jsonMove";
import type { JsonNode, JsonRow } from "@/components/jsonRows";
import type { JsonSource } from "@/components/jsonSource";
import { Scrollable } from "@/components/Scrollable";
import styles from "./JsonTree.module.css";

/** More rows than these are drawn only where they are seen, in a box of their own. */
const ROWS_DRAWN_MAX = 400;
const ROW_PX = 20;

export type JsonRowListOptions = {
  label: string;
  /** What the value is called in paths, such as `metadata`. */
  root?: string | undefined;
  /** What can be done with a value, beside copying it. */
  items?: ((node: JsonNode) => readonly JsonMenuItem[]) | undefined;
};

type JsonRowListProps = JsonRowListOptions & {
  source: JsonSource;
  /** To be marked. */
  words: string;
};

/** The rows of a tree. Arrow keys go from one to the next, and open and close branches. */
export function JsonRowList({ source, words, label, root = "", items }: JsonRowListProps) {
  const scroll = useRef<((index: number) => void) | null>(null);
  const [activeIndex, setActiveIndex] = useState(0);
  /** Where the focus is to go once the row is there. */
  const [wantedIndex, setWantedIndex] = useState(-1);
  const [menu, setMenu] = useState<{ node: JsonNode; button: HTMLElement } | null>(null);
  const active = Math.min(activeIndex, source.count - 1);
  const { foundIndex } = source;
  useEffect(() => {
    if (foundIndex >= 0) scroll.current?.(foundIndex);
  }, [foundIndex]);

  const focus = (index: number) => {
    setActiveIndex(index);
    setWantedIndex(index);
    scroll.current?.(index);
  };
  const onFocus = ({ target }: FocusEvent) => {
    const index = target.closest<HTMLElement>("[data-row]")?.dataset.row;
    if (index === undefined) return;
    setActiveIndex(Number(index));
    setWantedIndex(-1);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const move = jsonMove(event.key, active, source);
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (move.kind === "focus") focus(move.index);
    else source.setOpen(move.id, move.isOpen);
  };
  const draw = (row: JsonRow, index: number) => (
    <JsonTreeRow
      row={row}
      index={index}
      isActive={index === active}
      isFocusWanted={index === wantedIndex}
      words={words}
      isFound={index === foundIndex}
      onToggle={source.setOpen}
      onMore={source.showMore}
      onMenu={(node, button) => setMenu({ node, button })}
    />
  );
  const Rows = source.count > ROWS_DRAWN_MAX ? SeenRows : AllRows;
  return (
    <section className={styles.tree} aria-label={label} onKeyDown={onKeyDown} onFocus={onFocus}>
      <Rows source={source} label={label} draw={draw} scroll={scroll} />
      <JsonMenu root={root} opened={menu} items={items} textOf={source.textOf} onClose={() => setMenu(null)} />
    </section>
  );
}

type RowsProps = {
  source: JsonSource;
  label: string;
  draw: (row: JsonRow, index: number) => ReactNode;
  /** Told how a row is brought into sight. */
  scroll: { current: ((index: number) => void) | null };
};

function AllRows({ source: { count, rowAt, want }, draw, scroll }: RowsProps) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => want(0, count), [want, count]);
  useEffect(() => {
    scroll.current = (index) => list.current?.children[index]?.scrollIntoView({ block: "nearest" });
  }, [scroll]);
  return (
    <ul ref={list}>
      {Array.from({ length: count }, (_, index) => {
        const row = rowAt(index);
        return <li key={row?.id ?? index}>{row ? draw(row, index) : "…"}</li>;
      })}
    </ul>
  );
}

function SeenRows({ source: { count, rowAt, want }, label, draw, scroll }: RowsProps) {
  const box = useRef<HTMLElement>(null);
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 20,
  });
  useEffect(() => {
    scroll.current = (index) => virtualizer.scrollToIndex(index, { align: "auto" });
  }, [scroll, virtualizer]);
  const items = virtualizer.getVirtualItems();
  const [from, to] = [items[0]?.index ?? 0, (items.at(-1)?.index ?? 0) + 1];
  useEffect(() => want(from, to), [want, from, to]);
  return (
    <Scrollable ref={box} label={`${label}, scrollable`} className={styles.box}>
      <ul className={styles.long} style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const row = rowAt(item.index);
          return (
            <li
              key={item.key}
              ref={virtualizer.measureElement}
              data-index={item.index}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {row ? draw(row, item.index) : "…"}
            </li>
          );
        })}
      </ul>
    </Scrollable>
  );
}
