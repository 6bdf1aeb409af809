import type { LaidSpan } from "@/features/spans/spanLanes";
import type { TreeSpan } from "@/features/spans/spanTree";

/** Where an arrow leads from a bar: up to its parent, down to its first child, sideways along its lane. */
export function flameTarget<T extends TreeSpan>(
  laid: readonly LaidSpan<T>[],
  selectedId: string,
  key: string,
): string | null {
  const at = laid.find((bar) => bar.span.id === selectedId) ?? laid[0];
  if (!at) return null;
  const idOf = (bar: LaidSpan<T> | undefined) => bar?.span.id ?? at.span.id;
  const sameLane = () => laid.filter((bar) => bar.lane === at.lane);
  switch (key) {
    case "ArrowUp":
      return at.parentId ?? at.span.id;
    case "ArrowDown":
      return idOf(laid.find((bar) => bar.parentId === at.span.id));
    case "ArrowRight":
      return idOf(sameLane()[sameLane().indexOf(at) + 1]);
    case "ArrowLeft":
      return idOf(sameLane()[sameLane().indexOf(at) - 1]);
    case "Home":
      return idOf(laid[0]);
    default:
      return null;
  }
}
