import type { TypedDocumentNode } from "@urql/core";
import type { ReactNode } from "react";
import { useMutation } from "urql";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { DeleteMany } from "@/entities/logs/DeleteMany";

type DeleteChosenProps = {
  kind: { one: string; many: string };
  /** The name of the event, as in the log. */
  event: `${string}_deleted`;
  ids: readonly string[];
  mutation: TypedDocumentNode<unknown, { ids: string[] | string }>;
  onDeleted: () => void;
  /** What goes with them, and what stays. */
  children: ReactNode;
};

/** Deletes the rows of a list that are chosen, and offers the way back. */
export function DeleteChosen({ kind, event, ids, mutation, onDeleted, children }: DeleteChosenProps) {
  const [, remove] = useMutation(mutation);
  const showDeleted = useDeletionToast();
  const [id] = ids;
  if (id === undefined) return null;
  return (
    <DeleteMany
      kind={kind}
      ids={ids}
      remove={remove}
      onDeleted={onDeleted}
      tell={(text) => showDeleted({ text, id, kind: event })}
    >
      {children}
    </DeleteMany>
  );
}
