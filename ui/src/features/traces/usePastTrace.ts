import type { Client } from "@urql/core";
import { CombinedError } from "@urql/core";
import { useEffect, useState } from "react";
import { TraceViewQuery, type ViewedTrace } from "@/features/traces/useTrace";
import { askAnew } from "@/lib/askAnew";
import { type Failure, failure, failureOf } from "@/lib/failure";

/** Null for a trace that was not there. */
type Read = { client: Client; trace: ViewedTrace | null };

/** A trace as a client knows it that answers from the past; without one nothing is read. */
export function usePastTrace(client: Client | null, traceId: string) {
  const [read, setRead] = useState<Read | null>(null);
  const [failed, setFailed] = useState<{ client: Client; failure: Failure } | null>(null);
  const [tries, setTries] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a try more reads again
  useEffect(() => {
    if (!client) return;
    let isWanted = true;
    askAnew(client, TraceViewQuery, { id: traceId }).then(
      ({ trace = null }) => isWanted && setRead({ client, trace }),
      (cause: unknown) => {
        const why = cause instanceof CombinedError ? failureOf(cause) : failure(String(cause));
        if (isWanted) setFailed({ client, failure: why });
      },
    );
    return () => {
      isWanted = false;
    };
  }, [client, traceId, tries]);
  const isMine = read !== null && read.client === client && (read.trace === null || read.trace.id === traceId);
  return {
    /** Undefined until it was read. */
    trace: isMine ? read.trace : undefined,
    failure: failed && failed.client === client ? failed.failure : null,
    onRetry: () => {
      setFailed(null);
      setTries(tries + 1);
    },
  };
}
