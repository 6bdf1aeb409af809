import { useState } from "react";
import { graphql } from "@/gql";
import { useLive } from "@/lib/useLive";

const TraceSpanTouchesSubscription = graphql(`
  subscription TraceSpanTouches($projectId: ID!, $traceId: ID!, $after: Position) {
    spanChanges(projectId: $projectId, traceId: $traceId, after: $after) {
      position
    }
  }
`);

type SpanTouchesOptions = { projectId: string; traceId: string; after: string };

/** Grows with every span of a trace that comes or changes after a position, also before the trace itself is there. */
export function useSpanTouches(variables: SpanTouchesOptions): number {
  const [touches, setTouches] = useState(0);
  useLive({
    document: TraceSpanTouchesSubscription,
    variables,
    onChanges: (changes) => setTouches(touches + changes.length),
  });
  return touches;
}
