// A subscription that reconnects must go on from the last position it has seen. The socket client writes
// the payload anew for every attempt, so that moving `after` in the payload is all it takes.

export type SubscriptionPayload = { query: string; variables: Record<string, unknown> };

/** The position in an answer such as `{ traceChanges: { position } }`. */
export function positionOf(data: unknown): string | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  for (const change of Object.values(data)) {
    if (typeof change === "object" && change !== null && "position" in change && typeof change.position === "string") {
      return change.position;
    }
  }
  return undefined;
}

export function resumeAfter(payload: SubscriptionPayload, data: unknown): void {
  const position = positionOf(data);
  if (position !== undefined) payload.variables.after = position;
}
