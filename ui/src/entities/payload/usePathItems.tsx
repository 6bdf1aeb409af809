import { Columns3, Filter, Search } from "lucide-react";
import { createContext, useContext, useMemo } from "react";
import type { JsonMenuItem } from "@/components/JsonMenu";
import type { JsonNode } from "@/components/jsonRows";
import { termOf } from "@/entities/payload/termOf";
import { writePath } from "@/lib/jsonPath";

export type PayloadField = "input" | "output" | "metadata";

/** Where values lead to: what is like them, among all that is recorded. */
export type PayloadWays = {
  /** To all that match a term of the query language. */
  onFilter: (term: string) => void;
  /** Shows what stands at a path in the list. */
  onColumn: (path: string) => void;
  /** To all in which words stand anywhere. */
  onSearch: (words: string) => void;
};

export const PayloadWaysContext = createContext<PayloadWays | null>(null);

/** What the ways from the values of a body are, where there are any. */
export function usePathItems(field: PayloadField | undefined) {
  const ways = useContext(PayloadWaysContext);
  return useMemo(() => (field && ways ? (node: JsonNode) => pathItems(field, node, ways) : undefined), [field, ways]);
}

function pathItems(field: PayloadField, node: JsonNode, ways: PayloadWays): JsonMenuItem[] {
  const path = writePath(field, node.steps);
  const term = termOf(path, node);
  const words = wordsOf(node);
  const items: (JsonMenuItem | null)[] = [
    term === null
      ? null
      : { id: "filter", label: "Filter by this", icon: <Filter aria-hidden />, onAction: () => ways.onFilter(term) },
    // A column is named by its path in the address, where a comma parts one from the next.
    /[\s,]/.test(path) || node.steps.length === 0
      ? null
      : { id: "column", label: "Show as column", icon: <Columns3 aria-hidden />, onAction: () => ways.onColumn(path) },
    words === null
      ? null
      : {
          id: "search",
          label: "Search this everywhere",
          icon: <Search aria-hidden />,
          onAction: () => ways.onSearch(words),
        },
  ];
  return items.filter((item) => item !== null);
}

const WORDS_CHARS_MAX = 200;

/** Of a text as a phrase, so that no word of it is taken for a field. */
function wordsOf(node: JsonNode): string | null {
  if (node.kind === "branch") return null;
  const { value } = node;
  const text = typeof value === "string" ? value.trim() : typeof value === "number" ? String(value) : "";
  return text === "" || text.length > WORDS_CHARS_MAX || /[\n\r\t]/.test(text) ? null : JSON.stringify(text);
}
