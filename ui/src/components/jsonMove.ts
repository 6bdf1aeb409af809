import type { JsonSource } from "@/components/jsonSource";

// What a key means at a row of a tree, as a decision.

export type JsonMove = { kind: "focus"; index: number } | { kind: "toggle"; id: string; isOpen: boolean };

export function jsonMove(
  key: string,
  at: number,
  { count, rowAt }: Pick<JsonSource, "count" | "rowAt">,
): JsonMove | null {
  const row = rowAt(at);
  if (!row) return null;
  const focus = (index: number): JsonMove => ({ kind: "focus", index: Math.max(0, Math.min(count - 1, index)) });
  const isBranch = row.kind === "branch";
  switch (key) {
    case "ArrowDown":
      return focus(at + 1);
    case "ArrowUp":
      return focus(at - 1);
    case "Home":
      return focus(0);
    case "End":
      return focus(count - 1);
    case "ArrowRight":
      if (isBranch && !row.isOpen) return { kind: "toggle", id: row.id, isOpen: true };
      return focus(isBranch ? at + 1 : at);
    case "ArrowLeft":
      if (isBranch && row.isOpen) return { kind: "toggle", id: row.id, isOpen: false };
      return focus(row.parent < 0 ? at : row.parent);
    default:
      return null;
  }
}
