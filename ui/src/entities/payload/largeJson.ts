import type { JsonRow } from "@/components/jsonRows";
import type { Form } from "@/entities/payload/readPayload";
import type { JsonSteps } from "@/lib/jsonPath";

// A body so large that reading it would make the page wait: a worker holds it, and tells what is looked at.

export const LARGE_CHARS_MIN = 1_000_000;

export type RowsWanted = {
  branches: ReadonlyMap<string, boolean>;
  /** Of branches with very many children, how many are shown. */
  shown: ReadonlyMap<string, number>;
  words: string;
  at: number;
  from: number;
  to: number;
};

export type RowsTold = {
  count: number;
  from: number;
  rows: JsonRow[];
  foundCount: number;
  isFoundCut: boolean;
  foundIndex: number;
};

/** What can be asked of the worker, and what it tells. */
export type Exchange = {
  form: { wanted: null; told: Form };
  rows: { wanted: RowsWanted; told: RowsTold };
  /** One value, to be copied. */
  text: { wanted: JsonSteps; told: string };
  /** All of it, laid out. */
  pretty: { wanted: null; told: string };
};

export type Question = { [Kind in keyof Exchange]: { kind: Kind; wanted: Exchange[Kind]["wanted"] } }[keyof Exchange];
export type ToWorker = { text: string } | { number: number; question: Question };
export type FromWorker = { number: number; told: unknown } | { number: number; failure: string };

export type LargeJson = {
  ask: <Kind extends keyof Exchange>(kind: Kind, wanted: Exchange[Kind]["wanted"]) => Promise<Exchange[Kind]["told"]>;
  end: () => void;
};

export function openLargeJson(text: string): LargeJson {
  const worker = new Worker(new URL("./largeJson.worker.ts", import.meta.url), { type: "module" });
  const waiting = new Map<number, { done: (told: never) => void; fail: (error: Error) => void }>();
  let last = 0;
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    const asked = waiting.get(data.number);
    waiting.delete(data.number);
    if ("failure" in data) asked?.fail(new Error(data.failure));
    else asked?.done(data.told as never);
  };
  worker.onerror = (event) => {
    for (const { fail } of waiting.values()) fail(new Error(event.message || "The worker could not be started."));
    waiting.clear();
  };
  const tell = (message: ToWorker) => worker.postMessage(message);
  tell({ text });
  return {
    ask: (kind, wanted) =>
      new Promise((done, fail) => {
        last += 1;
        waiting.set(last, { done, fail });
        tell({ number: last, question: { kind, wanted } as Question });
      }),
    end: () => worker.terminate(),
  };
}
