import { useMutation } from "urql";
import { graphql } from "@/gql";
import type { ThreadStatus } from "@/gql/graphql";
import { failureOf } from "@/lib/failure";
import { formatAmount } from "@/lib/format";
import { showToast } from "@/lib/toasts";

const CloseThreadsMutation = graphql(`
  mutation CloseThreads($ids: [ID!]!) {
    closeThreads(ids: $ids) {
      id
      status
    }
  }
`);

const OpenThreadsMutation = graphql(`
  mutation OpenThreads($ids: [ID!]!) {
    openThreads(ids: $ids) {
      id
      status
    }
  }
`);

/** Closes what is active and reopens what is not, and says so. */
export function useThreadStatus() {
  const [, close] = useMutation(CloseThreadsMutation);
  const [, open] = useMutation(OpenThreadsMutation);
  return async (ids: string[], status: ThreadStatus) => {
    const [turn, back] = status === "INACTIVE" ? [close, open] : [open, close];
    const { error } = await turn({ ids });
    if (error) return showToast(failureOf(error).message);
    const did = status === "INACTIVE" ? "Closed" : "Reopened";
    showToast(`${did} ${formatAmount(ids.length, { one: "thread", many: "threads" })}.`, () => back({ ids }));
  };
}
