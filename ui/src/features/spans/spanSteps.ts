import type { SpanNode, TreeSpan } from "@/features/spans/spanTree";

// Ways through a trace along other orders than that of its rows. Pure; one walk over the tree.

type NamedSpan = TreeSpan & { name?: string | null; type: string };

export const STEP_KEYS = ["[", "]", "{", "}"] as const;

/** `[` and `]`: the span of the same name and type before and after. `{` and `}`: the sibling before and after. */
export function stepTarget<T extends NamedSpan>(roots: readonly SpanNode<T>[], fromId: string, key: string): T | null {
  const step = key === "[" || key === "{" ? -1 : key === "]" || key === "}" ? 1 : 0;
  if (step === 0) return null;
  const order = key === "{" || key === "}" ? siblingsOf(roots, fromId) : namesakesOf(roots, fromId);
  const at = order.findIndex(({ id }) => id === fromId);
  return at < 0 ? null : (order[at + step] ?? null);
}

function siblingsOf<T extends NamedSpan>(roots: readonly SpanNode<T>[], id: string): T[] {
  const stack: (readonly SpanNode<T>[])[] = [roots];
  for (let level = stack.pop(); level; level = stack.pop()) {
    if (level.some(({ span }) => span.id === id)) return level.map(({ span }) => span);
    for (const { children } of level) if (children.length > 0) stack.push(children);
  }
  return [];
}

/** In the order of the rows. */
function namesakesOf<T extends NamedSpan>(roots: readonly SpanNode<T>[], id: string): T[] {
  const spans: T[] = [];
  const stack = roots.toReversed();
  for (let node = stack.pop(); node; node = stack.pop()) {
    spans.push(node.span);
    stack.push(...node.children.toReversed());
  }
  const own = spans.find((span) => span.id === id);
  return spans.filter(({ name, type }) => name === own?.name && type === own?.type);
}

/** The spans that a span lies within, from the root on. */
export function ancestorsOf<T extends TreeSpan>(roots: readonly SpanNode<T>[], id: string): string[] {
  const parents = new Map<string, string>();
  const stack = [...roots];
  for (let node = stack.pop(); node; node = stack.pop()) {
    for (const child of node.children) {
      parents.set(child.span.id, node.span.id);
      stack.push(child);
    }
  }
  const found: string[] = [];
  for (let above = parents.get(id); above; above = parents.get(above)) found.unshift(above);
  return found;
}
