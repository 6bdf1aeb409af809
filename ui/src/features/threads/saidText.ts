import type { ChatMessage } from "@/entities/chat/recogniseChat";
import { unpackExact } from "@/lib/exactAcross";
import type { JsonValue } from "@/lib/json";

// Of a body so large that reading it would make the page wait, a worker says what a turn adds. There is one for all
// turns that wait, and it ends when none does.

/** Which of a turn's bodies it is. */
export type Side = "asked" | "answered";

export type ToReader = { number: number; side: Side; text: string };
export type FromReader = { number: number; messages: JsonValue } | { number: number; failure: string };

type Waiting = { done: (messages: ChatMessage[]) => void; fail: (error: Error) => void };

const waiting = new Map<number, Waiting>();
let worker: Worker | null = null;
let last = 0;

export function readBeside(side: Side, text: string): Promise<ChatMessage[]> {
  return new Promise((done, fail) => {
    last += 1;
    waiting.set(last, { done, fail });
    worker ??= open();
    const question: ToReader = { number: last, side, text };
    worker.postMessage(question);
  });
}

function open(): Worker {
  const opened = new Worker(new URL("./saidText.worker.ts", import.meta.url), { type: "module" });
  opened.onmessage = ({ data }: MessageEvent<FromReader>) => {
    const asked = waiting.get(data.number);
    waiting.delete(data.number);
    if ("failure" in data) asked?.fail(new Error(data.failure));
    else asked?.done(unpackExact(data.messages) as unknown as ChatMessage[]);
    if (waiting.size === 0) close();
  };
  opened.onerror = (event) => {
    for (const { fail } of waiting.values()) fail(new Error(event.message || "The worker could not be started."));
    waiting.clear();
    close();
  };
  return opened;
}

function close(): void {
  worker?.terminate();
  worker = null;
}
