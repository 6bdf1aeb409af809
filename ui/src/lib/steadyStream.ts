import type { Client, FormattedExecutionResult } from "graphql-ws";
import { resumeAfter, type SubscriptionPayload } from "@/lib/resumingPayload";

// A subscription goes on until whoever asked for it has had enough. A server that stops ends its streams in order, which
// the socket client takes for the end of the matter; a socket that breaks it mends by itself.

const RESUBSCRIBE_MS = 1_000;

type Sink = {
  next: (result: FormattedExecutionResult<Record<string, unknown>, unknown>) => void;
  error: (cause: unknown) => void;
};

/** Follows on from the last position whenever the server ends the stream. Gives the way to leave it. */
export function followOn(socket: Pick<Client, "subscribe">, payload: SubscriptionPayload, sink: Sink): () => void {
  let isLeft = false;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let stop = () => {};
  const start = () => {
    stop = socket.subscribe(payload, {
      next: (result) => {
        resumeAfter(payload, result.data);
        sink.next(result);
      },
      error: sink.error,
      complete: () => {
        if (!isLeft) retry = setTimeout(start, RESUBSCRIBE_MS);
      },
    });
  };
  start();
  return () => {
    isLeft = true;
    clearTimeout(retry);
    stop();
  };
}
