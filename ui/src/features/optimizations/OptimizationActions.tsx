import { Ban, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { Form, FormActions, Problem, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { DeleteOptimizationsMutation } from "@/features/optimizations/deleteOptimizations";
import type { Optimization } from "@/features/optimizations/useOptimization";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";

const UpdateOptimizationMutation = graphql(`
  mutation UpdateOptimization($input: UpdateOptimizationInput!) {
    updateOptimization(input: $input) {
      id
      name
      status
    }
  }
`);

type OptimizationActionsProps = { optimization: Optimization; onDeleted: () => void };

/** Another name; the word that nobody searches any more; and the end. */
export function OptimizationActions({ optimization, onDeleted }: OptimizationActionsProps) {
  const { id, name, status } = optimization;
  const [asked, setAsked] = useState<"name" | "cancel" | "delete" | null>(null);
  const [, update] = useMutation(UpdateOptimizationMutation);
  const [, deleteOptimizations] = useMutation(DeleteOptimizationsMutation);
  const showDeleted = useDeletionToast();
  const opener = (dialog: typeof asked) => ({
    isOpen: asked === dialog,
    onOpenChange: (isOpen: boolean) => setAsked(isOpen ? dialog : null),
  });
  const save = async (input: { name: string } | { status: "CANCELLED" }) => {
    const { error } = await update({ input: { id, ...input } });
    return error ? failureOf(error).message : null;
  };
  const onDelete = async () => {
    const { error } = await deleteOptimizations({ ids: [id] });
    if (error) return failureOf(error).message;
    showDeleted({ text: `Deleted the optimization ${name}.`, id, kind: "optimization_deleted" });
    onDeleted();
    return null;
  };
  return (
    <>
      <Button onPress={() => setAsked("name")}>
        <Pencil aria-hidden /> Rename
      </Button>
      {(status === "RUNNING" || status === "INITIALIZED") && (
        <Button onPress={() => setAsked("cancel")}>
          <Ban aria-hidden /> Mark as cancelled
        </Button>
      )}
      <Button onPress={() => setAsked("delete")}>
        <Trash2 aria-hidden /> Delete
      </Button>
      <ModalDialog title="Rename the optimization" {...opener("name")}>
        <NameForm name={name} onSave={(next) => save({ name: next })} onDone={() => setAsked(null)} />
      </ModalDialog>
      <ConfirmDialog
        title={`Mark ${name} as cancelled?`}
        act="Mark as cancelled"
        onConfirm={() => save({ status: "CANCELLED" })}
        {...opener("cancel")}
      >
        A program that still searches is not stopped by it, and may say otherwise again.
      </ConfirmDialog>
      <ConfirmDialog title={`Delete ${name}?`} act="Delete" onConfirm={onDelete} {...opener("delete")}>
        Its trials stay as experiments. The optimization can be restored from the trash.
      </ConfirmDialog>
    </>
  );
}

type NameFormProps = { name: string; onSave: (name: string) => Promise<string | null>; onDone: () => void };

function NameForm({ name, onSave, onDone }: NameFormProps) {
  const [draft, setDraft] = useState(name);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async () => {
    const said = await onSave(draft.trim());
    if (said) setProblem(said);
    else onDone();
  };
  return (
    <Form onSubmit={submit}>
      <TextField label="Name" autoFocus value={draft} onChange={setDraft} />
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={!draft.trim()}>
          Save
        </Button>
      </FormActions>
    </Form>
  );
}
