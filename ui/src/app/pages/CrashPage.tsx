import type { ErrorComponentProps } from "@tanstack/react-router";
import { ErrorState } from "@/components/ErrorState";

export function CrashPage({ error }: ErrorComponentProps) {
  return (
    <ErrorState
      title="This page has failed"
      message={error instanceof Error ? error.message : String(error)}
      // A part that could not be fetched stays failed for as long as the program runs. The address brings back the view.
      onRetry={() => window.location.reload()}
    />
  );
}
