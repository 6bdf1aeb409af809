import { useVirtualizer } from "@tanstack/react-virtual";
import { type FocusEvent, type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { JsonMenu, type JsonMenuItem } from "@/components/JsonMenu";
import { JsonTreeRow } from "@/components/JsonTreeRow";
import { type Found, findInJson, type JsonNode, type JsonRow, jsonRows, ROOT_ID } from "@/components/jsonRows";
import { Scrollable } from "@/components/Scrollable";
import { useOpenBranches } from "@/components/useOpenBranches";
import type { JsonValue } from "@/lib/json";
import styles from "./JsonTree.module.css";

/** More rows than these are drawn only where they are seen, in a box of their own. */
const ROWS_DRAWN_MAX = 400;
const CHILDREN_SHOWN = 1_000;
const ROW_PX = 20;
const NOTHING_FOUND: Found = { ids: [], isCut: false, above: new Map() };

export type JsonFind = {
  words: string;
  /** Which of the places is looked at, from 0. */
  at: number;
  onFound: (count: number, isCut: boolean) => void;
};

type JsonTreeProps = {
  value: JsonValue;
  label: string;
  /** What the value is called in paths, such as `metadata`. */
  root?: string | undefined;
  /** Trees of the same memory have the same branches open. */
  memory?: string | undefined;
  find?: JsonFind | undefined;
  /** What can be done with a value, beside copying it. */
  items?: ((node: JsonNode) => readonly JsonMenuItem[]) | undefined;
};

/** A value to be opened piece by piece; what is closed is not in the document. Arrow keys go from row to row. */
export function JsonTree({ value, label, root = "", memory, find, items }: JsonTreeProps) {
  const { rows, found, setOpen, showMore } = useRows(value, memory, find);
  const box = useRef<HTMLElement>(null);
  const [activeId, setActiveId] = useState<string | null>(null);
  const [menu, setMenu] = useState<{ node: JsonNode; button: HTMLElement } | null>(null);
  const scroll = useRef<((index: number) => void) | null>(null);
  const active = rows.some(({ id }) => id === activeId) ? activeId : (rows[0]?.id ?? null);
  const foundId = found.ids[find?.at ?? 0];
  const foundIndex = foundId === undefined ? -1 : rows.findIndex(({ id }) => id === foundId);
  useEffect(() => {
    if (foundIndex >= 0) scroll.current?.(foundIndex);
  }, [foundIndex]);

  const focus = (row: JsonRow | undefined) => {
    if (!row) return;
    setActiveId(row.id);
    scroll.current?.(rows.indexOf(row));
    requestAnimationFrame(() => {
      box.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(row.id)}"] button`)?.focus();
    });
  };
  const onFocus = ({ target }: FocusEvent) => {
    const id = target.closest<HTMLElement>("[data-row]")?.dataset.row;
    if (id !== undefined) setActiveId(id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const move = moveOf(event.key, rows, active);
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (move.kind === "focus") focus(move.row);
    else setOpen(move.row.id, move.kind === "open");
  };
  const draw = (row: JsonRow) => (
    <JsonTreeRow
      row={row}
      isActive={row.id === active}
      words={find?.words ?? ""}
      isFound={row.id === foundId}
      onToggle={setOpen}
      onMore={showMore}
      onMenu={(node, button) => setMenu({ node, button })}
    />
  );
  if (rows.length === 0) {
    return (
      <section className={styles.tree} aria-label={label}>
        <span className={styles.summary}>{Array.isArray(value) ? "empty list" : "empty object"}</span>
      </section>
    );
  }
  const Rows = rows.length > ROWS_DRAWN_MAX ? SeenRows : AllRows;
  return (
    <section ref={box} className={styles.tree} aria-label={label} onKeyDown={onKeyDown} onFocus={onFocus}>
      <Rows rows={rows} label={label} draw={draw} scroll={scroll} />
      <JsonMenu root={root} opened={menu} items={items} onClose={() => setMenu(null)} />
    </section>
  );
}

function useRows(value: JsonValue, memory: string | undefined, find: JsonFind | undefined) {
  const branches = useOpenBranches(memory);
  const [shown, setShown] = useState<ReadonlyMap<string, number>>(new Map());
  const words = find?.words ?? "";
  const found = useMemo(() => (words === "" ? NOTHING_FOUND : findInJson(value, words)), [value, words]);
  const onFound = find?.onFound;
  useEffect(() => onFound?.(found.ids.length, found.isCut), [found, onFound]);
  const shownOf = (id: string) => Math.max(shown.get(id) ?? CHILDREN_SHOWN, found.above.get(id) ?? 0);
  const rows = jsonRows(value, {
    isOpen: (id, depth) => found.above.has(id) || branches.isOpen(id, depth),
    shownOf,
  });
  const showMore = (id: string) => setShown(new Map(shown).set(id, shownOf(id) + 10 * CHILDREN_SHOWN));
  return { rows, found, setOpen: branches.setOpen, showMore };
}

type Move = { kind: "focus"; row: JsonRow | undefined } | { kind: "open" | "close"; row: JsonRow };

function moveOf(key: string, rows: readonly JsonRow[], active: string | null): Move | null {
  const index = rows.findIndex(({ id }) => id === active);
  const row = rows[index];
  if (!row) return null;
  switch (key) {
    case "ArrowDown":
      return { kind: "focus", row: rows[index + 1] };
    case "ArrowUp":
      return { kind: "focus", row: rows[index - 1] };
    case "Home":
      return { kind: "focus", row: rows[0] };
    case "End":
      return { kind: "focus", row: rows.at(-1) };
    case "ArrowRight":
      if (row.kind === "branch" && !row.isOpen) return { kind: "open", row };
      return { kind: "focus", row: row.kind === "branch" ? rows[index + 1] : row };
    case "ArrowLeft":
      if (row.kind === "branch" && row.isOpen) return { kind: "close", row };
      return { kind: "focus", row: rows.slice(0, index).findLast((other) => other.depth < row.depth) };
    default:
      return null;
  }
}

type RowsProps = {
  rows: readonly JsonRow[];
  label: string;
  draw: (row: JsonRow) => ReactNode;
  /** Told how a row is brought into sight. */
  scroll: { current: ((index: number) => void) | null };
};

function AllRows({ rows, draw, scroll }: RowsProps) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    scroll.current = (index) => list.current?.children[index]?.scrollIntoView({ block: "nearest" });
  }, [scroll]);
  return (
    <ul ref={list}>
      {rows.map((row) => (
        <li key={row.id}>{draw(row)}</li>
      ))}
    </ul>
  );
}

function SeenRows({ rows, label, draw, scroll }: RowsProps) {
  const box = useRef<HTMLElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]?.id ?? ROOT_ID,
    overscan: 20,
  });
  useEffect(() => {
    scroll.current = (index) => virtualizer.scrollToIndex(index, { align: "auto" });
  }, [scroll, virtualizer]);
  const items = virtualizer.getVirtualItems();
  return (
    <Scrollable ref={box} label={`${label}, scrollable`} className={styles.box}>
      <ul className={styles.long} style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          return (
            row && (
              <li
                key={item.key}
                ref={virtualizer.measureElement}
                data-index={item.index}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                {draw(row)}
              </li>
            )
          );
        })}
      </ul>
    </Scrollable>
  );
}
