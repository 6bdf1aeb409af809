import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { CodeField } from "@/components/code/CodeField";
import { Form, FormActions, Problem, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { prettyJson } from "@/lib/json";
import { placedProblem } from "@/lib/jsonProblem";
import { namesOf } from "@/lib/names";

const UpdateExperimentMutation = graphql(`
  mutation UpdateExperiment($input: UpdateExperimentInput!) {
    updateExperiment(input: $input) {
      id
      name
      tags
      metadata
    }
  }
`);

type Edited = { id: string; name: string; tags: readonly string[]; metadata?: string | null };
type EditExperimentDialogProps = { experiment: Edited; isOpen: boolean; onOpenChange: (isOpen: boolean) => void };

export function EditExperimentDialog({ experiment, isOpen, onOpenChange }: EditExperimentDialogProps) {
  return (
    <ModalDialog title="Edit experiment" isWide isOpen={isOpen} onOpenChange={onOpenChange}>
      <EditExperimentForm experiment={experiment} onDone={() => onOpenChange(false)} />
    </ModalDialog>
  );
}

function EditExperimentForm({ experiment, onDone }: { experiment: Edited; onDone: () => void }) {
  const [{ fetching }, update] = useMutation(UpdateExperimentMutation);
  const [problem, setProblem] = useState<string | null>(null);
  const [name, setName] = useState(experiment.name);
  const [tags, setTags] = useState(experiment.tags.join(", "));
  const before = experiment.metadata ? prettyJson(experiment.metadata) : "";
  const [metadata, setMetadata] = useState(before);
  const submit = async () => {
    const broken = metadata.trim() === "" ? null : placedProblem(metadata);
    if (broken) return setProblem(`The configuration is not JSON. ${broken}`);
    // Left out, it stays as it is, to the letter.
    const configuration = metadata === before ? {} : { metadata: metadata.trim() || "{}" };
    const input = { id: experiment.id, name: name.trim(), tags: namesOf(tags), ...configuration };
    const { error } = await update({ input });
    if (error) setProblem(failureOf(error).message);
    else onDone();
  };
  return (
    <Form onSubmit={submit}>
      <TextField label="Name" autoFocus value={name} onChange={setName} />
      <TextField label="Tags" hint="Several with commas between them" value={tags} onChange={setTags} />
      <CodeField
        label="Configuration"
        hint="JSON, as keys with values"
        language="json"
        rows={8}
        value={metadata}
        onChange={setMetadata}
      />
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={fetching || !name.trim()}>
          Save
        </Button>
      </FormActions>
    </Form>
  );
}
