import type { PastState } from "@/app/useShownTrace";
import { Button } from "@/components/Button";
import { capital } from "@/features/history/changeWords";
import styles from "./TraceView.module.css";

/** Says of which moment the spans are, where that is not now. */
export function PastNotice({ state }: { state: PastState }) {
  if (state.kind === "now") return null;
  const { position } = state;
  if (state.kind === "failed") {
    return (
      <div role="alert" className={styles.notice}>
        These spans are of now. As of position {position} they could not be read: {state.failure.message}{" "}
        <Button onPress={state.onRetry}>Try again</Button>
      </div>
    );
  }
  return (
    <div role="status" className={styles.notice}>
      {state.kind === "reading" && `Reading the spans as of position ${position}…`}
      {state.kind === "reading" && state.told && ` ${capital(state.told)}.`}
      {state.kind === "past" && `Spans as of position ${position}`}
      {state.kind === "missing" && `There was no such trace at position ${position}. These spans are of now.`}
    </div>
  );
}
