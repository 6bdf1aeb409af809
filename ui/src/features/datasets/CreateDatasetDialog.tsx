import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { Form, FormActions, Problem, SelectField, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { graphql } from "@/gql";
import type { DatasetKind } from "@/gql/graphql";
import { failureOf } from "@/lib/failure";

const CreateDatasetMutation = graphql(`
  mutation CreateDataset($input: CreateDatasetInput!) {
    createDataset(input: $input) {
      id
    }
  }
`);

const KINDS: readonly { id: DatasetKind; label: string }[] = [
  { id: "DATASET", label: "Dataset" },
  { id: "EVALUATION_SUITE", label: "Test suite: items with evaluators" },
];

type CreateDatasetDialogProps = {
  projectId: string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  onDatasetCreated: (id: string) => void;
};

export function CreateDatasetDialog({ isOpen, onOpenChange, ...props }: CreateDatasetDialogProps) {
  return (
    <ModalDialog title="New dataset" isOpen={isOpen} onOpenChange={onOpenChange}>
      <CreateDatasetForm {...props} />
    </ModalDialog>
  );
}

type CreateDatasetFormProps = Pick<CreateDatasetDialogProps, "projectId" | "onDatasetCreated">;

function CreateDatasetForm({ projectId, onDatasetCreated }: CreateDatasetFormProps) {
  const [{ fetching }, create] = useMutation(CreateDatasetMutation);
  const [problem, setProblem] = useState<string | null>(null);
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [kind, setKind] = useState<DatasetKind>("DATASET");
  const submit = async () => {
    if (!name.trim()) return setProblem("A dataset needs a name.");
    const input = { projectId, name: name.trim(), description: description.trim() || null, kind };
    const { data, error } = await create({ input });
    if (data) onDatasetCreated(data.createDataset.id);
    else setProblem(error ? failureOf(error).message : "The server sent no answer.");
  };
  return (
    <Form onSubmit={submit}>
      <TextField label="Name" autoFocus required value={name} onChange={setName} />
      <TextField label="Description (optional)" value={description} onChange={setDescription} />
      <SelectField label="Type" value={kind} options={KINDS} onChange={setKind} />
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={fetching}>
          Create dataset
        </Button>
      </FormActions>
    </Form>
  );
}
