import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { Form, FormActions, Problem, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import type { Dataset } from "@/features/datasets/useDataset";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { namesOf } from "@/lib/names";

const UpdateDatasetMutation = graphql(`
  mutation UpdateDataset($input: UpdateDatasetInput!) {
    updateDataset(input: $input) {
      id
      name
      description
      tags
    }
  }
`);

type EditDatasetDialogProps = { dataset: Dataset; isOpen: boolean; onOpenChange: (isOpen: boolean) => void };

export function EditDatasetDialog({ dataset, isOpen, onOpenChange }: EditDatasetDialogProps) {
  return (
    <ModalDialog title="Edit dataset" isOpen={isOpen} onOpenChange={onOpenChange}>
      <EditDatasetForm dataset={dataset} onDone={() => onOpenChange(false)} />
    </ModalDialog>
  );
}

function EditDatasetForm({ dataset, onDone }: { dataset: Dataset; onDone: () => void }) {
  const [{ fetching }, update] = useMutation(UpdateDatasetMutation);
  const [problem, setProblem] = useState<string | null>(null);
  const [name, setName] = useState(dataset.name);
  const [description, setDescription] = useState(dataset.description ?? "");
  const [tags, setTags] = useState(dataset.tags.join(", "));
  const submit = async () => {
    const input = { id: dataset.id, name: name.trim(), description: description.trim(), tags: namesOf(tags) };
    const { error } = await update({ input });
    if (error) setProblem(failureOf(error).message);
    else onDone();
  };
  return (
    <Form onSubmit={submit}>
      <TextField label="Name" autoFocus value={name} onChange={setName} />
      <TextField label="Description" value={description} onChange={setDescription} />
      <TextField label="Tags" hint="Several with commas between them" value={tags} onChange={setTags} />
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={fetching || !name.trim()}>
          Save
        </Button>
      </FormActions>
    </Form>
  );
}
