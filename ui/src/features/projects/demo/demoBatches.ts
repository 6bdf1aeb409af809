import { uuid7 } from "@/lib/uuid7";

// Recorded events as the batches in which clients send such things. Pure but for the ids.

type Score = { name: string; value: number; reason?: string };
type Failure = { exception_type: string; message: string; traceback: string };

type Recorded = {
  name: string;
  /** When it began, in milliseconds: of a trace from now, of a span from the beginning of its trace. */
  at: number;
  /** How long it took. */
  ms: number;
  input?: unknown;
  output?: unknown;
  error?: Failure | null;
};

export type DemoSpan = Recorded & {
  type: string;
  model?: string;
  provider?: string;
  usage?: Record<string, number>;
  spans?: DemoSpan[];
};

export type DemoTrace = Recorded & {
  thread?: string;
  tags?: string[];
  metadata?: unknown;
  scores?: Score[];
  spans: DemoSpan[];
};

type Batch = Record<string, unknown>[];
export type DemoBatches = { traces: Batch; spans: Batch; scores: Batch };

export function demoBatches(recorded: readonly DemoTrace[], project: string, nowMs: number): DemoBatches {
  const batches: DemoBatches = { traces: [], spans: [], scores: [] };
  for (const trace of recorded) {
    const startMs = nowMs + trace.at;
    const id = uuid7(startMs);
    const { thread, tags, metadata, scores = [] } = trace;
    batches.traces.push({ ...common(trace, startMs), id, project_name: project, thread_id: thread, tags, metadata });
    for (const score of scores) batches.scores.push({ ...score, id, project_name: project, source: "sdk" });
    const addSpan = (span: DemoSpan, parent: string | undefined) => {
      const spanId = uuid7(startMs + span.at);
      const { type, model, provider, usage, spans = [] } = span;
      batches.spans.push({
        ...common(span, startMs + span.at),
        id: spanId,
        trace_id: id,
        parent_span_id: parent,
        project_name: project,
        type,
        model,
        provider,
        usage,
      });
      for (const child of spans) addSpan(child, spanId);
    };
    for (const span of trace.spans) addSpan(span, undefined);
  }
  return batches;
}

function common({ name, ms, input, output, error }: Recorded, startMs: number) {
  return {
    name,
    start_time: new Date(startMs).toISOString(),
    end_time: new Date(startMs + ms).toISOString(),
    input,
    output,
    error_info: error ?? undefined,
  };
}
