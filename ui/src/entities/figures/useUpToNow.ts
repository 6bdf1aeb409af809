import { useState } from "react";
import { bucketsOf } from "@/components/charts/chart";
import type { ThingKind } from "@/lib/changes";
import { useChanges } from "@/lib/useChanges";

/** Figures over much are dear: however densely things happen, they are asked for no more often. */
const READ_AGAIN_MS = 5_000;

/** A stretch of time that ends with the part of it that is now. */
export type UpToNow = {
  fromMs: number;
  toMs: number;
  /** Grows when something happened: then the figures of the same stretch are other ones. */
  revision: number;
};

type UpToNowOptions = { rangeMs: number; bucketsMax: number; kinds: readonly ThingKind[] };

export function useUpToNow({ rangeMs, bucketsMax, kinds }: UpToNowOptions): UpToNow & { goOn: () => void } {
  const [{ nowMs, revision }, setNow] = useState(() => ({ nowMs: Date.now(), revision: 0 }));
  const goOn = () => setNow({ nowMs: Date.now(), revision: revision + 1 });
  useChanges({ kinds, quietMs: READ_AGAIN_MS, onChanged: goOn });
  // Whole parts, so that the questions stay the same ones for as long as a part lasts.
  const stepMs = bucketsOf(0, rangeMs, bucketsMax).seconds * 1_000;
  const toMs = Math.ceil(nowMs / stepMs) * stepMs;
  return { fromMs: toMs - rangeMs, toMs, revision, goOn };
}
