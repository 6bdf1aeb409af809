import { useMemo, useState } from "react";
import { asksFields } from "@/features/spans/asksFields";
import type { TreeEntry } from "@/features/spans/SpanTreeRow";
import { ancestorsOf } from "@/features/spans/spanSteps";
import { buildSpanTree, keptTree, rangeOf, visibleRows } from "@/features/spans/spanTree";
import { useFoundSpans } from "@/features/spans/useFoundSpans";
import { useHiding } from "@/features/spans/useHiding";
import type { ReadSpans } from "@/features/spans/useTraceSpans";
import { useNow } from "@/lib/useNow";

// From the spans of a trace to the rows of its tree: what is collapsed, what is left out, and what the search keeps.

export type SpanRows = ReturnType<typeof useSpanRows>;

type SpanRowsOptions = {
  projectId: string;
  trace: TreeEntry;
  read: Pick<ReadSpans, "spans" | "revision">;
  selectedId: string;
  /** What is looked for at first. */
  find: string;
};

export function useSpanRows({ projectId, trace, read: { spans, revision }, selectedId, find }: SpanRowsOptions) {
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const [query, setQuery] = useState(find);
  const now = useNow();

  const roots = useMemo(
    () => [{ span: trace, children: buildSpanTree<TreeEntry>(spans), isOrphan: false }],
    [spans, trace],
  );
  const filter = asksFields(query) ? query.trim() : "";
  const found = useFoundSpans({ filter, projectId, traceId: trace.id, revision });
  // Until the server has said what a filter finds, all is shown.
  const words = filter && !found.ids ? "" : query.trim().toLowerCase();
  const [isHiding, setHiding] = useHiding();
  // A search looks through all there is.
  const hides = isHiding && !words;
  const shownRoots = useMemo(
    () => (hides ? keptTree(roots, (span) => isCall(span) || span.id === selectedId) : roots),
    [roots, hides, selectedId],
  );
  const rows = useMemo(() => {
    const matches = (span: TreeEntry) => (found.ids ? found.ids.has(span.id) : textOf(span).includes(words));
    return visibleRows(shownRoots, { collapsed, ...(words ? { matches } : {}) });
  }, [shownRoots, collapsed, words, found.ids]);
  const range = useMemo(() => rangeOf(spans, trace, now), [spans, trace, now]);

  const setExpanded = (id: string, isExpanded: boolean) => {
    const next = new Set(collapsed);
    if (isExpanded) next.delete(id);
    else next.add(id);
    setCollapsed(next);
  };
  /** Opens what a span lies within. */
  const reveal = (id: string) => {
    const closed = ancestorsOf(roots, id).filter((above) => collapsed.has(above));
    if (closed.length > 0) setCollapsed(new Set([...collapsed].filter((each) => !closed.includes(each))));
  };
  const expandAll = () => setCollapsed(new Set());
  const collapseAll = () => setCollapsed(new Set(roots[0]?.children.flatMap((node) => idsWithChildren(node))));
  return {
    ...{ roots, shownRoots, rows, range, query, words, failure: found.failure, isHiding, setHiding },
    ...{ setQuery, setExpanded, reveal, expandAll, collapseAll },
    hiddenCount: hides ? spans.filter((span) => !isCall(span) && span.id !== selectedId).length : 0,
  };
}

/** The trace, calls of models and tools, checks; and whatever failed, so that no error is out of sight. */
const isCall = ({ type, error }: TreeEntry) => type !== "GENERAL" || Boolean(error);

function textOf(span: TreeEntry): string {
  return [span.name, span.type, span.model, span.provider, span.error?.exceptionType, span.id]
    .filter(Boolean)
    .join("\n")
    .toLowerCase();
}

function idsWithChildren(root: { span: { id: string }; children: (typeof root)[] }): string[] {
  const ids: string[] = [];
  const stack = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node.children.length > 0) ids.push(node.span.id);
    stack.push(...node.children);
  }
  return ids;
}
