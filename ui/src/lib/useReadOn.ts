import { useEffect, useEffectEvent } from "react";

/** Reads again whenever `revision` has grown, unless there is nothing to ask just now. */
export function useReadOn(revision: number, pause: boolean, read: () => void): void {
  const readAgain = useEffectEvent(() => {
    if (!pause) read();
  });
  useEffect(() => {
    if (revision > 0) readAgain();
  }, [revision]);
}
