import { RotateCw } from "lucide-react";
import { Button } from "@/components/Button";
import type { Failure } from "@/lib/failure";

type UnreadTrialsProps = { what: string; failure: Failure | null; onRetry: () => void };

/** Why something of trials is not there, if it did not come. */
export function UnreadTrials({ what, failure, onRetry }: UnreadTrialsProps) {
  if (!failure) return null;
  return (
    <div role="alert">
      {what} could not be read: {failure.message}{" "}
      <Button onPress={onRetry}>
        <RotateCw aria-hidden /> Try again
      </Button>
    </div>
  );
}
