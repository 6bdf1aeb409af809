import { useCallback, useEffect, useMemo, useState } from "react";
import { ErrorState } from "@/components/ErrorState";
import { JsonRowList } from "@/components/JsonRowList";
import { CHILDREN_SHOWN, type JsonSource } from "@/components/jsonSource";
import { Skeleton } from "@/components/Skeleton";
import { useOpenBranches } from "@/components/useOpenBranches";
import type { LargeJson, RowsTold } from "@/entities/payload/largeJson";
import type { ShownPayloadProps } from "@/entities/payload/ShownPayload";
import type { Finding } from "@/entities/payload/useFinding";
import { type PayloadField, usePathItems } from "@/entities/payload/usePathItems";
import { unpackExact } from "@/lib/exactAcross";
import styles from "./Payload.module.css";

/** Rows before and after those that are seen. */
const ROWS_AROUND = 200;

/** A tree of which only what is seen has left the worker. */
export function LargeTree({ json, title, field, finding }: ShownPayloadProps & { json: LargeJson }) {
  const items = usePathItems(field);
  const { source, failure } = useLargeSource(json, field, finding);
  if (failure) return <ErrorState title={`The ${title.toLowerCase()} could not be read`} message={failure} />;
  if (source === null) return <Skeleton label={`Reading ${title.toLowerCase()}`} rows={4} />;
  return (
    <div className={styles.frame}>
      <JsonRowList source={source} words={finding.words} label={`${title} values`} root={field} items={items} />
    </div>
  );
}

function useLargeSource(json: LargeJson, memory: PayloadField | undefined, { words, at, onFound }: Finding) {
  const { branches, revision, setOpen } = useOpenBranches(memory);
  const [shown, setShown] = useState<ReadonlyMap<string, number>>(new Map());
  const [seen, setSeen] = useState({ from: 0, to: ROWS_AROUND });
  const [told, setTold] = useState<RowsTold | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const { from, to } = seen;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision tells that branches were opened or closed
  useEffect(() => {
    let isWanted = true;
    json.ask("rows", { branches, shown, words, at, from, to }).then(
      (next) => {
        if (!isWanted) return;
        setTold({ ...next, rows: next.rows.map(unpacked) });
        if (words !== "") onFound(next.foundCount, next.isFoundCut);
      },
      (error: Error) => isWanted && setFailure(error.message),
    );
    return () => {
      isWanted = false;
    };
  }, [json, branches, revision, shown, words, at, from, to, onFound]);
  const want = useCallback((first: number, end: number) => {
    setSeen((old) => {
      if (first >= old.from && end <= old.to) return old;
      return { from: Math.max(0, first - ROWS_AROUND), to: end + ROWS_AROUND };
    });
  }, []);
  const source = useMemo<JsonSource | null>(
    () =>
      told && {
        count: told.count,
        rowAt: (index) => told.rows[index - told.from] ?? null,
        want,
        foundIndex: words === "" ? -1 : told.foundIndex,
        setOpen,
        showMore: (id) => setShown(new Map(shown).set(id, (shown.get(id) ?? CHILDREN_SHOWN) + 10 * CHILDREN_SHOWN)),
        textOf: ({ steps }) => json.ask("text", steps),
      },
    [json, told, want, words, setOpen, shown],
  );
  return { source, failure };
}

function unpacked(row: RowsTold["rows"][number]): RowsTold["rows"][number] {
  return row.kind === "leaf" ? { ...row, value: unpackExact(row.value) } : row;
}
