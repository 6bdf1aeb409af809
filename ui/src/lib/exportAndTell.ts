import { CombinedError } from "@urql/core";
import { failureOf } from "@/lib/failure";
import { showToast } from "@/lib/toasts";

/** Makes a file and says what went in, or why there is none. `what` is named with its article: `the trace`. */
export async function exportAndTell(what: string, make: () => Promise<string>): Promise<void> {
  try {
    showToast(`Exported ${what} with ${await make()}.`);
  } catch (cause) {
    const why = cause instanceof CombinedError ? failureOf(cause).message : String(cause);
    showToast(`${what[0]?.toUpperCase()}${what.slice(1)} could not be exported: ${why}`);
  }
}
