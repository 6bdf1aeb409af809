import { Button } from "@/components/Button";
import type { Failure } from "@/lib/failure";

export type More = { failure: Failure | null; isLoading: boolean; onMore: () => void };

/** Reads on where a list does not end, and says why it could not. */
export function LoadMore({ failure, isLoading, onMore }: More) {
  return (
    <>
      {failure && <span role="alert">{failure.message}</span>}
      <Button onPress={onMore} isDisabled={isLoading}>
        {isLoading ? "Loading…" : "Load more"}
      </Button>
    </>
  );
}
