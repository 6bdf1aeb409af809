import { useState } from "react";
import { TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { type Draft, summary } from "@/features/datasets/draft";
import { NO_TERMS } from "@/features/datasets/testTerms";
import type { Dataset } from "@/features/datasets/useDataset";
import { VersionForm } from "@/features/datasets/VersionForm";

type SaveDialogProps = { dataset: Dataset; draft: Draft; isOpen: boolean; onClose: () => void; onSaved: () => void };

export function SaveDialog({ isOpen, onClose, ...props }: SaveDialogProps) {
  return (
    <ModalDialog title={`Save changes ${summary(props.draft)}`} isOpen={isOpen} onOpenChange={onClose}>
      <SaveForm {...props} />
    </ModalDialog>
  );
}

function SaveForm({ dataset, draft, onSaved }: Pick<SaveDialogProps, "dataset" | "draft" | "onSaved">) {
  const [note, setNote] = useState("");
  const read = () => ({
    datasetId: dataset.id,
    added: [...draft.added.values()].map(({ data, description, tags, evaluators, policy }) => ({
      data,
      description: description || null,
      tags: [...tags],
      evaluators: evaluators === NO_TERMS.evaluators ? null : evaluators,
      executionPolicy: policy,
    })),
    edited: [...draft.edited].map(([id, { data, description, tags, evaluators, policy }]) => ({
      id,
      data: data ?? null,
      description: description ?? null,
      tags: tags ? [...tags] : null,
      evaluators: evaluators ?? null,
      ...(policy === null ? { clearExecutionPolicy: true } : { executionPolicy: policy ?? null }),
    })),
    deletedIds: [...draft.deleted],
    baseVersionId: dataset.versions[0]?.id ?? null,
    description: note.trim() || null,
  });
  return (
    <VersionForm read={read} onSaved={onSaved}>
      <TextField label="Version note (optional)" autoFocus value={note} onChange={setNote} />
    </VersionForm>
  );
}
