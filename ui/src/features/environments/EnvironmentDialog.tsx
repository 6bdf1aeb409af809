import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { Form, FormActions, FormRow, Problem, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import type { Environment } from "@/features/environments/Environments";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";

const CreateEnvironmentMutation = graphql(`
  mutation CreateEnvironment($input: EnvironmentInput!) {
    createEnvironment(input: $input) {
      id
    }
  }
`);

const UpdateEnvironmentMutation = graphql(`
  mutation UpdateEnvironment($id: ID!, $input: EnvironmentInput!) {
    updateEnvironment(id: $id, input: $input) {
      id
    }
  }
`);

type EnvironmentDialogProps = {
  /** Null: a new one. */
  environment: Environment | null;
  isOpen: boolean;
  onClose: () => void;
  onSaved: () => void;
};

export function EnvironmentDialog({ environment, isOpen, onClose, onSaved }: EnvironmentDialogProps) {
  const title = environment ? `Edit ${environment.name}` : "New environment";
  return (
    <ModalDialog title={title} isOpen={isOpen} onOpenChange={onClose}>
      <EnvironmentForm
        environment={environment}
        onSaved={() => {
          onSaved();
          onClose();
        }}
      />
    </ModalDialog>
  );
}

const FIRST_COLOR = "#0b6b61";

function EnvironmentForm({ environment, onSaved }: { environment: Environment | null; onSaved: () => void }) {
  const [name, setName] = useState(environment?.name ?? "");
  const [description, setDescription] = useState(environment?.description ?? "");
  const [color, setColor] = useState(environment?.color ?? FIRST_COLOR);
  const [problem, setProblem] = useState<string | null>(null);
  const [, create] = useMutation(CreateEnvironmentMutation);
  const [, update] = useMutation(UpdateEnvironmentMutation);
  const submit = async () => {
    if (!name.trim()) return setProblem("An environment needs a name.");
    const input = { name: name.trim(), description: description.trim(), color };
    const { error } = environment ? await update({ id: environment.id, input }) : await create({ input });
    if (error) setProblem(failureOf(error).message);
    else onSaved();
  };
  return (
    <Form onSubmit={submit}>
      <FormRow>
        <TextField label="Name" autoFocus value={name} onChange={setName} />
        <TextField label="Colour" type="color" value={color} onChange={setColor} />
      </FormRow>
      <TextField label="Description (optional)" value={description} onChange={setDescription} />
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit">
          Save
        </Button>
      </FormActions>
    </Form>
  );
}
