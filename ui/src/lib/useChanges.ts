import { useEffect, useEffectEvent } from "react";
import { useClient } from "urql";
import { type Interest, listenForChanges } from "@/lib/changes";

/** What happens in one moment is told at once. */
const MOMENT_MS = 120;

export type Watching = Interest & {
  /** So long it is quiet between two tellings: what is read anew then may be dear. */
  quietMs?: number;
};

type ChangesOptions = Watching & { onChanged: () => void };

/** Says when things of some kinds changed. Nobody reads for a page that is not seen: it is told once it is. */
export function useChanges({ quietMs = MOMENT_MS, onChanged, ...interest }: ChangesOptions): void {
  const client = useClient();
  const tell = useEffectEvent(onChanged);
  const wanted = JSON.stringify(interest);
  useEffect(() => {
    let timer: number | undefined;
    let isWaiting = false;
    let toldAt = Number.NEGATIVE_INFINITY;
    const onTime = () => {
      timer = undefined;
      isWaiting = document.visibilityState === "hidden";
      if (isWaiting) return;
      toldAt = performance.now();
      tell();
    };
    const onChange = () => {
      timer ??= window.setTimeout(onTime, Math.max(MOMENT_MS, toldAt + quietMs - performance.now()));
    };
    const onSeen = () => {
      if (isWaiting) onChange();
    };
    const leave = listenForChanges(client, JSON.parse(wanted) as Interest, onChange);
    document.addEventListener("visibilitychange", onSeen);
    return () => {
      leave();
      window.clearTimeout(timer);
      document.removeEventListener("visibilitychange", onSeen);
    };
  }, [client, wanted, quietMs]);
}
