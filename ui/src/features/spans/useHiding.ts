import { parseBoolean, useStored } from "@/lib/storage";

/** Whether this browser leaves out spans that are no calls. */
export const useHiding = () => useStored("trace.calls", parseBoolean, false);
