import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { Button } from "@/components/Button";
import { CheckField, Form, FormActions, Problem, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import type { Version } from "@/features/prompts/usePrompt";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { namesOf } from "@/lib/names";

const EnvironmentNamesQuery = graphql(`
  query EnvironmentNames {
    environments {
      id
      name
    }
  }
`);

const SetPromptVersionEnvironmentsMutation = graphql(`
  mutation SetPromptVersionEnvironments($id: ID!, $environments: [String!]!) {
    setPromptVersionEnvironments(id: $id, environments: $environments) {
      id
      environments
    }
  }
`);

const MakeEnvironmentMutation = graphql(`
  mutation MakeEnvironment($name: String!) {
    createEnvironment(input: { name: $name }) {
      id
    }
  }
`);

type EnvironmentsDialogProps = { version: Version; isOpen: boolean; onClose: () => void; onChanged: () => void };

export function EnvironmentsDialog({ version, isOpen, onClose, onChanged }: EnvironmentsDialogProps) {
  return (
    <ModalDialog title={`Where v${version.number} is in use`} isOpen={isOpen} onOpenChange={onClose}>
      <EnvironmentsForm
        version={version}
        onDone={() => {
          // Other versions may have lost an environment to this one.
          onChanged();
          onClose();
        }}
      />
    </ModalDialog>
  );
}

function EnvironmentsForm({ version, onDone }: { version: Version; onDone: () => void }) {
  const [{ data }] = useQuery({ query: EnvironmentNamesQuery, requestPolicy: "cache-and-network" });
  const [{ fetching }, set] = useMutation(SetPromptVersionEnvironmentsMutation);
  const [problem, setProblem] = useState<string | null>(null);
  const [chosen, setChosen] = useState<readonly string[]>(version.environments);
  const [more, setMore] = useState("");
  const names = [...new Set([...(data?.environments.map(({ name }) => name) ?? []), ...version.environments])];
  const [, make] = useMutation(MakeEnvironmentMutation);
  const submit = async () => {
    for (const name of namesOf(more).filter((each) => !names.includes(each))) {
      const { error } = await make({ name });
      if (error) return setProblem(failureOf(error).message);
    }
    const { error } = await set({ id: version.id, environments: [...new Set([...chosen, ...namesOf(more)])] });
    if (error) setProblem(failureOf(error).message);
    else onDone();
  };
  return (
    <Form onSubmit={submit}>
      <p>Each environment has one version of the prompt: it leaves the one that it is at now.</p>
      {names.map((name) => (
        <CheckField
          key={name}
          label={name}
          value={chosen.includes(name)}
          onChange={(isIn) => setChosen(isIn ? [...chosen, name] : chosen.filter((other) => other !== name))}
        />
      ))}
      <TextField label="Other environment" placeholder="production" value={more} onChange={setMore} />
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={fetching}>
          Save environments
        </Button>
      </FormActions>
    </Form>
  );
}
