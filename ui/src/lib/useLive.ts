import type { AnyVariables, TypedDocumentNode } from "@urql/core";
import { useEffect, useEffectEvent } from "react";
import { useClient } from "urql";

const BATCH_MS = 120;
const RESUBSCRIBE_MS = 3_000;

type LiveOptions<Data, Variables extends AnyVariables> = {
  document: TypedDocumentNode<Data, Variables>;
  variables: Variables;
  /** Called with everything of the last moment at once: a burst must not draw a thousand times. */
  onChanges: (changes: Data[]) => void;
  pause?: boolean;
};

/** Follows a subscription for as long as the component is there. What the server or the network breaks off is resumed. */
export function useLive<Data, Variables extends AnyVariables>(options: LiveOptions<Data, Variables>): void {
  const client = useClient();
  const deliver = useEffectEvent((changes: Data[]) => options.onChanges(changes));
  const { document, pause = false } = options;
  const variables = JSON.stringify(options.variables);

  useEffect(() => {
    if (pause) return;
    let waiting: Data[] = [];
    let flush: number | undefined;
    let retry: number | undefined;
    let stop = () => {};
    const onChange = (change: Data) => {
      waiting.push(change);
      flush ??= window.setTimeout(() => {
        const changes = waiting;
        waiting = [];
        flush = undefined;
        deliver(changes);
      }, BATCH_MS);
    };
    const start = () => {
      const handle = client.subscription(document, JSON.parse(variables) as Variables).subscribe((result) => {
        if (result.data) onChange(result.data);
        // Refused: the filter's error is shown by the list, so only try again later.
        else if (result.error) retry = window.setTimeout(restart, RESUBSCRIBE_MS);
      });
      stop = handle.unsubscribe;
    };
    const restart = () => {
      stop();
      start();
    };
    start();
    return () => {
      stop();
      window.clearTimeout(flush);
      window.clearTimeout(retry);
    };
  }, [client, document, variables, pause]);
}
