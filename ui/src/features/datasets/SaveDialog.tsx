import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { CheckField, Form, FormActions, Problem, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { type Draft, summary } from "@/features/datasets/draft";
import type { Dataset } from "@/features/datasets/useDataset";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { showToast } from "@/lib/toasts";

const ChangeDatasetItemsMutation = graphql(`
  mutation ChangeDatasetItems($input: ChangeDatasetItemsInput!) {
    changeDatasetItems(input: $input) {
      id
      name
    }
  }
`);

type SaveDialogProps = { dataset: Dataset; draft: Draft; isOpen: boolean; onClose: () => void; onSaved: () => void };

export function SaveDialog({ isOpen, onClose, ...props }: SaveDialogProps) {
  return (
    <ModalDialog title={`Save changes ${summary(props.draft)}`} isOpen={isOpen} onOpenChange={onClose}>
      <SaveForm {...props} />
    </ModalDialog>
  );
}

function SaveForm({ dataset, draft, onSaved }: Pick<SaveDialogProps, "dataset" | "draft" | "onSaved">) {
  const [{ fetching }, change] = useMutation(ChangeDatasetItemsMutation);
  const [note, setNote] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [overrides, setOverrides] = useState(false);
  const submit = async () => {
    const input = {
      datasetId: dataset.id,
      added: [...draft.added.values()].map((data) => ({ data })),
      edited: [...draft.edited].map(([id, data]) => ({ id, data })),
      deletedIds: [...draft.deleted],
      baseVersionId: dataset.versions[0]?.id ?? null,
      overrides,
      description: note.trim() || null,
    };
    const { data, error } = await change({ input });
    if (!data) return setProblem(error ? failureOf(error).message : "The server sent no answer.");
    showToast(`Saved as ${data.changeDatasetItems.name}.`);
    onSaved();
  };
  return (
    <Form onSubmit={submit}>
      <TextField label="Version note (optional)" autoFocus value={note} onChange={setNote} />
      <Problem text={problem} />
      {problem && (
        <CheckField label="Save on top of what others have saved meanwhile" value={overrides} onChange={setOverrides} />
      )}
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={fetching}>
          Save as a new version
        </Button>
      </FormActions>
    </Form>
  );
}
