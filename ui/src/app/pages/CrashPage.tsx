import type { ErrorComponentProps } from "@tanstack/react-router";
import { ErrorState } from "@/components/ErrorState";

export function CrashPage({ error, reset }: ErrorComponentProps) {
  return (
    <ErrorState
      title="This page has failed"
      message={error instanceof Error ? error.message : String(error)}
      onRetry={reset}
    />
  );
}
