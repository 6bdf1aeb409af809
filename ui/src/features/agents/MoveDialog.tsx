import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { Button } from "@/components/Button";
import { ComboField } from "@/components/ComboField";
import { Form, FormActions, Problem, SelectField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { useTakeBack } from "@/entities/history/useTakeBack";
import { type Blueprint, nameOf } from "@/features/agents/useConfiguration";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { showToast } from "@/lib/toasts";

const SetAgentEnvironmentMutation = graphql(`
  mutation SetAgentEnvironment($projectId: ID!, $environment: String!, $blueprintId: ID!) {
    setAgentEnvironment(projectId: $projectId, environment: $environment, blueprintId: $blueprintId) {
      projectId
    }
  }
`);

const EnvironmentsQuery = graphql(`
  query EnvironmentsForAgents {
    environments {
      id
      name
    }
  }
`);

/** What is moved where; either may be left for the dialog to ask. */
export type Move = { environment: string | null; blueprintId: string | null };

type MoveDialogProps = {
  projectId: string;
  move: Move | null;
  versions: readonly Blueprint[];
  /** Those that are at some version already. */
  environments: readonly string[];
  onClose: () => void;
  onMoved: () => void;
};

/** Puts an environment at a version: agents of the environment read it from their next start on. */
export function MoveDialog({ move, onClose, ...props }: MoveDialogProps) {
  const title = move?.environment ? `Move ${move.environment}` : "Put an environment at a version";
  return (
    <ModalDialog title={title} isOpen={move !== null} onOpenChange={onClose}>
      {move && <MoveForm move={move} onClose={onClose} {...props} />}
    </ModalDialog>
  );
}

type MoveFormProps = Omit<MoveDialogProps, "move"> & { move: Move };

function MoveForm({ projectId, move, versions, environments, onClose, onMoved }: MoveFormProps) {
  const [{ data }] = useQuery({ query: EnvironmentsQuery });
  const [{ fetching }, set] = useMutation(SetAgentEnvironmentMutation);
  const { undoNewest } = useTakeBack();
  const [environment, setEnvironment] = useState(move.environment ?? "");
  const [blueprintId, setBlueprintId] = useState(move.blueprintId ?? versions[0]?.id ?? "");
  const [problem, setProblem] = useState<string | null>(null);
  const known = [...new Set([...environments, ...(data?.environments.map(({ name }) => name) ?? [])])];
  const name = environment.trim();
  const submit = async () => {
    const { error } = await set({ projectId, environment: name, blueprintId });
    if (error) return setProblem(failureOf(error).message);
    const version = versions.find(({ id }) => id === blueprintId);
    showToast(`${name} is at ${version ? nameOf(version) : "it"} now.`, async () => {
      const answer = await undoNewest(projectId, "agent_environments_set");
      showToast("refusal" in answer ? answer.refusal : `${name} is where it was before.`);
    });
    onMoved();
    onClose();
  };
  return (
    <Form onSubmit={submit}>
      <p>Agents that ask for this environment get the version from then on; nobody else notices.</p>
      {move.environment === null && (
        <ComboField
          label="Environment"
          placeholder="staging"
          value={environment}
          autoFocus
          completing={{ at: (text) => offered(known, text) }}
          onChange={setEnvironment}
        />
      )}
      <SelectField
        label="Version"
        value={blueprintId}
        options={versions.map((version) => ({
          id: version.id,
          label: version.description ? `${nameOf(version)}, ${version.description}` : nameOf(version),
        }))}
        onChange={setBlueprintId}
      />
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={fetching || name === "" || blueprintId === ""}>
          Move
        </Button>
      </FormActions>
    </Form>
  );
}

/** A name is offered whole, whatever of it is written. */
const offered = (known: readonly string[], text: string) => ({
  from: 0,
  to: text.length,
  options: known
    .filter((name) => name !== text && name.toLowerCase().includes(text.trim().toLowerCase()))
    .map((name) => ({ insert: name, label: name, detail: "" })),
});
