import type { TreeRow, TreeSpan } from "@/features/spans/spanTree";

// The keys of an ARIA tree, as a decision: what a key means at a row.

export type TreeAction = { kind: "select"; id: string } | { kind: "toggle"; id: string; isExpanded: boolean };

type TreeKey = { key: string; at: string | undefined; rowsOnScreen: number; isSearching: boolean };

export function treeAction<T extends TreeSpan>(rows: readonly TreeRow<T>[], press: TreeKey): TreeAction | null {
  const index = rows.findIndex((row) => row.node.span.id === press.at);
  const row = rows[index];
  if (!row) return null;
  const id = row.node.span.id;
  const canToggle = row.node.children.length > 0 && !press.isSearching;
  const select = (target: TreeRow<T> | undefined): TreeAction => ({ kind: "select", id: target?.node.span.id ?? id });
  const toggle: TreeAction | null = canToggle ? { kind: "toggle", id, isExpanded: !row.isExpanded } : null;
  switch (press.key) {
    case "ArrowDown":
      return select(rows[index + 1]);
    case "ArrowUp":
      return select(rows[index - 1]);
    case "PageDown":
      return select(rows[Math.min(rows.length - 1, index + press.rowsOnScreen)]);
    case "PageUp":
      return select(rows[Math.max(0, index - press.rowsOnScreen)]);
    case "Home":
      return select(rows[0]);
    case "End":
      return select(rows.at(-1));
    case "ArrowRight":
      if (toggle && !row.isExpanded) return toggle;
      return select(row.node.children.length > 0 ? rows[index + 1] : row);
    case "ArrowLeft":
      if (toggle && row.isExpanded) return toggle;
      return select(rows.slice(0, index).findLast((other) => other.depth < row.depth));
    case "Enter":
    case " ":
      return toggle ?? select(row);
    default:
      return null;
  }
}
