import type { Completing } from "@/components/useCompletion";
import { completeFilter, placeOf } from "@/entities/logs/filter/completeFilter";
import { useKnown } from "@/entities/logs/filter/useKnown";
import { asksFields } from "@/features/spans/asksFields";
import { SPANS } from "@/features/spans/spanKind";

/** What is offered to whoever looks for spans within a trace: fields, and the values that this trace has of them. */
export function useSpanCompleting(projectId: string, traceId: string): Completing {
  const known = useKnown(SPANS, projectId, `trace_id = "${traceId}"`);
  return {
    prepare: known.prepare,
    at: (text, caret) => {
      const offered = completeFilter(text, caret, known);
      const place = placeOf(text, caret);
      if (!offered || place.kind !== "field" || text === "" || asksFields(text)) return offered;
      // Most of what is typed here are words: only what begins like a field is taken for one.
      const options = offered.options.filter(({ label }) => place.begun !== "" && label.startsWith(place.begun));
      return options.length > 0 ? { ...offered, options } : null;
    },
  };
}
