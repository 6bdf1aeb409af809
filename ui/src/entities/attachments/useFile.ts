import { useEffect, useState } from "react";

export type FileRead<Content> =
  | { kind: "reading" }
  | { kind: "read"; content: Content }
  | { kind: "failed"; message: string; onRetry: () => void };

/** What is read of a file of the server. `read` must be stable; what it gave is disposed of when nobody looks any more. */
export function useFile<Content>(
  url: string,
  read: (url: string, signal: AbortSignal) => Promise<Content>,
  dispose?: (content: Content) => void,
): FileRead<Content> {
  const [tries, setTries] = useState(0);
  const [settled, setSettled] = useState<{ url: string; tries: number; state: FileRead<Content> } | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    let given: { content: Content } | null = null;
    const settle = (state: FileRead<Content>) => setSettled({ url, tries, state });
    read(url, abort.signal).then(
      (content) => {
        given = { content };
        if (abort.signal.aborted) dispose?.(content);
        else settle({ kind: "read", content });
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        const message = error instanceof Error ? error.message : String(error);
        settle({ kind: "failed", message, onRetry: () => setTries(tries + 1) });
      },
    );
    return () => {
      abort.abort();
      if (given) dispose?.(given.content);
    };
  }, [url, tries, read, dispose]);
  return settled?.url === url && settled.tries === tries ? settled.state : { kind: "reading" };
}

export async function fetchFile(url: string, signal: AbortSignal, headers: HeadersInit = {}): Promise<Response> {
  const answer = await fetch(url, { headers, signal });
  if (!answer.ok) throw new Error(`The server answered with ${answer.status}.`);
  return answer;
}
