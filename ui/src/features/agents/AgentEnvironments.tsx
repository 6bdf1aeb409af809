import { ArrowRightLeft, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { EmptyState } from "@/components/EmptyState";
import { IconButton } from "@/components/IconButton";
import { type ListColumn, ListTable, rowControl } from "@/components/ListTable";
import { SectionHead } from "@/components/SectionHead";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import type { Move } from "@/features/agents/MoveDialog";
import { type Blueprint, type Configuration, nameOf, useBlueprint } from "@/features/agents/useConfiguration";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import styles from "./Agents.module.css";

const RemoveAgentEnvironmentMutation = graphql(`
  mutation RemoveAgentEnvironment($projectId: ID!, $environment: String!) {
    removeAgentEnvironment(projectId: $projectId, environment: $environment) {
      projectId
    }
  }
`);

type AgentEnvironmentsProps = {
  configuration: Configuration;
  versions: readonly Blueprint[];
  onMove: (move: Move) => void;
  onChoose: (id: string) => void;
  onChanged: () => void;
};

type Placed = Configuration["environments"][number];

/** Which environment is at which version. */
export function AgentEnvironments({ configuration, versions, onMove, onChoose, onChanged }: AgentEnvironmentsProps) {
  const { projectId, environments } = configuration;
  const [, remove] = useMutation(RemoveAgentEnvironmentMutation);
  const [asked, setAsked] = useState<string | null>(null);
  const showDeleted = useDeletionToast();
  const onRemove = async () => {
    if (asked === null) return null;
    const { error } = await remove({ projectId, environment: asked });
    if (error) return failureOf(error).message;
    showDeleted({
      text: `${asked} is at no version any more.`,
      id: projectId,
      kind: "agent_environment_removed",
    });
    onChanged();
    return null;
  };
  const columns: ListColumn<Placed>[] = [
    { label: "Environment", cell: ({ name }) => <strong>{name}</strong> },
    {
      label: "Version",
      cell: ({ blueprintId }) => <PlacedVersion id={blueprintId} versions={versions} onChoose={onChoose} />,
    },
    {
      label: "",
      isNumeric: true,
      cell: ({ name, blueprintId }) => (
        <div className={rowControl}>
          <Button aria-label={`Move ${name}`} onPress={() => onMove({ environment: name, blueprintId })}>
            <ArrowRightLeft aria-hidden /> Move
          </Button>
          <IconButton label={`Remove ${name}`} onPress={() => setAsked(name)}>
            <Trash2 aria-hidden />
          </IconButton>
        </div>
      ),
    },
  ];
  return (
    <section aria-labelledby="agent-environments" className={styles.part}>
      <SectionHead
        id="agent-environments"
        title="Environments"
        actions={
          <Button onPress={() => onMove({ environment: null, blueprintId: null })}>
            <Plus aria-hidden /> Add environment
          </Button>
        }
      >
        The version that agents of each environment read.
      </SectionHead>
      {environments.length === 0 ? (
        <EmptyState title="No environment is at a version">Agents read the newest version, then.</EmptyState>
      ) : (
        <ListTable label="Environments" columns={columns} rows={environments} keyOf={({ name }) => name} />
      )}
      <ConfirmDialog
        title={`Take ${asked} off its version?`}
        act="Take off"
        isOpen={asked !== null}
        onOpenChange={() => setAsked(null)}
        onConfirm={onRemove}
      >
        Agents that ask for this environment are told that it is at no version, until it is put at one again.
      </ConfirmDialog>
    </section>
  );
}

type PlacedVersionProps = { id: string; versions: readonly Blueprint[]; onChoose: (id: string) => void };

function PlacedVersion({ id, versions, onChoose }: PlacedVersionProps) {
  const version = useBlueprint(id, versions);
  if (!version) return <code>…{id.slice(-6)}</code>;
  return (
    <>
      <button type="button" className={styles.link} onClick={() => onChoose(id)}>
        {nameOf(version)}
      </button>
      {version.description && <span className={styles.soft}> {version.description}</span>}
    </>
  );
}
