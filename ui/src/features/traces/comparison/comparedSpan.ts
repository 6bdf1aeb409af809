import type { NodeKind } from "@/entities/spans/SpanKindIcon";

/** What the comparison knows of a span, or of the trace itself, before its texts are read. */
export type ComparedSpan = {
  id: string;
  name?: string | null;
  type: NodeKind;
  startTime: string;
  endTime?: string | null;
  durationMs?: number | null;
  totalTokens?: number | null;
  cost?: number | null;
  model?: string | null;
  provider?: string | null;
  error?: { exceptionType: string } | null;
};

/** The texts of a span as marks: equal texts have equal marks. */
export type TextMarks = { input: string; output: string; metadata: string };

export type Part = "input" | "output" | "metadata" | "error" | "model" | "provider" | "name";

/**
 * In what two spans differ. How long they took, what they cost and how many tokens they used is different every time
 * and no difference of its own. Null: their texts are not read yet, and nothing else tells them apart.
 */
export function partsThatDiffer(
  left: ComparedSpan,
  right: ComparedSpan,
  marks: ReadonlyMap<string, TextMarks>,
): Part[] | null {
  const parts: Part[] = [];
  const [one, other] = [marks.get(left.id), marks.get(right.id)];
  if (one && other) {
    for (const part of ["input", "output", "metadata"] as const) if (one[part] !== other[part]) parts.push(part);
  }
  if (left.error?.exceptionType !== right.error?.exceptionType) parts.push("error");
  for (const part of ["model", "provider", "name"] as const) {
    if ((left[part] ?? null) !== (right[part] ?? null)) parts.push(part);
  }
  return parts.length === 0 && !(one && other) ? null : parts;
}
