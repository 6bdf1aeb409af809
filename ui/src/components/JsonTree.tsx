import { useEffect, useMemo, useState } from "react";
import { JsonRowList, type JsonRowListOptions } from "@/components/JsonRowList";
import { findInJson, jsonRows, textOfValue, valueAt } from "@/components/jsonRows";
import { CHILDREN_SHOWN, type JsonFind, type JsonSource } from "@/components/jsonSource";
import { useOpenBranches } from "@/components/useOpenBranches";
import type { JsonValue } from "@/lib/json";
import styles from "./JsonTree.module.css";

type JsonTreeProps = JsonRowListOptions & {
  value: JsonValue;
  /** Trees of the same memory have the same branches open. */
  memory?: string | undefined;
  find?: JsonFind | undefined;
};

/** A value to be opened piece by piece; what is closed is not in the document. */
export function JsonTree({ value, memory, find, ...options }: JsonTreeProps) {
  const source = useSource(value, memory, find);
  if (source.count > 0) return <JsonRowList source={source} words={find?.words ?? ""} {...options} />;
  return (
    <section className={styles.tree} aria-label={options.label}>
      <span className={styles.summary}>{Array.isArray(value) ? "empty list" : "empty object"}</span>
    </section>
  );
}

const nothingToFetch = () => {};

function useSource(value: JsonValue, memory: string | undefined, find: JsonFind | undefined): JsonSource {
  const branches = useOpenBranches(memory);
  const [shown, setShown] = useState<ReadonlyMap<string, number>>(new Map());
  const { words = "", at = 0, onFound } = find ?? {};
  const found = useMemo(() => findInJson(value, words), [value, words]);
  useEffect(() => onFound?.(found.ids.length, found.isCut), [found, onFound]);
  const shownOf = (id: string) => Math.max(shown.get(id) ?? CHILDREN_SHOWN, found.above.get(id) ?? 0);
  const rows = jsonRows(value, {
    isOpen: (id, depth) => found.above.has(id) || branches.isOpen(id, depth),
    shownOf,
  });
  const foundId = found.ids[at];
  return {
    count: rows.length,
    rowAt: (index) => rows[index] ?? null,
    want: nothingToFetch,
    foundIndex: foundId === undefined ? -1 : rows.findIndex(({ id }) => id === foundId),
    setOpen: branches.setOpen,
    showMore: (id) => setShown(new Map(shown).set(id, shownOf(id) + 10 * CHILDREN_SHOWN)),
    textOf: async ({ steps }) => textOfValue(valueAt(value, steps)),
  };
}
