import type { Client } from "@urql/core";
import { useMemo, useState } from "react";
import { useClient } from "urql";
import { rootEntry } from "@/app/rootEntry";
import type { Moment } from "@/features/history/moment";
import { type ReadSpans, useSpansFrom, useTraceSpans } from "@/features/spans/useTraceSpans";
import { usePastTrace } from "@/features/traces/usePastTrace";
import type { ViewedTrace } from "@/features/traces/useTrace";
import type { Failure } from "@/lib/failure";
import { useMomentMade } from "@/lib/momentMade";
import { pastClientOf } from "@/lib/pastClient";
import { useDebounced } from "@/lib/useDebounced";

// Which trace and spans stand beside the details: as they are, or as they were at the moment that its history shows.

/** So long a slider must rest: each moment may cost the server a replay. */
const RESTING_MS = 200;

type Shown = { client: Client; trace: ViewedTrace; spans: ReadSpans };

export type PastState =
  | { kind: "now" }
  /** What is shown is of another moment still. The server may say how far it is. */
  | { kind: "reading"; position: string; told: string | null }
  | { kind: "past"; position: string }
  | { kind: "missing"; position: string }
  | { kind: "failed"; position: string; failure: Failure; onRetry: () => void };

type ShownTraceOptions = { trace: ViewedTrace | null; traceId: string; revision: number; moment: Moment | undefined };

export function useShownTrace({ trace, traceId, revision, moment }: ShownTraceOptions) {
  const client = useClient();
  const spans = useTraceSpans(traceId, revision);
  const { past, state } = usePast(traceId, moment === "changes" ? undefined : moment);
  const now: Shown | null = trace && { client, trace, spans };
  const shown = (state.kind === "past" || state.kind === "reading") && past ? past : now;
  const shownTrace = shown?.trace ?? null;
  const root = useMemo(() => shownTrace && rootEntry(shownTrace), [shownTrace]);
  return { shown, root, state, errorCount: shown?.spans.spans.filter(({ error }) => error).length ?? 0 };
}

function usePast(traceId: string, position: string | undefined): { past: Shown | null; state: PastState } {
  const settled = useDebounced(position, RESTING_MS);
  const asked = position === undefined ? undefined : settled;
  const client = useMemo(() => (asked === undefined ? null : pastClientOf(asked)), [asked]);
  const told = useMomentMade(asked);
  const { trace, failure, onRetry } = usePastTrace(client, traceId);
  const spans = useSpansFrom(client, traceId, 0);
  const [last, setLast] = useState<Shown | null>(null);
  const hasSpans = spans.totalCount !== null || spans.failure !== null;
  const read = client && trace && hasSpans ? { client, trace, spans } : null;
  // While another moment is read, the one before stays in sight.
  if (read && (last?.trace !== read.trace || last.spans.spans !== spans.spans)) setLast(read);
  if (position === undefined) {
    if (last) setLast(null);
    return { past: null, state: { kind: "now" } };
  }
  const past = read ?? (last?.trace.id === traceId ? last : null);
  if (failure) return { past, state: { kind: "failed", position, failure, onRetry } };
  if (position === asked && trace === null) return { past, state: { kind: "missing", position } };
  const isRead = position === asked && read !== null;
  return { past, state: isRead ? { kind: "past", position } : { kind: "reading", position, told } };
}
