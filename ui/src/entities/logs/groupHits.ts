import { HITS_PER_ROW, type LogHit, type LogItem } from "@/entities/logs/logKind";

type Found<Row> = {
  id: string;
  row: Row | null;
  spanId: string | null;
  spanName: string | null;
  snippets: readonly Omit<LogHit, "spanId" | "spanName">[];
};

/** One row for each thing, in the order of its best hit, saying the first few reasons why it is there. */
export function groupHits<Row>(found: readonly Found<Row>[]): LogItem<Row>[] {
  const groups = new Map<string, { row: Row | null; hits: LogHit[] }>();
  for (const { id, row, spanId, spanName, snippets } of found) {
    const group = groups.get(id) ?? { row, hits: [] };
    const hits = snippets.map((snippet) => ({ ...snippet, spanId, spanName }));
    group.hits.push(...hits.slice(0, HITS_PER_ROW - group.hits.length));
    groups.set(id, group);
  }
  return [...groups].map(([id, group]) => ({ id, ...group }));
}
