import { useState } from "react";

/** What was found last under a key, for as long as what is asked for next has not come. */
export function useKept<Found>(key: string, found: Found | null): Found | null {
  const [kept, setKept] = useState<{ key: string; found: Found } | null>(null);
  if (found !== null && (kept?.key !== key || kept.found !== found)) setKept({ key, found });
  return found ?? (kept?.key === key ? kept.found : null);
}
