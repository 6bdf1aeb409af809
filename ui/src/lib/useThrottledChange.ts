import { useEffect, useEffectEvent, useRef } from "react";

type Throttle = {
  /** Grows with every change; 0 before the first. */
  revision: number;
  intervalMs: number;
  /** False when it cannot be done just now: then it is asked again after another interval. */
  onChange: () => boolean;
};

/** Tells of changes after a while and many at once; however densely they come, the telling is not put off. */
export function useThrottledChange({ revision, intervalMs, onChange }: Throttle): void {
  const timer = useRef<number | undefined>(undefined);
  const tell = useEffectEvent(onChange);
  useEffect(() => {
    if (revision === 0 || timer.current !== undefined) return;
    const onTime = () => {
      timer.current = tell() ? undefined : window.setTimeout(onTime, intervalMs);
    };
    timer.current = window.setTimeout(onTime, intervalMs);
  }, [revision, intervalMs]);
  useEffect(
    () => () => {
      window.clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
}
